import {
  applyDatabaseAccess,
  lookAtDatabaseAccess,
  openDatabase,
  type AccessDifference,
  type AccessReport,
  type AccessTarget,
  type AccessWish,
  type ConnectionRequest,
} from "../engine/index.js";
import { loginKindOf, readAccessWish } from "./access-request.js";
import { answerRequest } from "./entry-point.js";
import { stoppable } from "./stoppable.js";
import { openTerminal } from "./terminal.js";

/** What DatabaseAccess asks for: to look, from the program, or to bring the database to it, as its command. */
interface AccessEntryRequest {
  readonly action: "look" | "apply";
  readonly connection: ConnectionRequest;
  readonly wish: AccessWish;
}

void answerRequest(async (given) => {
  const { action, connection, wish } = given as AccessEntryRequest;
  const request = readAccessWish(wish, loginKindOf(connection.kind));
  const target = await adminOf(connection);
  if (action === "look") return found(await lookAtDatabaseAccess(request, target));
  const report = await stoppable(openTerminal(false), (watch) => applyDatabaseAccess(request, target, watch));
  const { differences, passwordsSet } = report;
  return { ok: true, changed: countByPart(differences), passwordsSet };
});

/** The login itself, not the owner's role: whoever makes roles is seldom who owns the tables. */
async function adminOf(request: ConnectionRequest): Promise<AccessTarget> {
  const { connection, local } = await openDatabase({ ...request, ownerRole: "none" }, undefined);
  return { connection, ...(local !== undefined && { local }) };
}

function found({ present, differences }: AccessReport): object {
  return {
    ok: true,
    roles: present.roles.map(({ name, canLogin, inherits, memberOf }) => ({ name, canLogin, inherits, memberOf })),
    schemas: present.schemas.map(({ name }) => name),
    statements: differences.map(({ sql }) => sql),
  };
}

function countByPart(differences: readonly AccessDifference[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { part } of differences) counts[part] = (counts[part] ?? 0) + 1;
  return counts;
}
