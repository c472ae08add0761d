import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TYPE_FACTS } from "./facts/index.js";

const AWS = dirname(require.resolve("@pulumi/aws/package.json"));

describe("what the simulated AWS knows of a resource type", () => {
  for (const [type, facts] of Object.entries(TYPE_FACTS)) {
    it(`agrees with the installed @pulumi/aws: ${type}`, () => {
      const declared = declarationOf(type);
      assert.deepEqual([...facts.inputs].sort(), declared.inputs.sort(), "inputs");
      assert.deepEqual([...(facts.required ?? [])].sort(), declared.required.sort(), "required");
      assert.deepEqual([...(facts.outputs ?? [])].sort(), declared.outputs.sort(), "outputs");
    });

    it(`names only inputs where it says what a change does: ${type}`, () => {
      const { replaces = [], nestedReplaces = [], keeps = [], defaults = {}, providerOnly = [], sets = [] } = facts;
      const nested = nestedReplaces.map((path) => path.split(".")[0]!);
      const named = [...replaces, ...nested, ...keeps, ...Object.keys(defaults), ...providerOnly, ...sets];
      assert.deepEqual(
        named.filter((name) => !facts.inputs.includes(name)),
        [],
      );
    });
  }
});

interface Declaration {
  readonly inputs: string[];
  readonly required: string[];
  /** Output only. */
  readonly outputs: string[];
}

/** Reads the class's type declarations, which are generated and regular. */
function declarationOf(type: string): Declaration {
  const [, module = "", name = ""] = type.split(":");
  assert.ok(readFileSync(join(AWS, `${module}.js`), "utf8").includes(`__pulumiType = '${type}'`), "the type's token");
  const text = readFileSync(join(AWS, `${module}.d.ts`), "utf8");
  const body = new RegExp(`export interface ${name}Args \\{([\\s\\S]*?)\\n\\}`).exec(text)![1]!;
  const args = [...body.matchAll(/^ {4}(\w+)(\??): /gm)].map((match) => ({
    name: match[1]!,
    isRequired: match[2] === "",
  }));
  const inputs = args.map((arg) => arg.name);
  const start = text.indexOf(`export declare class ${name} `);
  const declared = text.slice(start, text.indexOf(`export interface ${name}State`, start));
  const outputs = [...declared.matchAll(/readonly (\w+): /g)].map((match) => match[1]!);
  return {
    inputs,
    required: args.filter(({ isRequired }) => isRequired).map((arg) => arg.name),
    outputs: outputs.filter((output) => !inputs.includes(output)),
  };
}
