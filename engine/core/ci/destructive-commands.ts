/** Up to the end of a command: what follows `&&`, `;`, `|` or a line's end is another. */
const REST = "[^\\n&|;]*";

/** Commands that empty or drop a database, as their tools document them. */
const COMMANDS: readonly RegExp[] = [
  /\bprisma\s+migrate\s+reset\b/,
  new RegExp(`\\bprisma\\s+db\\s+push\\b${REST}--(?:force-reset|accept-data-loss)\\b`),
  /\bsequelize(?:-cli)?\s+db:(?:drop|migrate:undo:all)\b/,
  new RegExp(`\\bknex\\b${REST}\\bmigrate:rollback\\b${REST}--all\\b`),
  new RegExp(`\\btypeorm\\b${REST}\\bschema:drop\\b`),
  /\b(?:rails|rake)\s+db:(?:drop|reset|purge|setup|schema:load|migrate:reset)\b/,
  /\bartisan\s+(?:migrate:(?:fresh|refresh|reset)|db:wipe)\b/,
  /\bmanage\.py\s+(?:flush|reset_db)\b/,
  /(?<![\w-])dropdb\b/,
  new RegExp(`\\bdbmate\\b${REST}\\bdrop\\b`),
  new RegExp(`\\bflyway\\b${REST}\\bclean\\b`),
  new RegExp(`\\bliquibase\\b${REST}\\bdrop-?[aA]ll\\b`),
  /\bmigrate\s+(?:-\S+\s+\S+\s+)+drop\b/,
  /\bsupabase\s+db\s+reset\b/,
  new RegExp(`\\bpsql\\b${REST}\\b(?:DROP\\s+(?:TABLE|SCHEMA|DATABASE)|TRUNCATE)\\b`, "i"),
];

/** The first command in a text that destroys data, as it is written. */
export function destructiveCommand(text: string): { readonly command: string; readonly index: number } | undefined {
  const found = COMMANDS.map((pattern) => pattern.exec(text)).filter((match) => match !== null);
  const [first] = found.sort((a, b) => a.index - b.index);
  return first === undefined ? undefined : { command: first[0].trim(), index: first.index };
}

/** What empties a table in a seed's own language: SQL, Prisma, Sequelize, TypeORM, Knex, Rails, Django. */
const STATEMENTS: readonly RegExp[] = [
  /\bTRUNCATE\s+(?:TABLE\s+)?["'`\w$]/i,
  /\bDROP\s+(?:TABLE|SCHEMA|DATABASE)\s+["'`\w$]/i,
  /\bDELETE\s+FROM\s+["`\w.$]+\s*(?:;|["'`)]|$)/im,
  /\.deleteMany\(\s*(?:\{\s*\})?\s*\)/,
  /\.destroy\(\s*\{[^}]*\btruncate\s*:\s*true/,
  /\.sync\(\s*\{[^}]*\bforce\s*:\s*true/,
  /\.(?:clear|truncate|del)\(\s*\)/,
  /\.(?:delete_all|destroy_all)\b/,
  /\.objects\.all\(\)\.delete\(\)/,
];

/** Where a seed first destroys what is there; undefined where it only adds, or where it stops in production before. */
export function destructiveStatement(text: string): number | undefined {
  const places = STATEMENTS.map((pattern) => pattern.exec(text)?.index).filter((index) => index !== undefined);
  const [first] = places.sort((a, b) => a - b);
  return first === undefined || GUARD.test(text.slice(0, first)) ? undefined : first;
}

/** `if (process.env.NODE_ENV === "production") throw …` and its likes. */
const GUARD =
  /(?:NODE_ENV|APP_ENV|VERCEL_ENV|RAILS_ENV|DJANGO_ENV|ENVIRONMENT|Rails\.env)\b[^\n]{0,60}\bprod(?:uction)?\b[^]{0,200}?\b(?:throw|exit|return|raise|abort)\b/;
