import type { DatabaseConnection } from "./database-connection.js";

/** An entry of `holdfast:databases`; what it further holds stays as it is. */
export interface Generation {
  readonly name: string;
  readonly identifier?: string;
  readonly id?: string;
}

/** How a stack's settings come to hold a restored database as its newest generation. */
export interface AdoptedGeneration {
  readonly generation: Required<Generation>;
  /** The whole list as it will be. */
  readonly databases: readonly Generation[];
  /** Each argument list of `pulumi`, in this order. */
  readonly commands: readonly (readonly string[])[];
}

/** What a stack has that lists none (PersistentDatabase, `databases`). */
const FIRST: readonly Generation[] = [{ name: "main" }];

/**
 * @param present the stack's `holdfast:databases`; undefined: it is not set
 * @param as the name under which the database was restored
 * @param hasActive whether `holdfast:activeDatabase` is set; without it the last of the list is the active one
 */
export function adoptGeneration(
  stack: string,
  restored: DatabaseConnection,
  as: string,
  { present, hasActive }: { readonly present: readonly Generation[] | undefined; readonly hasActive: boolean },
): AdoptedGeneration {
  const before = present ?? FIRST;
  const { identifier = "", kind, resourceId } = restored;
  const taken = new Set(before.map(({ name }) => name));
  // AWS imports a cluster by its identifier, an instance by the id that stays whatever it is called.
  const generation = { name: nameOf(as, taken), identifier, id: kind === "aurora" ? identifier : resourceId };
  const set = (path: string, value: string) => [
    ...["config", "set", "--path", `holdfast:databases${path}`, value, "--plaintext", "--stack", stack],
  ];
  const at = `[${before.length}]`;
  return {
    generation,
    databases: [...before, generation],
    commands: [
      ...(present === undefined ? FIRST.map(({ name }, index) => set(`[${index}].name`, name)) : []),
      // The name last: an entry without one is refused, one without an id would be a new, empty database.
      ...(["id", "identifier", "name"] as const).map((key) => set(`${at}.${key}`, generation[key])),
      ...(hasActive ? [["config", "set", "holdfast:activeDatabase", generation.name, "--stack", stack]] : []),
    ],
  };
}

/** Letters, digits and hyphens, and no other generation's. */
function nameOf(as: string, taken: ReadonlySet<string>): string {
  const name = as.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  for (let attempt = 1; ; attempt += 1) {
    const candidate = attempt === 1 ? name : `${name}-${attempt}`;
    if (!taken.has(candidate)) return candidate;
  }
}
