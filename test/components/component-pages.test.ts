import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import * as components from "../../components/index.js";
import { readTables, type PageRow } from "../support/read-tables.js";

const PAGES = join("docs", "components");
/** What a component gives to the next one: it is passed on whole, and written by nobody. */
const HANDED_ON = ["DatabaseConnection"];

type Schema = ReturnType<Analyzer["analyze"]>;
type Property = Schema["components"][string]["inputs"][string];

describe("the pages of the components", function () {
  this.timeout(60_000);
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { name: string; version: string };
  const names = Object.keys(components);
  let schema: Schema;

  before(() => {
    schema = new Analyzer(process.cwd(), manifest.name, manifest, new Set(names)).analyze();
  });

  it("are one for each component, and no other", () => {
    assert.deepEqual(readdirSync(PAGES).sort(), names.map(pageOf).sort());
  });

  for (const name of names.filter((one) => existsSync(join(PAGES, pageOf(one))))) {
    describe(name, () => {
      const page = readFileSync(join(PAGES, pageOf(name)), "utf8");
      const rows = readTables(page);
      const described = rows.filter(({ cells }) => "changing it later" in cells || "threshold" in cells);

      it("names every argument, with its members", () => {
        const missing = argumentsOf(schema, name).filter((path) => !described.some((row) => tells(row, path)));
        assert.deepEqual(missing, []);
      });

      it("names no argument that is not there", () => {
        const known = argumentsOf(schema, name);
        const told = described.flatMap(({ names: row }) => row);
        const unknown = told.filter((one) => !known.some((path) => isName(path, one)));
        assert.deepEqual(unknown, []);
      });

      it("says of each what it is, what it is by default, and what changing it later does", () => {
        const silent = described.filter(({ cells }) => Object.values(cells).some((cell) => cell === ""));
        assert.deepEqual(
          silent.map(({ names: row }) => row.join()),
          [],
        );
      });

      it("gives the defaults that the arguments' own documentation gives", () => {
        const wrong = literalDefaults(`${name}Args`).flatMap(([argument, value]) => {
          const cells = described.filter(({ names: row }) => row.includes(argument)).map((row) => row.cells["default"]);
          return cells.some((cell) => cell?.includes(value))
            ? []
            : [`${argument}: ${value}, the page says ${cells.join()}`];
        });
        assert.deepEqual(wrong, []);
      });

      it("names every output", () => {
        const outputs = Object.keys(schema.components[name]!.outputs);
        const told = rows.filter(({ cells }) => "output" in cells).flatMap(({ names: row }) => row);
        assert.deepEqual(
          outputs.filter((one) => !told.some((path) => path.split(".")[0] === one)),
          [],
        );
      });

      it("leads only to files that are there, and to its example", () => {
        const links = [...page.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, link = ""]) => link);
        const local = links.filter((link) => !link.startsWith("https://"));
        assert.deepEqual(
          local.filter((link) => !existsSync(join(PAGES, link))),
          [],
        );
        assert.ok(
          local.some((link) => dirname(link).endsWith(`examples/${kebab(name)}`)),
          "no link to its example",
        );
      });
    });
  }
});

/** The arguments whose documentation begins their default with a number, a word in quotes, true or false. */
function literalDefaults(type: string): [argument: string, value: string][] {
  const files = readdirSync("components", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const sources = files.map((file) => readFileSync(join("components", file), "utf8"));
  const [body = ""] = sources.flatMap((text) => new RegExp(`interface ${type} [^]*?\\n}`).exec(text) ?? []);
  const documented = body.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s*readonly (\w+)/g);
  return [...documented].flatMap(([, comment = "", argument = ""]) => {
    const value = /@default ("[^"]+"|[\d.]+|true|false)/.exec(comment)?.[1];
    return value === undefined ? [] : [[argument, value.replaceAll('"', "")] as [string, string]];
  });
}

function pageOf(component: string): string {
  return `${kebab(component)}.md`;
}

function kebab(name: string): string {
  return name.replace(/\B[A-Z]/g, "-$&").toLowerCase();
}

/** Every argument by its path, members of objects and of lists of objects included: `lock.mode`, `roles.name`. */
function argumentsOf({ components: found, typeDefinitions }: Schema, component: string): string[] {
  const walk = (properties: Readonly<Record<string, Property>>, prefix: string): string[] =>
    Object.entries(properties).flatMap(([name, property]) => {
      const type = typeOf(property);
      const members = type === undefined || HANDED_ON.includes(type) ? {} : (typeDefinitions[type]?.properties ?? {});
      return [`${prefix}${name}`, ...walk(members, `${prefix}${name}.`)];
    });
  return walk(found[component]!.inputs, "");
}

function typeOf(property: Property): string | undefined {
  const held = property.items ?? property;
  return "$ref" in held ? held.$ref.split(":").at(-1) : undefined;
}

/** A row tells of an argument that its first cell names, or of whose members it tells; of a member also in the row of what holds it. */
function tells(row: PageRow, path: string): boolean {
  const names = row.names.map(plain);
  if (row.names.some((name) => isName(path, name)) || names.some((name) => name.startsWith(`${path}.`))) {
    return true;
  }
  const holders = path.split(".").map((_, at, parts) => parts.slice(0, at).join("."));
  const member = path.split(".").at(-1)!;
  const isHolder = names.some((name) => holders.includes(name));
  return isHolder && Object.values(row.cells).some((cell) => new RegExp(`\\b${member}\\b`).test(cell));
}

/** A member stands under its whole path, or by itself in a table of its own, such as "thresholds". */
function isName(path: string, name: string): boolean {
  const written = plain(name);
  const [, ...members] = path.split(".");
  return written === path || (members.length > 0 && written === members.join("."));
}

function plain(name: string): string {
  return name.replaceAll("[]", "");
}
