import {
  ensureLocalPassword,
  ensureSecretPassword,
  HoldfastError,
  rotateLocalPassword,
  type RolePasswordOutcome,
} from "../../engine/index.js";
import { defineCommand, type Answer } from "../command.js";
import { CONNECTION_FLAGS, findTarget, wake, type Target } from "../instances.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Makes the password of a role that cannot use IAM tokens, keeps it in the secret that DatabaseSecrets made for it, and lets the\n" +
    "role log in by it. The password is never shown: only where it lies. Run again, it changes nothing, or mends what does not fit.\n" +
    "rotate gives a role of an embedded database another one, the superuser too: for one that leaked.",
  words: [
    { name: "create|rotate", about: "what to do" },
    { name: "instance", about: "a local database of this project, or an entry of holdfast.json; left out with --url" },
    { name: "role", about: "a role of the database that may log in", isOptional: true },
  ],
  flags: {
    ...CONNECTION_FLAGS,
    secret: { type: "string", value: "ARN", about: "the secret; a local database keeps the password in the data root" },
  },
  examples: [
    ["holdfast secret create dev reporting", "in a file of the data root"],
    ["holdfast secret rotate dev reporting", "another one, in that file"],
    [
      "holdfast secret create prod reporting --secret arn:aws:secretsmanager:…",
      "in AWS Secrets Manager, as an administrator",
    ],
  ],
  async run({ words: [action = "", ...names], flags, terminal }) {
    if (action !== "create" && action !== "rotate") throw usage(`"${action}" is neither create nor rotate`);
    const [instance, role] = hasAddress(flags, names) ? [undefined, names[0]] : names;
    if (role === undefined) throw usage("the role is missing: whose password is it to be?");
    const target = await findTarget(instance, flags);
    await wake(target);
    if (action === "rotate") return rotate(target, { role, secret: flags.secret });
    return withPassword(target, terminal, (open) => create(open, { role, secret: flags.secret }, terminal));
  },
});

/** An address stands for the instance, as for every command. */
function hasAddress({ url }: { readonly url?: string }, names: readonly string[]): boolean {
  return url !== undefined || (names.length === 1 && (process.env["DATABASE_URL"] ?? "") !== "");
}

interface Wish {
  readonly role: string;
  readonly secret: string | undefined;
}

async function create(target: Target, { role, secret }: Wish, terminal: Terminal): Promise<Answer> {
  const { name, connection, local } = target;
  const request = { role, connection };
  if (local !== undefined) {
    if (secret !== undefined)
      throw usage(`${name} is a local database: its passwords lie in the data root, not in a secret`);
    const { file, outcome } = await ensureLocalPassword(request, local);
    return answer({ instance: name, role, outcome, file }, file);
  }
  if (secret === undefined) throw usage("where the password is to be kept is missing: --secret ARN");
  const outcome = await stoppable(terminal, (watch) => ensureSecretPassword(request, secret, watch));
  return answer({ instance: name, role, outcome, secretArn: secret }, secret);
}

/** A secret of AWS is rotated by its own function, in steps that survive a crash. */
async function rotate({ name, local, connection }: Target, { role, secret }: Wish): Promise<Answer> {
  if (local === undefined || secret !== undefined) {
    throw new HoldfastError(
      "invalid_usage",
      "holdfast secret: only an embedded database's passwords are rotated here.",
      {
        next: `On AWS the secret rotates itself: aws secretsmanager rotate-secret --secret-id ${secret ?? "<ARN>"}`,
      },
    );
  }
  const file = await rotateLocalPassword({ role, connection }, local);
  return answer({ instance: name, role, outcome: "made", file }, file);
}

const OUTCOMES: Readonly<Record<RolePasswordOutcome, string>> = {
  made: "has a new password",
  set: "has the password that is kept",
  kept: "has its password already",
  rotating: "has the password of a rotation that is under way",
};

interface Done {
  readonly instance: string;
  readonly role: string;
  readonly outcome: RolePasswordOutcome;
  readonly file?: string;
  readonly secretArn?: string;
}

function answer(json: Done, place: string): Answer {
  return { json, text: () => `${json.role} ${OUTCOMES[json.outcome]}: ${place}` };
}

function usage(fault: string): HoldfastError {
  return new HoldfastError("invalid_usage", `holdfast secret: ${fault}.`, { next: "See: holdfast secret --help" });
}
