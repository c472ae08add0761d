import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Command } from "../../cli/command.js";
import { COMMANDS } from "../../cli/command-table.js";
import { readArguments } from "../../cli/read-arguments.js";
import { KEYS, readInstanceList } from "../../cli/instance-list.js";
import { createProject, runCli } from "../support/cli.js";

/** import() of this process knows nothing of TypeScript, require does. */
const load = createRequire(__filename);

/** Command lines nobody can have meant, what must be said, and what must be offered. */
const FAULTS: readonly { readonly args: string; readonly says: RegExp; readonly offers: RegExp }[] = [
  { args: "mirgate dev", says: /"mirgate" is no command/, offers: /Did you mean migrate\?/ },
  { args: "frobnicate", says: /"frobnicate" is no command/, offers: /holdfast --help/ },
  { args: "migrate dev --dryrun", says: /--dryrun is no flag of it/, offers: /Did you mean --dry-run\?/ },
  { args: "migrate dev -f", says: /-f is no flag of it/, offers: /holdfast migrate --help/ },
  { args: "migrate dev --dry-run=yes", says: /--dry-run takes no value/, offers: /--help/ },
  { args: "migrate dev --release", says: /--release needs a value \(VERSION\)/, offers: /--help/ },
  { args: "migrate dev --release --dry-run", says: /--release needs a value/, offers: /--help/ },
  { args: "migrate dev --release=", says: /--release needs a value/, offers: /--help/ },
  { args: "migrate --no-backup-because", says: /--no-backup-because needs a value \(TEXT\)/, offers: /--help/ },
  { args: "migrate dev prod", says: /a word too many: "prod"/, offers: /--help/ },
  { args: "undo dev 0022 --way forward", says: /a version and --way exclude each other/, offers: /With a version/ },
  { args: "restore", says: /the name is missing/, offers: /--help/ },
  { args: "restore dev", says: /--as is missing/, offers: /--as dev-restored/ },
  { args: "baseline dev", says: /--version is missing/, offers: /--help/ },
  { args: "accept dev 0001", says: /--reason is missing/, offers: /kept in the database/ },
  { args: "local start", says: /the instance is missing/, offers: /--help/ },
  { args: "local restart dev", says: /"restart" is not one of start, stop and where/, offers: /--help/ },
  { args: "new", says: /the description is missing/, offers: /--help/ },
  { args: "new x --phase extend", says: /"extend" is no phase/, offers: /expand, backfill, switch, contract/ },
  { args: "new ../x", says: /makes no file name/, offers: /letters and digits/ },
  {
    args: "migrate --url postgres://u@localhost:1/d --release v1",
    says: /"v1", is no semantic version/,
    offers: /1\.5\.0/,
  },
  { args: "migrate dev --url postgres://u@h/d", says: /a word too many: "dev"/, offers: /--help/ },
  { args: "sql dev x y --json", says: /a word too many: "y"/, offers: /--help/ },
];

describe("command lines that cannot be meant", () => {
  for (const { args, says, offers } of FAULTS) {
    it(`holdfast ${args}: said in one sentence, with a way on, exit code 2`, async () => {
      const { exitCode, stderr, stdout } = await runCli(args.split(" "));
      assert.match(stderr, says);
      assert.match(stderr, offers);
      assert.match(stderr, /\[(invalid_usage|unknown_instance)\]/);
      assert.equal(exitCode, 2);
      assert.doesNotMatch(stderr, /at .*:\d+:\d+\)|node:internal/, "no stack");
      if (!args.includes("--json")) assert.equal(stdout, "");
    });
  }
});

describe("help", () => {
  it("lists every command with one line, and exits 0", async () => {
    const { exitCode, stdout } = await runCli(["--help"]);
    assert.equal(exitCode, 0);
    for (const [name, { about }] of Object.entries(COMMANDS))
      assert.match(stdout, new RegExp(`^  ${name} +${about}`, "m"));
    assert.match(stdout, /Exit codes: 0 done, 1 SQL failed, 2 .*, 3 refused, 4 /);
  });

  it("is what a bare `holdfast` prints", async () => {
    assert.deepEqual((await runCli([])).stdout, (await runCli(["--help"])).stdout);
  });

  for (const name of Object.keys(COMMANDS)) {
    it(`of ${name} shows its words, its flags and an example that it would accept`, async () => {
      const { exitCode, stdout } = await runCli([name, "--help"]);
      assert.equal(exitCode, 0);
      assert.match(stdout, new RegExp(`^  holdfast ${name} `, "m"));
      assert.match(stdout, /--json/);
      assert.match(stdout, /^Examples?\n.*holdfast /m);
      const { command } = load(`../../cli/commands/${name}.js`) as { command: Command };
      for (const [line] of command.examples) {
        const [, rest = ""] = new RegExp(`holdfast ${name} ?([^<]*)`).exec(line) ?? assert.fail(line);
        const words = [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
        assert.doesNotThrow(() => readArguments(name, command, words, line.includes("DATABASE_URL")), line);
      }
    });
  }

  it("gives the version, and answers as JSON where asked", async () => {
    const { stdout } = await runCli(["--version"]);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    const { help } = (await runCli(["sql", "--help", "--json"])).json() as { help: string };
    assert.match(help, /read-only/i);
  });
});

describe("docs/command-line.md", () => {
  const page = readFileSync("docs/command-line.md", "utf8");

  it("has a line for every command, and none for a command that is not there", () => {
    const listed = [...page.matchAll(/^\| `([a-z-]+)[ `]/gm)].map(([, name]) => name ?? "");
    const commands = listed.slice(0, Object.keys(COMMANDS).length);
    assert.deepEqual([...commands].sort(), Object.keys(COMMANDS).sort());
  });

  it("shows a holdfast.json that is read, and explains every key", () => {
    const project = createProject({
      "holdfast.json": /```json\n([^`]*)```/.exec(page)?.[1]?.replace("9f86…", "a".repeat(64)) ?? "",
    });
    const { instances } = readInstanceList(join(project.root, "holdfast.json"));
    project.remove();
    assert.deepEqual(Object.keys(instances), ["staging", "dev"]);
    assert.equal(instances["staging"]?.approvals?.[0]?.by, "ann");
    for (const key of Object.keys(KEYS)) assert.match(page, new RegExp(`^\\| \`${key}\` `, "m"));
  });
});
