import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

export interface ScramOptions {
  readonly password: string;
  /** 16 random bytes, as PostgreSQL takes them (scram-common.h, SCRAM_DEFAULT_SALT_LEN). */
  readonly salt: Uint8Array;
  /** Default 4096, as `scram_iterations` is by default (manual, "Connections and Authentication"). */
  readonly iterations?: number;
}

/**
 * What PostgreSQL keeps of a password and takes in its place: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`
 * (RFC 5802 section 3; manual, "pg_authid"). Sent instead of the password, no server log and no pg_stat_activity ever holds one.
 * Its characters need no quoting in SQL.
 *
 * @throws RangeError for a password that is not printable ASCII, which RFC 4013 would have to prepare first
 */
export function scramVerifier({ password, salt, iterations = 4096 }: ScramOptions): string {
  if (!/^[\x20-\x7e]+$/.test(password)) throw new RangeError("The password is not printable ASCII.");
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const storedKey = createHash("sha256").update(keyOf(salted, "Client Key")).digest("base64");
  const serverKey = keyOf(salted, "Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}

function keyOf(salted: Buffer, name: string): Buffer {
  return createHmac("sha256", salted).update(name).digest();
}
