/** The real Pulumi engine for tests: any inline program, in a home and with a backend of its own, with its event log. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  Stack,
  LocalWorkspace,
  type ConfigMap,
  type Deployment,
  type EngineEvent,
  type OutputMap,
  type PulumiFn,
} from "@pulumi/pulumi/automation/index.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import { watchProgram } from "../../cli/start/lost-program.js";
import { automationCommand } from "../../toolchain/automation-command.js";
import { ensureProviderPlugin, PROVIDER_NAMES } from "../../toolchain/provider-plugin.js";
import { ensurePulumiCli, type PulumiCli } from "../../toolchain/pulumi-cli.js";
import {
  preparePulumiHome,
  pulumiEnvironment,
  FOREIGN_VARIABLES,
  type PulumiHome,
} from "../../toolchain/pulumi-home.js";
import { linkCheckout } from "../../toolchain/work-directory.js";
import { installCloudPlugin } from "./cloud-plugin.js";
import { readEvents, type Diagnostic, type ResourceStep } from "./pulumi-events.js";

export type { Diagnostic, ResourceStep } from "./pulumi-events.js";

/**
 * One process runs hundreds of inline programs, each with an engine on a port of its own. gRPC keeps connections by address for the
 * whole process: where a port came again, a new program would get one that had failed with the engine before.
 */
Object.assign(Reflect.get(settings, "grpcClientOptions") as object, { "grpc.use_local_subchannel_pool": 1 });

const CHECKOUT = join(__dirname, "..", "..");

export interface StackOptions {
  readonly program: PulumiFn;
  /** @default "holdfast" */
  readonly project?: string;
  /** @default "dev" */
  readonly stack?: string;
  /** By full key, for example `{"holdfast:soak": "0"}`. Lists and objects as JSON text. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** Instead of the stack's. */
  readonly program?: PulumiFn;
  /** True: a failed run is reported, not thrown. @default false */
  readonly mayFail?: boolean;
  readonly signal?: AbortSignal;
  /** True: a failed resource does not keep independent ones from running. @default false */
  readonly continueOnError?: boolean;
  /** Whether refresh and destroy run the program, for its hooks. @default false */
  readonly runProgram?: boolean;
  /** Whether a destroy stops behind its preview, as where somebody says no, or where it failed. @default false */
  readonly previewOnly?: boolean;
  /** URNs to replace, as `--replace`. @default none */
  readonly replace?: string[];
}

/** What a run did. Outputs are plain values; secret ones are "[secret]". */
export interface RunReport {
  readonly succeeded: boolean;
  /** Every resource the engine looked at, in order, with the operation it planned or did. */
  readonly steps: readonly ResourceStep[];
  /** Steps that are no `same`. */
  readonly changes: readonly ResourceStep[];
  readonly diagnostics: readonly Diagnostic[];
  /** Texts of the diagnostics with severity error. */
  readonly errors: readonly string[];
  /** The whole event log, as JSON lines would hold it. */
  readonly events: readonly EngineEvent[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestStack {
  readonly stack: Stack;
  preview(options?: RunOptions): Promise<RunReport>;
  /** Without a preview before it, as `pulumi up --skip-preview`. */
  up(options?: RunOptions): Promise<RunReport>;
  refresh(options?: RunOptions): Promise<RunReport>;
  destroy(options?: RunOptions): Promise<RunReport>;
  setConfig(config: Readonly<Record<string, string>>): Promise<void>;
  state(): Promise<Deployment>;
}

export interface StackHarness {
  readonly home: PulumiHome;
  /** The environment every CLI process gets beside this process's. */
  readonly env: Readonly<Record<string, string>>;
  /** The Pulumi CLI's executable. */
  readonly cli: string;
  createStack(options: StackOptions): Promise<TestStack>;
  remove(): void;
}

export interface HarnessOptions {
  /** True: the AWS provider is the simulated one, with a cloud of its own for this harness (`cloudOf` in cloud.ts). @default false */
  readonly cloud?: boolean;
  /** Set for the CLI and what it starts, and in this process while a program runs. */
  readonly env?: Readonly<Record<string, string>>;
  /** True: the work directory links this checkout's files, so that commands find `holdfast`, dist/ and migrations/. @default true */
  readonly linksCheckout?: boolean;
  /** Files of the work directory, by relative path; they win over the checkout's. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * The command and postgresql providers are the stand-ins, as on a machine that may not download them;
 * HOLDFAST_TEST_COMMAND_PLUGIN and HOLDFAST_TEST_POSTGRESQL_PLUGIN name folders with the official ones instead.
 */
export async function createStackHarness(options: HarnessOptions = {}): Promise<StackHarness> {
  for (const name of FOREIGN_VARIABLES) Reflect.deleteProperty(process.env, name);
  const { cli } = await tools();
  const root = mkdtempSync(join(tmpdir(), "holdfast-pulumi-"));
  const home = preparePulumiHome(root);
  if (options.linksCheckout !== false) linkCheckout(home.workDirectory, CHECKOUT);
  for (const [path, text] of Object.entries(options.files ?? {})) writeOwnFile(join(home.workDirectory, path), text);
  const { pulumiHome } = await tools();
  if (options.cloud === true) await installCloudPlugin({ cli: cli.command, pulumiHome });
  const env = {
    ...pulumiEnvironment({ ...home, directory: pulumiHome }),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(options.cloud === true && { HOLDFAST_SIMULATED_CLOUD: join(root, "cloud"), AWS_REGION: "eu-central-1" }),
    ...options.env,
  };
  const shared = { home, env, cli: cli.command };
  return {
    ...shared,
    createStack: (stack) => createStack(shared, stack),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function writeOwnFile(path: string, text: string): void {
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

interface Tools {
  readonly cli: PulumiCli;
  readonly pulumiHome: string;
}

let shared: Promise<Tools> | undefined;

/** CLI and plugins, made once for the whole mocha process. */
function tools(): Promise<Tools> {
  return (shared ??= makeTools());
}

async function makeTools(): Promise<Tools> {
  const cli = await ensurePulumiCli({ projectRoot: CHECKOUT });
  const pulumiHome = mkdtempSync(join(tmpdir(), "holdfast-pulumi-home-"));
  process.once("exit", () => rmSync(pulumiHome, { recursive: true, force: true }));
  await Promise.all(
    PROVIDER_NAMES.map((name) => {
      const official = process.env[`HOLDFAST_TEST_${name.toUpperCase()}_PLUGIN`];
      return ensureProviderPlugin({ name, cli: cli.command, pulumiHome, source: official ?? "stand-in" });
    }),
  );
  return { cli, pulumiHome };
}

async function createStack(
  harness: Pick<StackHarness, "home" | "env" | "cli">,
  options: StackOptions,
): Promise<TestStack> {
  const { workDirectory } = harness.home;
  const project = options.project ?? "holdfast";
  writeOwnFile(join(workDirectory, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  const workspace = await LocalWorkspace.create({
    workDir: workDirectory,
    pulumiHome: harness.env["PULUMI_HOME"] ?? "",
    pulumiCommand: await automationCommand((await tools()).cli),
    envVars: { ...harness.env },
    program: options.program,
  });
  const stack = await Stack.createOrSelect(options.stack ?? "dev", workspace);
  const setConfig = (config: Readonly<Record<string, string>>): Promise<void> => stack.setAllConfig(configMap(config));
  if (options.config !== undefined) await setConfig(options.config);
  const run = (start: StartRun, runOptions: RunOptions = {}): Promise<RunReport> =>
    report(harness.env, start, runOptions);
  return {
    stack,
    setConfig,
    preview: (o) => run((given) => stack.preview(given), o),
    up: (o) => run((given) => stack.up(given), o),
    refresh: (o) => run((given) => stack.refresh(given), o),
    destroy: (o) => run((given) => stack.destroy(given), o),
    state: () => stack.exportStack(),
  };
}

function configMap(config: Readonly<Record<string, string>>): ConfigMap {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value }]));
}

type StartRun = (options: {
  onEvent: (event: EngineEvent) => void;
  program?: PulumiFn;
  signal?: AbortSignal;
  continueOnError?: boolean;
  runProgram?: boolean;
  previewOnly?: boolean;
  replace?: string[];
}) => Promise<{ stdout: string; stderr: string; outputs?: OutputMap }>;

async function report(env: Readonly<Record<string, string>>, start: StartRun, options: RunOptions): Promise<RunReport> {
  const { mayFail = false, ...given } = options;
  const events: EngineEvent[] = [];
  const restore = setEnvironment(env);
  const watch = watchProgram();
  const onEvent = (event: EngineEvent): void => {
    events.push(event);
    watch.see(event);
  };
  try {
    const signal = AbortSignal.any([watch.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    const result = await start({ ...given, onEvent, signal });
    return {
      succeeded: true,
      ...readEvents(events),
      events,
      outputs: plainOutputs(result.outputs ?? {}),
      stdout: result.stdout,
      stderr: result.stderr,
    };
  } catch (error) {
    const seen = readEvents(events);
    const text = error instanceof Error ? error.message : String(error);
    if (!mayFail) throw new Error([...seen.errors, text].join("\n"), { cause: error });
    return { succeeded: false, ...seen, events, outputs: {}, stdout: "", stderr: text };
  } finally {
    watch.release();
    restore();
  }
}

/** An inline program runs in this process and reads its environment. */
function setEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}

function plainOutputs(outputs: OutputMap): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { value, secret }]) => [name, secret ? "[secret]" : (value as unknown)]),
  );
}
