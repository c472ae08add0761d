import type { DatabaseAddress } from "./role-session.js";
import { RotationFault } from "./rotation-fault.js";

/**
 * Where the role logs in: set by the component, not kept in the secret, so that a database adopted after a restore is the one
 * whose password changes.
 *
 * @throws RotationFault for a variable that is missing
 */
export function databaseAddress(env: Readonly<Record<string, string | undefined>>): DatabaseAddress {
  const read = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") throw new RotationFault(`The function's environment variable ${name} is not set.`);
    return value;
  };
  return { host: read("DATABASE_HOST"), port: Number(read("DATABASE_PORT")), database: read("DATABASE_NAME") };
}
