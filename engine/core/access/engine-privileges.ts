import type { ObjectKind } from "./access-facts.js";

/** `history`: what has run; `settings`: shared with the application; `none`: the application's own. */
export type EngineTable = "history" | "settings" | "none";

/** What others than the owner may at most do with the engine's tables, whatever they were given. */
export const ENGINE_TABLE_LIMITS: Readonly<Record<Exclude<EngineTable, "none">, readonly string[]>> = {
  history: ["SELECT"],
  settings: ["INSERT", "SELECT", "UPDATE"],
};

/** What a role is to have on an object, the engine's tables considered. */
export function limitedTo(engineTable: EngineTable, kind: ObjectKind, privileges: readonly string[]): string[] {
  if (engineTable === "none" || kind !== "table") return [...privileges];
  return privileges.filter((privilege) => ENGINE_TABLE_LIMITS[engineTable].includes(privilege));
}
