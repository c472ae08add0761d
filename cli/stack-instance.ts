import { HoldfastError, type DatabaseConnection, type StagedMigration } from "../engine/index.js";
import { runTool, type ToolResult } from "../toolchain/run-tool.js";
import type { Project } from "./project.js";

/** What the command line goes by of a stack. */
export interface StackInstance {
  readonly connection: DatabaseConnection;
  /** The stack it takes its migrations from. */
  readonly promotedFrom?: string;
}

/**
 * The database of a stack, from its one contract output `instance`, with the user's own Pulumi and login. A stack has
 * none before its first `up` that succeeds; then the state tells what its components exported.
 *
 * @throws HoldfastError stack_unreadable
 */
export async function readStackInstance({ root }: Project, stack: string): Promise<StackInstance> {
  const output = await pulumi(root, ["stack", "output", "instance", "--json", "--stack", stack]);
  if (output.code === 0) {
    const instance = parse(output.stdout);
    const connection = connectionIn(instance);
    if (connection !== undefined) return { connection, ...promotionIn(instance) };
  } else if (!HAS_NO_OUTPUT.test(output.stderr)) throw unreadable(stack, output);
  const exported = await pulumi(root, ["stack", "export", "--stack", stack]);
  if (exported.code !== 0) throw unreadable(stack, exported);
  const found = connectionInState(parse(exported.stdout));
  if (found !== undefined) return { connection: found };
  throw new HoldfastError("stack_unreadable", `The stack ${stack} has no database yet that it tells of.`, {
    hint: 'It has no output "instance": it was never deployed, or no up of it has succeeded yet.',
    next: `Bring it up: pulumi up --stack ${stack}. Or give --url, or set DATABASE_URL.`,
  });
}

/** What a stack has applied, as its output tells; where it cannot be told, why, as the end of a sentence about a file. */
export async function readStackMigrations({ root }: Project, stack: string): Promise<StagedMigration[] | string> {
  const { code, stdout, stderr } = await pulumi(root, ["stack", "output", "instance", "--json", "--stack", stack]);
  if (code === null) return "cannot be looked up there: no pulumi on PATH";
  if (HAS_NO_OUTPUT.test(stderr)) return 'cannot be looked up there: it has no output "instance"';
  if (code !== 0) return `cannot be looked up there: ${lastWords(stderr)}`;
  const instance = parse(stdout);
  const migrations = isRecord(instance) ? instance["appliedMigrations"] : undefined;
  return Array.isArray(migrations)
    ? (migrations as StagedMigration[])
    : "cannot be looked up there: it names no migration";
}

const HAS_NO_OUTPUT = /does not have output property/;

function pulumi(root: string, args: readonly string[]): Promise<ToolResult> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return runTool({ command: "pulumi", args: [...args, "--non-interactive"], cwd: root, env });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Where components put a connection, nearest to the deploy first: it runs as who SchemaMigrations was told. */
const PLACES: readonly (readonly [type: string, find: (outputs: Record<string, unknown>) => unknown])[] = [
  ["holdfast:index:SchemaMigrations", ({ instance }) => connectionIn(instance)],
  ["holdfast:index:DatabaseAccess", ({ connections }) => isRecord(connections) && connections["migrator"]],
  ["holdfast:index:PersistentDatabase", ({ connection }) => connection],
];

function connectionInState(state: unknown): DatabaseConnection | undefined {
  const deployment = isRecord(state) ? state["deployment"] : undefined;
  const resources = isRecord(deployment) ? deployment["resources"] : undefined;
  if (!Array.isArray(resources)) return undefined;
  for (const [type, find] of PLACES) {
    for (const resource of resources as unknown[]) {
      if (!isRecord(resource) || resource["type"] !== type || !isRecord(resource["outputs"])) continue;
      const found = find(resource["outputs"]);
      if (isConnection(found)) return found;
    }
  }
  return undefined;
}

function connectionIn(instance: unknown): DatabaseConnection | undefined {
  const connection = isRecord(instance) ? instance["connection"] : undefined;
  return isConnection(connection) ? connection : undefined;
}

function promotionIn(instance: unknown): Pick<StackInstance, "promotedFrom"> {
  const from = isRecord(instance) ? instance["promotedFrom"] : undefined;
  return typeof from === "string" ? { promotedFrom: from } : {};
}

const TEXTS = ["kind", "host", "database", "user", "ownerRole", "resourceId", "project", "instance"];

function isConnection(value: unknown): value is DatabaseConnection {
  return isRecord(value) && typeof value["port"] === "number" && TEXTS.every((key) => typeof value[key] === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(stack: string, { code, stderr }: ToolResult): HoldfastError {
  const local = `If ${stack} is to be a database of this machine: npm start makes it.`;
  if (code === null) {
    return new HoldfastError(
      "stack_unreadable",
      `The stack ${stack} cannot be asked for its database: no pulumi on PATH.`,
      {
        next: `Install Pulumi (https://www.pulumi.com/docs/install), log in, and run it again. Or give --url.\n${local}`,
      },
    );
  }
  return new HoldfastError("stack_unreadable", `The stack ${stack} cannot be asked for its database.`, {
    hint: lastWords(stderr),
    next: `See what Pulumi needs: pulumi stack output instance --stack ${stack}. Where it is logged in: pulumi whoami -v.\n${local}`,
  });
}

/** Pulumi tells the reason last; in front of it may stand warnings. */
function lastWords(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return (lines.find((line) => line.startsWith("error:")) ?? lines.at(-1) ?? "").trim();
}
