import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import type { Session } from "../../core/ports.js";
import { quoteIdentifier, quoteLiteral } from "../../core/quote-identifier.js";
import { scramVerifier } from "../../core/scram-verifier.js";
import { writeDurably, type LocalInstance } from "./instance-file.js";

/** Where the password of a role lies: in the instance's folder, readable by its owner only. */
export function rolePasswordFile({ directory }: Pick<LocalInstance, "directory">, role: string): string {
  return join(directory, "passwords", role);
}

/** @throws HoldfastError authentication_failed where none was made */
export async function readRolePassword(instance: LocalInstance, role: string): Promise<string> {
  const text = await readFile(rolePasswordFile(instance, role), "utf8").catch((cause: unknown) => {
    throw new HoldfastError(
      "authentication_failed",
      `No password of ${role} lies on this machine for the local database ${instance.project}/${instance.name}.`,
      { next: `Make it: holdfast access apply ${instance.name}, or deploy (npm start).` },
      { cause },
    );
  });
  return text.trim();
}

/**
 * Gives each role the password in its file; one that is missing is made. Only a verifier goes to the server (PostgreSQL
 * manual, "CREATE ROLE", PASSWORD), so that no log can hold the password.
 *
 * @param session of the superuser, who alone may see the verifiers
 * @returns the roles whose password was set
 */
export async function ensureRolePasswords(
  instance: LocalInstance,
  session: Session,
  roles: readonly string[],
): Promise<string[]> {
  if (roles.length === 0) return [];
  await mkdir(join(instance.directory, "passwords"), { recursive: true, mode: 0o700 });
  const rows = await session.query(
    "SELECT rolname, rolpassword FROM pg_authid WHERE rolname IN (SELECT jsonb_array_elements_text($1::jsonb))",
    [JSON.stringify(roles)],
  );
  const verifiers = new Map(rows.map((row) => [row["rolname"], row["rolpassword"] ?? ""]));
  const changed: string[] = [];
  for (const role of roles) {
    const password = await ensureFile(rolePasswordFile(instance, role));
    if (!verifiers.has(role) || fits(password, verifiers.get(role) ?? "")) continue;
    await session.execute(`ALTER ROLE ${quoteIdentifier(role)} PASSWORD ${quoteLiteral(verifierOf(password))}`);
    changed.push(role);
  }
  return changed;
}

async function ensureFile(path: string): Promise<string> {
  const present = await readFile(path, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  });
  if (present !== "") return present.trim();
  await writeDurably(path, randomBytes(24).toString("base64url"), 0o600);
  // Where two came at once, the one in place counts.
  return readFile(path, "utf8");
}

function verifierOf(password: string): string {
  return scramVerifier({ password, salt: randomBytes(16) });
}

const VERIFIER = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/;

function fits(password: string, verifier: string): boolean {
  const [, iterations, salt] = VERIFIER.exec(verifier) ?? [];
  if (iterations === undefined || salt === undefined) return false;
  const given = { password, salt: Buffer.from(salt, "base64"), iterations: Number(iterations) };
  const made = Buffer.from(scramVerifier(given));
  const kept = Buffer.from(verifier);
  return made.length === kept.length && timingSafeEqual(made, kept);
}
