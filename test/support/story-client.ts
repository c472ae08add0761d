import { setImmediate as nextTurn } from "node:timers/promises";
import type { Client } from "pg";

/** Which columns a release of the application writes. */
interface Dialect {
  readonly name: "name" | "full_name";
  readonly amount: "amount" | "amount_exact";
  readonly hasChannel: boolean;
}

const OLD_COLUMNS: Dialect = { name: "name", amount: "amount", hasChannel: false };
/** Releases 1.3.0 and later read and write the new columns only. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  "1.0.0": OLD_COLUMNS,
  "1.1.0": OLD_COLUMNS,
  "1.2.0": { ...OLD_COLUMNS, hasChannel: true },
  "1.3.0": { name: "full_name", amount: "amount_exact", hasChannel: true },
  "1.4.0": { name: "full_name", amount: "amount_exact", hasChannel: true },
};

/** What the database acknowledged: the last value of every row ever written. */
export class Ledger {
  /** E-mail address to name. */
  readonly users = new Map<string, string>();
  /** Payment id to whole cents. */
  readonly payments = new Map<string, number>();
  messages = 0;
}

let started = 0;

/** The application at one release: writes without pause until stopped, and remembers what was acknowledged. */
export class StoryClient {
  /** In every e-mail address it signs up, so that two clients of one release do not meet. */
  private readonly prefix = `client-${++started}`;
  readonly errors: Error[] = [];
  rounds = 0;
  private isRunning = true;
  private readonly work: Promise<void>;

  constructor(
    private readonly client: Client,
    readonly release: string,
    private readonly ledger: Ledger,
  ) {
    this.work = this.run();
  }

  /** Waits until it has written `rounds` times more, so that a deploy has always met traffic. */
  async hasWritten(rounds: number): Promise<void> {
    const target = this.rounds + rounds;
    while (this.rounds < target && this.errors.length === 0) await nextTurn();
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    await this.work;
    await this.client.end();
  }

  private async run(): Promise<void> {
    const dialect = DIALECTS[this.release];
    if (dialect === undefined) throw new Error(`no client is written for release ${this.release}`);
    let loanId: string | undefined;
    while (this.isRunning) {
      try {
        const { userId, email } = await this.signUp(dialect);
        await this.rename(dialect, email);
        await this.write(dialect, userId);
        loanId ??= await this.insert("INSERT INTO loans (user_id, principal) VALUES ($1, 100000) RETURNING id", [
          userId,
        ]);
        await this.pay(dialect, loanId);
        this.rounds++;
      } catch (error) {
        this.errors.push(error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
  }

  private async insert(sql: string, values: readonly unknown[]): Promise<string> {
    const { rows } = await this.client.query<{ id: string }>(sql, [...values]);
    return rows[0]!.id;
  }

  private async signUp(dialect: Dialect): Promise<{ userId: string; email: string }> {
    const email = `${this.prefix}-${this.rounds}@example.org`;
    const name = `first name of ${email}`;
    const userId = await this.insert(`INSERT INTO users (email, ${dialect.name}) VALUES ($1, $2) RETURNING id`, [
      email,
      name,
    ]);
    this.ledger.users.set(email, name);
    return { userId, email };
  }

  /** Changes its newest user, and one it wrote long ago, perhaps before the last deploy. */
  private async rename(dialect: Dialect, email: string): Promise<void> {
    const known = [...this.ledger.users.keys()].filter((other) => other.startsWith(`${this.prefix}-`));
    const older = known[Math.floor(known.length / 2)] ?? email;
    for (const target of new Set([email, older])) {
      const name = `name ${this.rounds} by ${this.release}`;
      await this.client.query(`UPDATE users SET ${dialect.name} = $1 WHERE email = $2`, [name, target]);
      this.ledger.users.set(target, name);
    }
  }

  private async write(dialect: Dialect, userId: string): Promise<void> {
    const columns = dialect.hasChannel
      ? "(user_id, body, channel) VALUES ($1, $2, 'mail')"
      : "(user_id, body) VALUES ($1, $2)";
    const messageId = await this.insert(`INSERT INTO messages ${columns} RETURNING id`, [userId, "hello"]);
    this.ledger.messages++;
    await this.client.query("INSERT INTO chat_logs (message_id, reply) VALUES ($1, 'hi')", [messageId]);
  }

  private async pay(dialect: Dialect, loanId: string): Promise<void> {
    const cents = 100 + (this.rounds % 900);
    const value = (wholeCents: number): number => (dialect.amount === "amount" ? wholeCents : wholeCents / 100);
    const id = await this.insert(`INSERT INTO payments (loan_id, ${dialect.amount}) VALUES ($1, $2) RETURNING id`, [
      loanId,
      value(cents),
    ]);
    this.ledger.payments.set(id, cents);
    await this.client.query(`UPDATE payments SET ${dialect.amount} = $1 WHERE id = $2`, [value(cents + 1), id]);
    this.ledger.payments.set(id, cents + 1);
  }
}

/** Every acknowledged row, compared with what the new columns hold. Empty: nothing was lost. */
export async function findLostRows(client: Client, ledger: Ledger): Promise<string[]> {
  const lost: string[] = [];
  const users = await client.query<{ email: string; full_name: string }>("SELECT email, full_name FROM users");
  const names = new Map(users.rows.map((row) => [row.email, row.full_name]));
  for (const [email, name] of ledger.users)
    if (names.get(email) !== name) lost.push(`user ${email}: ${names.get(email)} is not ${name}`);
  const payments = await client.query<{ id: string; cents: string }>(
    "SELECT id, (amount_exact * 100)::bigint AS cents FROM payments",
  );
  const amounts = new Map(payments.rows.map((row) => [row.id, Number(row.cents)]));
  for (const [id, cents] of ledger.payments)
    if (amounts.get(id) !== cents) lost.push(`payment ${id}: ${amounts.get(id)} is not ${cents}`);
  const messages = await client.query<{ count: string; without: string }>(
    "SELECT count(*), count(*) FILTER (WHERE channel IS NULL) AS without FROM messages",
  );
  if (Number(messages.rows[0]!.count) < ledger.messages)
    lost.push(`messages: ${messages.rows[0]!.count} of ${ledger.messages}`);
  if (messages.rows[0]!.without !== "0") lost.push(`${messages.rows[0]!.without} messages without a channel`);
  return lost;
}
