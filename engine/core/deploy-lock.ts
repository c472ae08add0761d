/**
 * Key of the advisory lock that keeps two deploys of one database apart: the first eight bytes, as a signed big-endian
 * integer, of SHA-256("holdfast deploy lock"). Advisory locks are counted per database, so the name need not hold it.
 */
export const DEPLOY_LOCK_KEY = "-2809525652527180760";
