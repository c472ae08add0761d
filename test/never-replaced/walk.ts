/** A walk of random changes over one deployed stack; every step must leave what holds data as it was. */
import { cpSync, rmSync } from "node:fs";
import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { cloudOf, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";
import type { Act, Change, Flags } from "./careless.js";
import { GUARDED_TYPES, missingGuards, type Registered } from "./guarded-types.js";
import { programOf, type Known } from "./program.js";
import type { Wish } from "./wish.js";

/** What became of a step. */
export interface Outcome {
  readonly title: string;
  readonly result: "in place" | "nothing to do" | "refused";
  /** What the refusal said. */
  readonly said: string;
  /** Broken promises; empty for a good step. */
  readonly faults: readonly string[];
}

export const FIRST_WISH: Wish = {
  parts: {
    key: { name: "key", args: {}, isIn: true },
    network: { name: "network", args: { cidrBlock: "10.20.0.0/24" }, isIn: true },
    database: { name: "database", args: { instanceClass: "db.m7g.large", allocatedStorage: 100 }, isIn: true },
    secrets: {
      name: "secrets",
      args: { roles: [{ name: "reports" }], administrators: ["arn:aws:iam::123456789012:role/admin"] },
      isIn: true,
    },
    backups: { name: "backups", args: {}, isIn: true },
    alarms: { name: "alarms", args: {}, isIn: true },
    files: { name: "files", args: {}, isIn: true },
  },
};

/** The same around an Aurora cluster. */
export const AURORA_WISH: Wish = {
  parts: {
    ...FIRST_WISH.parts,
    database: { name: "database", args: { engine: "aurora-postgresql" }, isIn: true },
  },
};

export class Walk {
  /** The guarded children as the first deploy registered them. */
  readonly registered: Registered[] = [];
  private wish: Wish;
  private known: Known = {};
  /** Guarded things by id, which have to be there after every step. */
  private readonly kept = new Map<string, string>();
  private state: Deployment | undefined;

  private constructor(
    private readonly harness: StackHarness,
    private readonly stack: TestStack,
    private readonly cloud: TestCloud,
    first: Wish,
  ) {
    this.wish = first;
  }

  /** Deploys the first wish. @throws Error where a guard is missing on what it registers */
  static async begin(first: Wish): Promise<Walk> {
    const harness = await createStackHarness({ cloud: true, linksCheckout: false });
    const stack = await harness.createStack({
      project: "never",
      stack: "prod",
      program: () => Promise.resolve({}),
      config: { "aws:region": "eu-central-1" },
    });
    const walk = new Walk(harness, stack, cloudOf(harness), first);
    const { outputs } = await stack.up({ program: programOf(first, {}, walk.registered) });
    await walk.accept(first, outputs);
    const faults = walk.registered.flatMap(missingGuards);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return walk;
  }

  /** The guarded children that a new stack of this wish registers. */
  async registeredBy(wish: Wish): Promise<Registered[]> {
    const seen: Registered[] = [];
    const program = programOf(wish, {}, seen);
    const config = { "aws:region": "eu-central-1" };
    const stack = await this.harness.createStack({ project: "never", stack: "other", program, config });
    await stack.preview();
    return seen;
  }

  /** Whether the engine's command line has `--ignore-protect`: from 3.256 on. */
  get knowsIgnoreProtect(): boolean {
    const { version } = this.stack.stack.workspace.pulumiCommand;
    return version !== null && (version.major > 3 || version.minor >= 256);
  }

  end(): void {
    this.harness.remove();
  }

  /** Previews the change, deploys it where the preview passed, and looks what is left. A step that is refused leaves no trace. */
  async step({ title, change, act, flags = {} }: Change): Promise<Outcome> {
    const wish = change(this.wish);
    const acted = act === undefined ? undefined : await this.act(act);
    const seen: Registered[] = [];
    const options = { program: programOf(wish, this.known, seen), mayFail: true, ...this.engineFlags(flags) };
    this.setEngineOption("PULUMI_OPTION_IGNORE_PROTECT", flags.ignoresProtect === true);
    const preview = await this.stack.preview(options);
    const faults: string[] = [];
    let last: RunReport = preview;
    if (preview.succeeded) {
      faults.push(...judgePlan(preview, acted?.hasLost === true));
      if (wish.transform === undefined) faults.push(...seen.flatMap(missingGuards));
      if (preview.changes.length > 0 || Object.keys(flags).length > 0) last = await this.stack.up(options);
      if (!last.succeeded) faults.push(`the preview passed and up failed: ${last.errors.join("; ")}`);
    } else {
      faults.push(...judgeRefusal(preview));
    }
    if (preview.succeeded || acted !== undefined) faults.push(...(await this.losses(acted?.hasLost === true)));
    if (last.succeeded && faults.length === 0) await this.accept({ ...wish, transform: undefined }, last.outputs);
    else if (preview.succeeded || acted !== undefined) await this.goBack(acted);
    const result = !last.succeeded ? "refused" : last.changes.length > 0 ? "in place" : "nothing to do";
    return { title, result, said: preview.errors.join("\n"), faults: faults.map((fault) => `${title}: ${fault}`) };
  }

  private async accept(wish: Wish, outputs: Readonly<Record<string, unknown>>): Promise<void> {
    this.wish = wish;
    this.known = { ...this.known, ...outputs };
    this.state = await this.stack.state();
    for (const { type, id } of this.cloud.resources()) if (GUARDED_TYPES.includes(type)) this.kept.set(id, type);
  }

  private async act(act: Act): Promise<Acted> {
    const copy = `${this.folder}-before`;
    cpSync(this.folder, copy, { recursive: true });
    const [database] = this.cloud.resources(INSTANCE);
    if (act === "unprotect") await this.unprotect();
    else if (act === "vanish" && database !== undefined) this.cloud.vanish(INSTANCE, database.id);
    else if (act === "restore under the same name" && database !== undefined)
      this.cloud.restoreUnderSameName(String(database.attributes["identifier"]));
    if (act !== "unprotect") await this.stack.refresh({ program: programOf(this.wish, this.known, []) });
    return { copy, hasLost: act === "vanish" || act === "restore under the same name" };
  }

  private async goBack(acted: Acted | undefined): Promise<void> {
    if (this.state !== undefined) await this.stack.stack.importStack(this.state);
    if (acted === undefined) return;
    rmSync(this.folder, { recursive: true, force: true });
    cpSync(acted.copy, this.folder, { recursive: true });
    rmSync(acted.copy, { recursive: true, force: true });
  }

  /** As `pulumi state unprotect --all` does. */
  private async unprotect(): Promise<void> {
    const text = JSON.stringify(this.state).replaceAll('"protect":true', '"protect":false');
    await this.stack.stack.importStack(JSON.parse(text) as Deployment);
  }

  private engineFlags(flags: Flags): Record<string, unknown> {
    const urns = resourcesOf(this.state)
      .filter(({ type }) => GUARDED_TYPES.includes(type))
      .map(({ urn }) => urn);
    return {
      ...(flags.replacesEveryGuarded && { replace: urns }),
      ...(flags.refreshes && { refresh: true }),
      ...(flags.targetsDatabase && { target: urns.filter((urn) => urn.includes(INSTANCE)) }),
    };
  }

  /** The engine's command line reads each of its flags from the environment, too. */
  private setEngineOption(name: string, isSet: boolean): void {
    const { workspace } = this.stack.stack;
    workspace.envVars = { ...workspace.envVars, [name]: isSet ? "true" : "" };
  }

  /** What is gone from the cloud, or forgotten by the state; where somebody else lost the database, beside it. */
  private async losses(hasLost: boolean): Promise<string[]> {
    const inCloud = new Set(this.cloud.resources().map(({ id }) => id));
    const inState = resourcesOf(await this.stack.state());
    return [...this.kept].flatMap(([id, type]) => {
      if (hasLost && type === INSTANCE) return [];
      if (!inCloud.has(id)) return [`${type} ${id} is gone from the cloud`];
      const entries = inState.filter((resource) => resource.id === id);
      if (entries.length === 0) return [`${type} ${id} is forgotten by the state`];
      return entries.some((entry) => entry.delete === true) ? [`${type} ${id} waits to be deleted`] : [];
    });
  }

  private get folder(): string {
    return this.harness.env["HOLDFAST_SIMULATED_CLOUD"] ?? "";
  }
}

const INSTANCE = "aws:rds/instance:Instance";

interface Acted {
  /** The cloud's folder as it was before. */
  readonly copy: string;
  /** Somebody else, not the deploy, made the database go. */
  readonly hasLost: boolean;
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly delete?: boolean;
}

function resourcesOf(state: Deployment | undefined): readonly StateResource[] {
  return (state?.deployment as { resources?: readonly StateResource[] } | undefined)?.resources ?? [];
}

const HARMLESS = new Set(["same", "create", "update", "read", "refresh"]);

/** Nothing guarded may be planned to be replaced, deleted, imported over or forgotten, nor made anew where one was lost. */
function judgePlan({ steps }: RunReport, hasLost: boolean): string[] {
  return steps
    .filter(({ type, op }) => GUARDED_TYPES.includes(type) && (!HARMLESS.has(op) || (hasLost && op === "create")))
    .map(({ op, urn }) => `${op} of ${urn} is planned`);
}

/** A refusal names what it is about, and the way. */
function judgeRefusal({ errors }: RunReport): string[] {
  const text = errors.join("\n");
  if (/\n\s+at .*\(.*:\d+:\d+\)/.test(text)) return [`a stack trace: ${text}`];
  const isClear =
    /Way out:|cannot be changed in place|cannot (become|be imported)|no deploy (deletes|replaces)|To delete it for good|would make a new, empty|has lost|does not exist/;
  return isClear.test(text) ? [] : [`an unclear refusal: ${text === "" ? "no message at all" : text}`];
}
