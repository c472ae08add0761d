import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import * as components from "../../components/index.js";

describe("the components, seen from another Pulumi language", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { name: string; version: string };
  const names = Object.keys(components);

  it("have a schema: every argument and output is of a type that all languages know", function () {
    this.timeout(60_000);
    const analyzer = new Analyzer(process.cwd(), manifest.name, manifest, new Set(names));
    const { components: found, typeDefinitions } = analyzer.analyze();
    assert.deepEqual(Object.keys(found).sort(), names.sort());
    assert.deepEqual(Object.keys(found["LocalDatabase"]!.outputs).sort(), ["backupsAt", "connection"]);
    assert.equal(found["SchemaMigrations"]!.inputs["release"]!.optional, undefined);
    assert.ok(Object.keys(typeDefinitions).includes("DatabaseConnection"));
  });
});
