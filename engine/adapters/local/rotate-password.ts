import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Session } from "../../core/ports.js";
import { quoteIdentifier, quoteLiteral } from "../../core/quote-identifier.js";
import { scramVerifier } from "../../core/scram-verifier.js";
import { syncFolder, writeDurably, type LocalInstance } from "./instance-file.js";
import { rolePasswordFile } from "./role-passwords.js";

/**
 * Gives a role of an embedded database another password, the superuser too. It lies beside the present one before the server
 * has it, so that a crash in between locks nobody out: the next rotation takes up the one that lies there.
 *
 * @param session of the superuser
 * @returns the file that holds it, readable by its owner only
 */
export async function rotatePassword(instance: LocalInstance, session: Session, role: string): Promise<string> {
  const file = passwordFileOf(instance, role);
  const password = (await readNext(instance, role)) ?? randomBytes(24).toString("base64url");
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeDurably(nextOf(file), password, 0o600);
  const verifier = scramVerifier({ password, salt: randomBytes(16) });
  await session.execute(`ALTER ROLE ${quoteIdentifier(role)} PASSWORD ${quoteLiteral(verifier)}`);
  await rename(nextOf(file), file);
  await syncFolder(dirname(file));
  return file;
}

/** That of a rotation which was cut off; the server may have it already. */
export async function readNext(instance: LocalInstance, role: string): Promise<string | undefined> {
  const text = await readFile(nextOf(passwordFileOf(instance, role)), "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  });
  return text === "" ? undefined : text;
}

function passwordFileOf(instance: LocalInstance, role: string): string {
  return role === instance.user ? instance.passwordFile : rolePasswordFile(instance, role);
}

function nextOf(file: string): string {
  return `${file}.next`;
}
