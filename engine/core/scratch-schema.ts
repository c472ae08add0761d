/** Where migrations keep what they need only for a while: copies, work lists, results of one step for the next. */
export const SCRATCH_SCHEMA = "holdfast_scratch";

/**
 * Whether a schema holds nothing but what migrations made for themselves. Its tables need no contract to be dropped: no release
 * reads them. The name is the engine's own, so that no schema of an application is ever taken for it; and it must stand in the
 * statement, since search_path may lead elsewhere.
 *
 * @param schema as the parser gives it; undefined or empty where the statement names none
 */
export function isScratch(schema: string | undefined): boolean {
  return schema === SCRATCH_SCHEMA;
}
