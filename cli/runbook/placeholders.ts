/** What a runbook leaves open, `<name>`, and how a person finds it out where this machine does not know it. */
export const PLACEHOLDERS: Readonly<Record<string, string>> = {
  instance: "the instance's name: holdfast status lists them; give it as the second word of holdfast runbook",
  as: "a name for the restored one that no instance has yet",
  backup: "holdfast backups lists the ids, newest first",
  "backup-before": "the newest one of holdfast backups that was taken before a migrate",
  version: "of the migration, as its file's name begins: holdfast status, holdfast incidents",
  contract: "holdfast status lists what is retired, by its version",
  incident: "holdfast incidents lists the files, newest first",
  release: "holdfast status",
  "previous-release": 'holdfast sql <instance> "SELECT version, applied_at FROM system_versions ORDER BY id DESC"',
  time: "the last instant at which all was right, in UTC: 2026-01-19T09:29:00Z. Ask who did it; look into the application's log",
  table: "whose rows are missing: holdfast check names tables, the application's log names others",
  index: "holdfast check --deep names it, with its schema",
  pid: "the first column of the sessions listed before",
  role: "whose password it is: holdfast access show <instance> lists them",
  old: "the name that holdfast switch printed, or holdfast status lists; not the instance itself",
  elsewhere: "a folder on another disk, with room for it",
  "backup-place": "backupTo in holdfast.json: a folder, or s3://bucket/prefix",
  data: "holdfast local where <instance>",
  "data-root": "HOLDFAST_HOME; else ~/.local/share/holdfast, as root /var/lib/holdfast",
  "project-folder": "the project's folder in the data root: holdfast local where <instance>, one folder up",
  "backups-folder": "holdfast backups <instance> --json, path",
  stack: "Pulumi.<stack>.yaml: one file a stack",
  region: "aws:region in Pulumi.<stack>.yaml",
  "copy-region": "holdfast:backups.copyRegion in Pulumi.<stack>.yaml",
  identifier: "of the database on AWS: pulumi stack output instance, connection.identifier",
  secret: "the secret's ARN: aws secretsmanager list-secrets",
  "automated-backups-arn": "the second column of the step before",
  "subnet-group": "of the new region's network: aws rds describe-db-subnet-groups",
  "security-group": "of the new region's network: aws ec2 describe-security-groups",
};

export type Values = Readonly<Record<string, string>>;

const PLACEHOLDER = /<([a-z][a-z-]*)>/g;

/** Puts in what is known; the rest stays as it is. */
export function fill(text: string, values: Values): string {
  return text.replaceAll(
    PLACEHOLDER,
    (whole, name: string) => (Object.hasOwn(values, name) ? values[name] : whole) ?? whole,
  );
}

/** The placeholders of a text, each once. */
export function placeholdersIn(text: string): string[] {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
  return [...new Set(names)].filter((name) => Object.hasOwn(PLACEHOLDERS, name));
}
