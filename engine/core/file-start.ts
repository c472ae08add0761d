/**
 * What keeps a position until the transaction ends: a `setting` costs least, a `row` outlives whatever a file does to the
 * session (RESET ALL, another role).
 */
export type StartKeeper = "setting" | "row";
