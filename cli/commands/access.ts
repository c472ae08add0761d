import { readFileSync } from "node:fs";
import {
  applyDatabaseAccess,
  HoldfastError,
  lookAtDatabaseAccess,
  type AccessReport,
  type AccessRequest,
  type AccessTarget,
  type AccessWish,
} from "../../engine/index.js";
import { readAccessWish } from "../access-request.js";
import { defineCommand, type Answer } from "../command.js";
import { plural } from "../format.js";
import { CONNECTION_FLAGS, findTarget, wake, type Target } from "../instances.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Shows what each role may do in a database, or brings roles and grants to what is asked for: only what is missing, in one\n" +
    "transaction, while no deploy is under way. It logs in as somebody who may make roles, and never drops a role or an object.",
  words: [
    { name: "show|apply", about: "what to do" },
    { name: "instance", about: "a local database of this project, or an entry of holdfast.json", isOptional: true },
  ],
  flags: {
    ...CONNECTION_FLAGS,
    roles: {
      type: "string",
      value: "FILE",
      about: "roles and grants as JSON, as DatabaseAccess takes them; default: the standard roles",
    },
    iam: { type: "boolean", about: "roles log in to AWS by token: they become members of rds_iam" },
    "dry-run": { type: "boolean", about: "only the statements that are missing; the server itself allows no change" },
  },
  examples: [
    ["holdfast access show dev", "role by role: what it may do, and what is missing"],
    ["holdfast access apply dev --roles roles.json --dry-run", "the statements that would run"],
    ["DATABASE_URL=postgres://… holdfast access apply --iam", "any PostgreSQL, as a role that may make roles"],
  ],
  async run({ words: [action = "", name], flags, terminal }) {
    if (action !== "show" && action !== "apply") {
      throw new HoldfastError("invalid_usage", `holdfast access: "${action}" is not one of show and apply.`, {
        next: "See: holdfast access --help",
      });
    }
    const target = await findTarget(name, flags);
    const request = requestOf(target, flags);
    await wake(target);
    return withPassword(target, terminal, async (open) => {
      if (action === "apply" && flags["dry-run"] !== true) return apply(open, request, terminal);
      const report = await lookAtDatabaseAccess(request, adminOf(open));
      return action === "show" ? show(open, report, terminal) : listed(open, report, "would run");
    });
  },
});

function requestOf(
  { local, connection }: Target,
  { roles, iam }: { readonly roles?: string; readonly iam?: boolean },
): AccessRequest {
  const { ownerRole } = connection;
  const wish = roles === undefined ? {} : readRoles(roles);
  const login = local !== undefined ? "file" : iam === true ? "iam" : "none";
  return readAccessWish({ ...(ownerRole !== undefined && { ownerRole }), ...wish }, login);
}

const KEYS = ["prefix", "ownerRole", "schemas", "isolated", "migrator", "app", "readOnly", "roles"];

/** @throws HoldfastError invalid_config */
function readRoles(file: string): AccessWish {
  try {
    const wish = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown> | null;
    const unknown = Object.keys(wish ?? {}).find((key) => !KEYS.includes(key));
    if (wish !== null && typeof wish === "object" && !Array.isArray(wish) && unknown === undefined) return wish;
    throw new Error(unknown === undefined ? "it holds no object" : `"${unknown}" is not known`);
  } catch (cause) {
    throw new HoldfastError(
      "invalid_config",
      `${file} cannot be read as roles: ${(cause as Error).message}.`,
      { next: `It is a JSON object with any of: ${KEYS.join(", ")}, as the arguments of DatabaseAccess.` },
      { cause },
    );
  }
}

/** The login itself, not the owner's role: whoever makes roles is seldom who owns the tables. */
function adminOf({ connection, local }: Target): AccessTarget {
  return { connection: { ...connection, ownerRole: "none" }, ...(local !== undefined && { local }) };
}

async function apply(target: Target, request: AccessRequest, terminal: Terminal): Promise<Answer> {
  const report = await stoppable(terminal, (watch) => applyDatabaseAccess(request, adminOf(target), watch));
  return listed(target, report, "ran", report.passwordsSet);
}

function listed(
  { name }: Target,
  { differences }: AccessReport,
  verb: string,
  passwordsSet: readonly string[] = [],
): Answer {
  const statements = differences.map(({ sql }) => sql);
  const head =
    statements.length === 0
      ? `Roles and grants of ${name} are as they should be.`
      : `${plural(statements.length, "statement")} ${verb} on ${name}:`;
  const passwords = passwordsSet.length === 0 ? [] : [`Given the password of its file: ${passwordsSet.join(", ")}`];
  return {
    json: { instance: name, statements, passwordsSet },
    text: () => [head, ...statements.map((sql) => `  ${sql}`), ...passwords].join("\n"),
  };
}

async function show(target: Target, report: AccessReport, terminal: Terminal): Promise<Answer> {
  const { describeAccess } = await import("../describe-access.js");
  const roles = describeAccess(report);
  const missing = report.differences.map(({ sql }) => sql);
  return {
    json: { instance: target.name, roles, missing },
    text: async () => {
      const { renderTable } = await import("../render-table.js");
      const rows = roles.map(({ role, login, memberOf, database, schemas, tables, sequences, functions }) => [
        ...[role, login ? "yes" : "no", memberOf.join(", ") || "–", database || "–", schemas || "–"],
        ...[tables || "–", sequences || "–", functions || "–"],
      ]);
      const heads = ["role", "login", "member of", "database", "schemas", "tables", "sequences", "functions"];
      const rest =
        missing.length === 0
          ? "Nothing is missing."
          : `${plural(missing.length, "statement")} missing: holdfast access apply ${target.name} --dry-run`;
      return `${renderTable(heads, rows, terminal)}\n\n${rest}`;
    },
  };
}
