/** Every simulated region has three availability zones. */
export const ZONE_LETTERS = ["a", "b", "c"] as const;
