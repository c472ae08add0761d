import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderName } from "../../toolchain/provider-plugin.js";
import type { TestStack } from "../support/pulumi.js";

/** What a state holds of a resource because its plugin said so. */
export interface PluginState {
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

type StatesByName = Readonly<Record<string, PluginState>>;

export function isOfficial(provider: ProviderName): boolean {
  return process.env[`HOLDFAST_TEST_${provider.toUpperCase()}_PLUGIN`] !== undefined;
}

/**
 * The states of a stack's resources by logical name, secrets in the clear: no plugin reads anything else of them. Ids that are
 * drawn by lot are left out.
 *
 * @param machine texts that belong to this machine or run, which are taken out
 */
export async function statesOf(stack: TestStack, machine: readonly string[] = []): Promise<StatesByName> {
  const { resources = [] } = (await stack.state()).deployment as { resources?: (PluginState & { urn: string })[] };
  const made = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  const states = made.map(({ urn, type, id, inputs = {}, outputs = {} }): [string, PluginState] => [
    urn.split("::").at(-1) ?? "",
    { type, ...(id !== undefined && !isDrawn(type) && { id }), inputs, outputs },
  ]);
  states.sort(([one], [other]) => (one < other ? -1 : 1));
  const text = JSON.stringify(Object.fromEntries(states));
  return JSON.parse(machine.reduce((rest, own) => rest.replaceAll(own, "…"), text)) as StatesByName;
}

function isDrawn(type: string): boolean {
  return type.startsWith("pulumi:providers:") || type.startsWith("command:");
}

/**
 * Asserts that these are the states the official plugin was seen to write. With HOLDFAST_RECORD_STATES set and the official
 * plugin in use they are written down instead.
 */
export function assertAsOfficial(provider: ProviderName, step: string, states: StatesByName): void {
  const path = join(__dirname, "official-states", `${provider}.json`);
  const recorded = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, StatesByName>) : {};
  if (process.env["HOLDFAST_RECORD_STATES"] !== undefined && isOfficial(provider)) {
    writeFileSync(path, `${JSON.stringify({ ...recorded, [step]: states }, undefined, 1)}\n`);
    return;
  }
  const expected = recorded[step] ?? {};
  assert.deepEqual(Object.keys(states), Object.keys(expected));
  for (const [name, state] of Object.entries(states)) assert.deepEqual(state, expected[name], name);
}
