import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import * as components from "../../components/index.js";

type Analysis = ReturnType<Analyzer["analyze"]>;

/** A property as the analyzer describes it. */
interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly description?: string;
  readonly optional?: boolean;
}

type Properties = Readonly<Record<string, Property>>;

describe("the components, seen from another Pulumi language", function () {
  this.timeout(120_000);
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { name: string; version: string };
  const names = Object.keys(components);
  let analysis: Analysis;

  before(() => {
    analysis = new Analyzer(process.cwd(), manifest.name, manifest, new Set(names)).analyze();
  });

  /** Arguments of every component, and properties of the types they are made of: by a path for the message. */
  function everyArgument(): [string, Property][] {
    const types = new Set<string>();
    const found: [string, Property][] = [];
    const visit = (path: string, properties: Properties): void => {
      for (const [name, property] of Object.entries(properties)) {
        found.push([`${path}.${name}`, property]);
        for (const type of typesOf(property).filter((one) => !types.has(one))) {
          types.add(type);
          visit(type, analysis.typeDefinitions[type]!.properties ?? {});
        }
      }
    };
    for (const [name, { inputs }] of Object.entries(analysis.components)) visit(name, inputs);
    return found;
  }

  it("have a schema: every exported component is in it, with what needs to be given and what comes out", () => {
    const { components: found, typeDefinitions } = analysis;
    assert.deepEqual(Object.keys(found).sort(), names.sort());
    assert.deepEqual(Object.keys(found["LocalDatabase"]!.outputs).sort(), ["backupsAt", "connection"]);
    assert.equal(found["SchemaMigrations"]!.inputs["release"]!.optional, undefined);
    assert.ok(Object.keys(typeDefinitions).includes("DatabaseConnection"));
    for (const [name, { outputs, description }] of Object.entries(found)) {
      assert.ok(Object.keys(outputs).length > 0, name);
      assert.ok((description ?? "").length > 40, name);
    }
  });

  it("take arguments of types that all languages know: text, number, flag, list, map, and objects of such", () => {
    const arguments_ = everyArgument();
    assert.ok(arguments_.length > 150);
    assert.deepEqual(
      arguments_.filter(([, property]) => !isPlainData(property)).map(([path]) => path),
      [],
    );
  });

  it("say of every argument what it is", () => {
    const silent = everyArgument().filter(([, { description = "" }]) => description.trim().length < 5);
    assert.deepEqual(
      silent.map(([path]) => path),
      [],
    );
  });

  it("need nothing that has a default: what may be left out in TypeScript may be left out everywhere", () => {
    const needed = Object.fromEntries(
      Object.entries(analysis.components).map(([name, { inputs }]) => [
        name,
        Object.entries(inputs as Properties).flatMap(([key, { optional }]) => (optional === true ? [] : [key])),
      ]),
    );
    assert.deepEqual(needed, {
      BackupPlan: ["databaseArns", "keyArn"],
      DatabaseAccess: ["connection"],
      DatabaseAlarms: ["instanceIdentifiers"],
      DatabaseNetwork: [],
      DatabaseSecrets: ["connection", "keyArn"],
      EncryptionKey: [],
      FileStorage: ["kind"],
      LocalDatabase: [],
      PersistentDatabase: ["keyArn", "subnetGroupName", "securityGroupIds"],
      SchemaMigrations: ["connection", "release"],
    });
  });

  it("would not be let through with a type that no schema has", () => {
    assert.equal(isPlainData({ $ref: "pulumi.json#/Any" }), false);
    assert.equal(isPlainData({ type: "array", items: { $ref: "pulumi.json#/Asset" } }), false);
  });
});

const OWN_TYPE = "#/types/holdfast:index:";

function typesOf({ $ref = "", items, additionalProperties }: Property): string[] {
  const inside = [items, additionalProperties].flatMap((one) => (one === undefined ? [] : typesOf(one)));
  return $ref.startsWith(OWN_TYPE) ? [$ref.slice(OWN_TYPE.length), ...inside] : inside;
}

/** Assets, resources and Any cannot be written down in a program of every language. */
function isPlainData({ type = "", $ref, items, additionalProperties }: Property): boolean {
  if ($ref !== undefined) return $ref.startsWith(OWN_TYPE);
  if (["string", "number", "integer", "boolean"].includes(type)) return true;
  const inside = items ?? additionalProperties;
  return inside !== undefined && isPlainData(inside);
}
