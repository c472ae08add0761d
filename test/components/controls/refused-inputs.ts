import { check } from "../../cloud/check.js";
import { factsOf } from "../../cloud/facts/index.js";
import { readSettings } from "../../cloud/provider-settings.js";
import { behaviourOf } from "../../cloud/services/index.js";
import { REGION } from "../../support/cloud.js";
import type { RegisteredResource } from "../../support/render/registered-resources.js";
import type { ControlRow } from "./control-row.js";
import { without } from "./take-out.js";

/**
 * What the provider says to a resource of a row whose input is taken out; nothing where it takes it. It says so before it calls
 * AWS, and the engine then ends the whole run: so such a trial ends here, and has no copy.
 */
export function refusalOf(row: ControlRow, input: string, resources: readonly RegisteredResource[]): string[] {
  const settings = readSettings({ region: REGION });
  return resources
    .filter(({ type }) => type === row.type)
    .flatMap(({ type, name, inputs }) => {
      const naming = { logicalName: name, seed: new Uint8Array(), wish: undefined };
      const news = without(inputs, input);
      const request = { facts: factsOf(type), behaviour: behaviourOf(type), settings, olds: {}, news, naming };
      return check(request).faults.map(({ property, reason }) => `${property}: ${reason}`);
    });
}
