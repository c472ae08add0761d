import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { ensureLocalInstance, findLocalInstance, type LocalInstance } from "../../engine/index.js";
import type { Client } from "pg";
import { runCli, runOnTerminal, type CliOptions, type CliRun } from "./cli.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "./data-root.js";
import { createRepository, type TestRepository } from "./repository.js";

/** The embedded database `dev` of a project, in a data root of its own. */
export interface RunbookWorld {
  readonly root: TestDataRoot;
  readonly project: TestRepository;
  /** As Pulumi.yaml names it. */
  readonly projectName: string;
  holdfast(...args: string[]): Promise<CliRun>;
  /** What one SELECT gives, every value as text. */
  rows(query: string, instance?: string): Promise<unknown>;
  local(name?: string): Promise<LocalInstance>;
  /** A superuser of the instance; the caller ends it. */
  client(name?: string): Promise<Client>;
  /** Runs one line of a page, as a shell would. With answers, on a terminal. */
  run(command: string, answers?: readonly (readonly [RegExp, string])[]): Promise<CliRun>;
  remove(): Promise<void>;
}

const FILES = {
  "package.json": '{"name": "shop", "version": "1.0.0"}\n',
  "migrations/0001_create_users.sql":
    "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n\n-- @verify\nSELECT count(*) = 1 FROM pg_tables WHERE tablename = 'users';\n\n-- @rollback\nDROP TABLE users;\n",
};

/** Deployed once, with 100 users. */
export async function createRunbookWorld(
  place: (dataRoot: string, projectName: string) => void = () => undefined,
): Promise<RunbookWorld> {
  // A port is chosen by the name: tests that run at once have different ones.
  const name = `shop-${randomBytes(4).toString("hex")}`;
  const root = await createDataRoot();
  const world = worldIn(root, createRepository({ ...FILES, "Pulumi.yaml": `name: ${name}\nruntime: nodejs\n` }), name);
  try {
    place(root.path, name);
    await fillWorld(world);
    return world;
  } catch (error) {
    await world.remove();
    throw error;
  }
}

async function fillWorld(world: RunbookWorld): Promise<void> {
  await ensureLocalInstance({ root: world.root.path, project: world.projectName, name: "dev" });
  const { exitCode, stderr } = await world.holdfast("migrate", "dev");
  assert.equal(exitCode, 0, stderr);
  const client = await world.client();
  await client.query("INSERT INTO users SELECT n, 'name ' || n FROM generate_series(1, 100) n");
  await client.end();
}

function worldIn(root: TestDataRoot, project: TestRepository, projectName: string): RunbookWorld {
  const options: CliOptions = { cwd: project.root, env: { HOLDFAST_HOME: root.path } };
  const holdfast = (...args: string[]): Promise<CliRun> => runCli(args, options);
  const local = async (name = "dev"): Promise<LocalInstance> => {
    const found = await findLocalInstance({ root: root.path, project: projectName, name });
    assert.ok(found, `there is no ${name}`);
    return found;
  };
  return {
    ...{ root, project, projectName, holdfast, local },
    rows: async (query, instance = "dev") => {
      const run = await holdfast("sql", instance, query, "--json");
      assert.equal(run.exitCode, 0, run.stderr);
      return (run.json() as { rows: unknown }).rows;
    },
    client: async (name) => connectLocal(await local(name)),
    run: async (command, answers) => {
      const [program, ...args] = wordsOf(command);
      if (program !== "holdfast") return inShell(command, project.root);
      return answers === undefined ? holdfast(...args) : runOnTerminal(args, { ...options, answers });
    },
    remove: async () => {
      await root.remove();
      project.remove();
    },
  };
}

/** As a shell splits a line that holds words and double quotes only. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:"[^"]*"|[^\s"]+)+/g)].map(([word]) => word.replaceAll('"', ""));
}

function inShell(command: string, cwd: string): Promise<CliRun> {
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", command], { cwd }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : Number(error.code);
      resolve({ exitCode, stdout, stderr, json: () => JSON.parse(stdout) as unknown });
    });
  });
}
