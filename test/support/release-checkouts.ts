import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LocalDatabase, SchemaMigrations, type ContractApproval } from "../../components/index.js";
import { checksumOf, normaliseText } from "../../engine/core/normalise-text.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "./pulumi.js";

const MIGRATIONS = join(__dirname, "..", "..", "migrations");

/** The last file that each release of this project's own history brought. Later releases brought none. */
const NEWEST_FILE: Readonly<Record<string, string>> = {
  "1.0.0": "0006",
  "1.1.0": "0011",
  "1.2.0": "0014",
  "1.3.0": "0020",
};

function filesOf(release: string): string[] {
  const newest = NEWEST_FILE[release] ?? "9999";
  return readdirSync(MIGRATIONS).filter((name) => name.slice(0, 4) <= newest);
}

/** Approvals of every contract of this project, as a reviewer would put them into the stack's config. */
function approveAll(): ContractApproval[] {
  return readdirSync(MIGRATIONS)
    .map((name) => ({ name, text: normaliseText(readFileSync(join(MIGRATIONS, name), "utf8")) }))
    .filter(({ text }) => text.startsWith("-- @phase contract"))
    .map(({ name, text }) => ({ version: name.slice(0, 4), checksum: checksumOf(text), by: "reviewer@example.org" }));
}

/** A stack whose program is deployed from the checkout of one release after another. */
export interface ReleasedStack {
  readonly stack: TestStack;
  /** What its next deploy brings. */
  checkOut(release: string): void;
  /** Checks the release out, previews and deploys it. */
  deploy(release: string): Promise<RunReport>;
}

export interface ReleaseCheckouts {
  readonly harness: StackHarness;
  createStack(name: string): Promise<ReleasedStack>;
  remove(): void;
}

/** @param dataRoot where the local databases go */
export async function createReleaseCheckouts(dataRoot: string): Promise<ReleaseCheckouts> {
  const harness = await createStackHarness({ env: { HOLDFAST_HOME: dataRoot } });
  const root = harness.home.workDirectory;
  const before = process.cwd();
  // Pulumi runs programs and commands in the project's root.
  process.chdir(root);
  return {
    harness,
    createStack: async (name) => {
      let release = "0.0.0";
      const program = (): Promise<Record<string, unknown>> => {
        const database = new LocalDatabase("database");
        const migrations = new SchemaMigrations("migrations", {
          connection: database.connection,
          release,
          soakSeconds: 0,
          approvals: approveAll(),
        });
        return Promise.resolve({ instance: migrations.instance, ran: migrations.ran, held: migrations.held });
      };
      const stack = await harness.createStack({ project: "story", stack: name, program });
      const checkOut = (next: string): void => {
        release = next;
        rmSync(join(root, "migrations"), { recursive: true, force: true });
        mkdirSync(join(root, "migrations"));
        for (const file of filesOf(next)) cpSync(join(MIGRATIONS, file), join(root, "migrations", file));
      };
      return {
        stack,
        checkOut,
        deploy: async (next) => {
          checkOut(next);
          await stack.preview();
          return stack.up();
        },
      };
    },
    remove: () => {
      process.chdir(before);
      harness.remove();
    },
  };
}
