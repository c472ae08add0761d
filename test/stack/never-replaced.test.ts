import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { ARGUMENTS } from "../never-replaced/arguments.js";
import { GUARDED_TYPES, guardsOf, missingGuards, type Registered } from "../never-replaced/guarded-types.js";
import { randomChanges } from "../never-replaced/random-walk.js";
import { AURORA_WISH, FIRST_WISH, Walk } from "../never-replaced/walk.js";
import { COMPONENT_OF } from "../never-replaced/wish.js";

const SEED = 20_261;
const STEPS = 34;

describe("a deployed stack, changed in any way", function () {
  this.timeout(1_200_000);
  let walk: Walk;
  const registered: Registered[] = [];

  before(async () => {
    walk = await Walk.begin(FIRST_WISH);
    registered.push(...walk.registered, ...(await walk.registeredBy(AURORA_WISH)));
  });
  after(() => walk.end());

  it(`loses no database, secret, key, vault or bucket in ${STEPS} random steps`, async () => {
    const titles: string[] = [];
    for (const change of randomChanges(SEED, STEPS)) {
      titles.push(change.title);
      const { faults } = await walk.step(change);
      assert.deepEqual(faults, [], `seed ${SEED}, after: ${titles.join("; ")}`);
    }
  });

  it("is changed in every argument there is", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { name: string };
    const classes = new Set(Object.values(COMPONENT_OF));
    const { components } = new Analyzer(process.cwd(), manifest.name, manifest, classes).analyze();
    for (const [slot, component] of Object.entries(COMPONENT_OF)) {
      const inputs = Object.keys(components[component]?.inputs ?? {});
      assert.deepEqual(Object.keys(ARGUMENTS[slot as keyof typeof COMPONENT_OF]).sort(), inputs.sort(), component);
    }
  });

  for (const type of GUARDED_TYPES) {
    it(`has every guard on each ${type.split(":").at(-1)}, and is found out without any one of them`, () => {
      const children = registered.filter((child) => child.type === type);
      assert.ok(children.length > 0, `no ${type} was registered`);
      for (const child of children) {
        assert.deepEqual(missingGuards(child), []);
        for (const [guard, { without }] of Object.entries(guardsOf(type)))
          assert.deepEqual(missingGuards(without(child)), [`${type} "${child.name}" has not: ${guard}`]);
      }
    });
  }
});
