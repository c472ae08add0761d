import {
  adoptGeneration,
  findRegistered,
  HoldfastError,
  markAdopted,
  type AdoptedGeneration,
  type Generation,
} from "../engine/index.js";
import { runTool, type ToolResult } from "../toolchain/run-tool.js";
import type { Answer } from "./command.js";
import { findTarget, type Target } from "./instances.js";

/** What became of it. */
interface Adoption extends AdoptedGeneration {
  readonly stack: string;
  /** Whether the stack's settings hold it now. */
  readonly isWritten: boolean;
  /** Whether Pulumi could be asked, and `commands` are complete. */
  readonly hasPulumi: boolean;
  readonly isCluster: boolean;
}

/**
 * On AWS a restored database is taken over as a further generation of its stack: by the stack's settings and the next deploy. Here
 * nothing is changed in AWS.
 *
 * @param to the restored database
 * @param isAsked `--yes`: writes the settings, and the marker in the restored database
 * @throws HoldfastError switch_refused where it was not restored from that stack's database, or Pulumi refuses
 */
export async function switchGeneration(stack: string, to: Target, isAsked: boolean): Promise<Answer> {
  const { aws, place } = to;
  const registered = aws && (await findRegistered({ project: aws.project, name: aws.instance }));
  if (aws === undefined || registered?.of !== stack) throw notOfStack(stack, to.name);
  const root = place.project.root;
  const settings = await readSettings(root, stack);
  const adopted = adoptGeneration(stack, aws, to.name, {
    present: settings?.databases,
    hasActive: settings?.hasActive === true,
  });
  const hasPulumi = settings !== undefined;
  if (isAsked) {
    const { connection: live, listed } = await findTarget(stack, {});
    await markAdopted({ restored: to.connection, live, fallback: listed.environment ?? stack });
    if (hasPulumi) for (const args of adopted.commands) await write(root, stack, args);
  }
  const adoption = { ...adopted, stack, isWritten: isAsked && hasPulumi, hasPulumi, isCluster: aws.kind === "aurora" };
  return { json: adoption, text: () => render(adoption, to.name) };
}

/** Undefined: there is no pulumi on PATH. */
async function readSettings(root: string, stack: string) {
  const [databases, active] = [await get(root, stack, "databases"), await get(root, stack, "activeDatabase")];
  if (databases.code === null) return undefined;
  return { databases: listIn(databases), hasActive: active.code === 0 && active.stdout.trim() !== "" };
}

function get(root: string, stack: string, key: string): Promise<ToolResult> {
  return pulumi(root, ["config", "get", `holdfast:${key}`, "--stack", stack]);
}

function listIn({ code, stdout }: ToolResult): readonly Generation[] | undefined {
  if (code !== 0) return undefined;
  const list = JSON.parse(stdout) as unknown;
  // The project declares an empty list as the default.
  return Array.isArray(list) && list.length > 0 ? (list as Generation[]) : undefined;
}

async function write(root: string, stack: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await pulumi(root, args);
  if (code === 0) return;
  throw new HoldfastError("switch_refused", `The settings of the stack ${stack} could not be written.`, {
    hint: stderr.split("\n").find((line) => line.startsWith("error:")) ?? "",
    next: `See what Pulumi needs: pulumi ${args.join(" ")}`,
  });
}

function pulumi(root: string, args: readonly string[]): Promise<ToolResult> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return runTool({ command: "pulumi", args: [...args, "--non-interactive"], cwd: root, env });
}

function render(adoption: Adoption, to: string): string {
  const { stack, databases, isWritten, hasPulumi, commands } = adoption;
  const lines = databases.map((one) => `    - { ${entries(one).join(", ")} }`);
  const head = isWritten
    ? `Pulumi.${stack}.yaml holds ${to} as the newest generation now. Nothing was changed in AWS.`
    : `To take ${to} over, the settings of the stack ${stack} get it as their newest generation. Nothing was changed in AWS.`;
  return [
    head,
    ...(hasPulumi ? [] : ["There is no pulumi on PATH: add to what Pulumi." + `${stack}.yaml has already.`]),
    ...["", "  holdfast:databases:", ...lines, ""],
    ...(isWritten ? [] : ["By hand:", ...commands.map((args) => `  pulumi ${args.map(quoted).join(" ")}`), ""]),
    ...(isWritten
      ? []
      : [`Or: holdfast switch ${stack} --to ${to} --yes, which also marks it as the environment's own.`]),
    ...next(adoption),
  ].join("\n");
}

function next({ stack, generation: { identifier }, isCluster }: Adoption): string[] {
  return [
    `Then look at the preview, which shows one import and no loss, and deploy: pulumi up --stack ${stack}. It migrates the one that took over.`,
    ...(isCluster
      ? [
          `When that is done, the member it was looked at by can go: aws rds delete-db-instance --db-instance-identifier ${identifier}-0`,
        ]
      : []),
    "In a program of your own the same list is the argument databases of PersistentDatabase. The former database stays until somebody lets it go by break-glass.",
  ];
}

function entries(generation: Generation): string[] {
  return Object.entries(generation).map(([key, value]) => `${key}: ${String(value)}`);
}

/** For a shell. */
function quoted(word: string): string {
  return /^[\w.:/-]+$/.test(word) ? word : `'${word}'`;
}

function notOfStack(stack: string, to: string): HoldfastError {
  return new HoldfastError("switch_refused", `${to} was not restored from the database of ${stack} here.`, {
    next: `Restore one first: holdfast restore ${stack} --as <new name>. One that was restored by other means: docs/aws.md, "Where a deploy does not go".`,
  });
}
