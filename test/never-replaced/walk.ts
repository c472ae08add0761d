/** A walk of random changes over one deployed stack; every step must leave what holds data as it was. */
import { cpSync, rmSync } from "node:fs";
import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { cloudOf, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";
import type { Change } from "./careless.js";
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
    secrets: { name: "secrets", args: {}, isIn: true },
    backups: { name: "backups", args: {}, isIn: true },
    alarms: { name: "alarms", args: {}, isIn: true },
    files: { name: "files", args: {}, isIn: true },
  },
};

export class Walk {
  private wish: Wish;
  private known: Known = {};
  /** Guarded things by id, which have to be there after every step. */
  private kept = new Map<string, string>();

  private constructor(
    private readonly harness: StackHarness,
    private readonly stack: TestStack,
    private readonly cloud: TestCloud,
    first: Wish,
  ) {
    this.wish = first;
  }

  /** Deploys the first wish. */
  static async begin(first: Wish): Promise<Walk> {
    const harness = await createStackHarness({ cloud: true, linksCheckout: false });
    const stack = await harness.createStack({
      project: "never",
      stack: "prod",
      program: () => Promise.resolve({}),
      config: { "aws:region": "eu-central-1" },
    });
    const walk = new Walk(harness, stack, cloudOf(harness), first);
    const seen: Registered[] = [];
    const { outputs } = await stack.up({ program: programOf(first, {}, seen) });
    walk.known = outputs;
    walk.keep();
    const faults = [...new Set(seen.flatMap(missingGuards))];
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return walk;
  }

  end(): void {
    this.harness.remove();
  }

  async step({ title, change, act, flags = {} }: Change): Promise<Outcome> {
    const wish = change(this.wish);
    const before = await this.remember(act !== undefined);
    const faults: string[] = [];
    await this.happen(act);
    const seen: Registered[] = [];
    const options = { program: programOf(wish, this.known, seen), mayFail: true, ...(await this.engineFlags(flags)) };
    const preview = await this.stack.preview(options);
    let last: RunReport = preview;
    if (preview.succeeded) {
      faults.push(...judgePlan(preview), ...seen.flatMap((child) => (wish.transform ? [] : missingGuards(child))));
      last = await this.stack.up(options);
      if (!last.succeeded) faults.push(`the preview passed and up failed: ${last.errors.join("; ")}`);
    } else {
      faults.push(...judgeRefusal(preview));
    }
    faults.push(...(act === "vanish" || act === "restore under the same name" ? [] : await this.losses()));
    if (last.succeeded && faults.length === 0) {
      this.wish = { ...wish, ...(wish.transform && { transform: undefined }) } as Wish;
      this.known = { ...this.known, ...definedOf(last.outputs) };
      this.keep();
    } else {
      await before.bringBack();
    }
    const result = !last.succeeded ? "refused" : last.changes.length > 0 ? "in place" : "nothing to do";
    return { title, result, said: preview.errors.join("\n"), faults: faults.map((fault) => `${title}: ${fault}`) };
  }

  private async happen(act: Change["act"]): Promise<void> {
    const [database] = this.cloud.resources("aws:rds/instance:Instance").map(({ id }) => id);
    if (act === "vanish" && database !== undefined) this.cloud.vanish("aws:rds/instance:Instance", database);
    if (act === "restore under the same name" && database !== undefined) this.cloud.restoreUnderSameName(database);
    if (act === "unprotect") await this.unprotect();
    else if (act !== undefined) await this.stack.refresh({ program: programOf(this.wish, this.known, []) });
  }

  /** `pulumi state unprotect --all`. */
  private async unprotect(): Promise<void> {
    const state = await this.stack.state();
    const text = JSON.stringify(state).replaceAll('"protect":true', '"protect":false');
    await this.stack.stack.importStack(JSON.parse(text) as Deployment);
  }

  private async engineFlags(flags: NonNullable<Change["flags"]>): Promise<Record<string, unknown>> {
    const urns = await this.guardedUrns();
    return {
      ...(flags.replacesEveryGuarded && { replace: urns }),
      ...(flags.refreshes && { refresh: true }),
      ...(flags.targetsDatabase && { target: urns.filter((urn) => urn.includes("aws:rds/instance:Instance")) }),
    };
  }

  private async guardedUrns(): Promise<string[]> {
    return (await this.resources()).filter(({ type }) => GUARDED_TYPES.includes(type)).map(({ urn }) => urn);
  }

  private async resources(): Promise<{ urn: string; type: string; id?: string; delete?: boolean }[]> {
    const { deployment } = (await this.stack.state()) as { deployment: unknown };
    return (deployment as { resources?: { urn: string; type: string; id?: string }[] }).resources ?? [];
  }

  private keep(): void {
    for (const { type, id } of this.cloud.resources()) if (GUARDED_TYPES.includes(type)) this.kept.set(id, type);
  }

  /** What is gone from the cloud, or forgotten by the state. */
  private async losses(): Promise<string[]> {
    const inCloud = new Set(this.cloud.resources().map(({ id }) => id));
    const inState = await this.resources();
    return [...this.kept].flatMap(([id, type]) => {
      if (!inCloud.has(id)) return [`${type} ${id} is gone from the cloud`];
      const entries = inState.filter((resource) => resource.id === id);
      if (entries.length === 0) return [`${type} ${id} is forgotten by the state`];
      return entries.some((entry) => entry.delete === true) ? [`${type} ${id} waits to be deleted`] : [];
    });
  }

  private async remember(includesCloud: boolean): Promise<{ bringBack(): Promise<void> }> {
    const state = await this.stack.state();
    const folder = this.harness.env["HOLDFAST_SIMULATED_CLOUD"] ?? "";
    if (includesCloud) cpSync(folder, `${folder}-before`, { recursive: true });
    return {
      bringBack: async () => {
        await this.stack.stack.importStack(state);
        if (!includesCloud) return;
        rmSync(folder, { recursive: true, force: true });
        cpSync(`${folder}-before`, folder, { recursive: true });
        rmSync(`${folder}-before`, { recursive: true, force: true });
      },
    };
  }
}

const HARMLESS = new Set(["same", "create", "update", "read", "refresh"]);

/** Nothing guarded may be planned to be replaced, deleted, imported over or forgotten. */
function judgePlan({ steps }: RunReport): string[] {
  return steps
    .filter(({ type, op }) => GUARDED_TYPES.includes(type) && !HARMLESS.has(op))
    .map(({ op, urn }) => `${op} of ${urn} is planned`);
}

/** A refusal names what it is about, and the way. */
function judgeRefusal({ errors }: RunReport): string[] {
  const text = errors.join("\n");
  if (/\n\s+at .*\(.*:\d+:\d+\)/.test(text)) return [`a stack trace: ${text}`];
  const isClear =
    /cannot be changed in place|cannot (become|be imported)|To delete it for good|would make a new, empty|has lost|must be|allowed|is not/i;
  return isClear.test(text) ? [] : [`an unclear refusal: ${text === "" ? "no message at all" : text}`];
}

function definedOf(outputs: Readonly<Record<string, unknown>>): Known {
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => typeof value === "string"));
}
