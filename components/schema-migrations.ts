import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../engine/core/database-connection.js";
import type { DeploySummary, MigrationCounts, ReportedHold, ReportedMigration } from "../engine/core/deploy-summary.js";
import type { Promotion } from "../engine/core/promotion.js";
import { checkBeforeRun } from "./check-before-run.js";
import { schemaMigrationsFaults } from "./check-schema-migrations.js";
import { currentCommit } from "./current-commit.js";
import { entryCommand, REQUEST_VARIABLE } from "./entry-point.js";
import { executionOf, stopWhereUnavailable } from "./execution.js";
import { refuse } from "./fault.js";
import { readMigrationsFolder, type MigrationsFolder } from "./migrations-folder.js";
import { readPromotion } from "./read-promotion.js";

/** A reviewed permission to run one contract, bound to the file by its checksum. */
export interface ContractApproval {
  /** As the file name spells it. */
  readonly version: string;
  /** SHA-256 of the file's text, lower-case hex, as `holdfast plan` prints it. */
  readonly checksum: string;
  /** Who approved it. */
  readonly by: string;
  /** ISO 8601 instant from which it no longer holds. @default never */
  readonly expires?: string | undefined;
}

export interface SchemaMigrationsArgs {
  /** The database, for example `LocalDatabase.connection`. */
  readonly connection: pulumi.Input<DatabaseConnection>;
  /** The version of the application this deploy brings: semver. */
  readonly release: string;
  /** Folder of the migration files, relative to the project's root. @default "migrations" */
  readonly directory?: string | undefined;
  /**
   * Whose files it holds: `dbmate`, `flyway`, `golang-migrate`, `node-pg-migrate` or `prisma` where a folder of theirs was adopted.
   * @default "holdfast"
   */
  readonly format?: string | undefined;
  /** Must equal the marker in the database, which the first deploy sets. @default the stack's name */
  readonly environment?: string | undefined;
  /** Where the history table lives. @default "public" */
  readonly schema?: string | undefined;
  /** Contracts that may run in this deploy. @default none */
  readonly approvals?: ContractApproval[] | undefined;
  /** Seconds between retiring and purging, 0 or more. @default by environment: dev 0, staging and testing 1 day, else 7 days */
  readonly soakSeconds?: number | undefined;
  /** What a contract cannot retire is copied first up to this size. @default 1 GiB */
  readonly copyLimitBytes?: number | undefined;
  /**
   * Full name of the stack (`acme/shop/staging`) that must have applied and verified each file, by checksum, before it runs here.
   * @default none: no gate
   */
  readonly promotedFrom?: string | undefined;
  /** Run also where nothing changed but the commit. @default false */
  readonly runOnEveryDeploy?: boolean | undefined;
  /**
   * Where the migrations run. `direct`: where Pulumi runs, which must reach the database. `codebuild`: inside the database's
   * network; not there yet, so the preview is whole and `up` stops before migrating. Changed later, it changes nothing in the
   * database.
   * @default "codebuild" for a connection of kind rds or aurora, else "direct"
   */
  readonly execution?: string | undefined;
}

export interface MigrationChecksum {
  readonly version: string;
  readonly checksum: string;
  /** applied, unverified, held, retired, started or rolled back. */
  readonly state: string;
}

/** The contract between a stack and the command line: everything a command needs to find and judge the database. */
export interface MigratedInstance {
  readonly connection: DatabaseConnection;
  readonly schemaVersion: string;
  readonly release: string;
  readonly appliedMigrations: MigrationChecksum[];
  /** Relative to the data root. */
  readonly backupsAt: string;
  /** The stack it takes its migrations from; unset where there is none. */
  readonly promotedFrom?: string;
}

/**
 * Brings a database to the schema of this release, in place: each pending file once, after a backup.
 * What would run is told in the preview; a faulty or unsafe file stops the deploy before anything runs.
 *
 * @throws RunError for arguments that cannot work, with all faults at once
 */
export class SchemaMigrations extends pulumi.ComponentResource {
  /** The highest version in the folder that is no contract; known in a preview. Services of this release need it. */
  readonly requiredSchemaVersion: pulumi.Output<string>;
  /** The highest version that is applied. */
  readonly schemaVersion: pulumi.Output<string>;
  readonly appliedMigrations: pulumi.Output<ReportedMigration[]>;
  /** File names this deploy ran, in order. */
  readonly ran: pulumi.Output<string[]>;
  /** Files that wait, each with its reason. */
  readonly held: pulumi.Output<ReportedHold[]>;
  readonly counts: pulumi.Output<MigrationCounts>;
  readonly instance: pulumi.Output<MigratedInstance>;

  constructor(name: string, args: SchemaMigrationsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("SchemaMigrations", name, schemaMigrationsFaults(args));
    super("holdfast:index:SchemaMigrations", name, args, opts);
    const folder = readMigrationsFolder(directoryOf(args), args.format);
    const connection = pulumi.output(args.connection);
    const request = requestOf(args, folder.digest);
    const promotion = promotionOf(args, folder, `${name}-run`);
    const hookName = `holdfast:SchemaMigrations:${name}`;
    const work = { component: "SchemaMigrations", name, undone: "No migration was run", execution: args.execution };
    const hooks = [
      checkBeforeRun(hookName, { request, promotion }, this),
      stopWhereUnavailable({ ...work, connection }, this),
    ];
    // No triggers, which always replace, and no delete: a destroyed stack leaves the schema as it is.
    const run = new command.local.Command(
      `${name}-run`,
      {
        create: entryCommand("deploy"),
        update: entryCommand("deploy"),
        environment: {
          [REQUEST_VARIABLE]: pulumi.jsonStringify({
            ...request,
            promotion,
            execution: connection.apply((at) => elsewhere(args, at)),
            connection: connection.apply(identityOf),
          }),
        },
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this, hooks: { beforeCreate: hooks, beforeUpdate: hooks } },
    );
    const summary = run.stdout.apply(readSummary);
    this.requiredSchemaVersion = pulumi.output(folder.requiredSchemaVersion ?? "");
    this.schemaVersion = summary.apply(({ schemaVersion }) => schemaVersion);
    this.appliedMigrations = summary.apply(({ appliedMigrations }) => [...appliedMigrations]);
    this.ran = summary.apply(({ ran }) => [...ran]);
    this.held = summary.apply(({ held }) => [...held]);
    this.counts = summary.apply(({ counts }) => counts);
    this.instance = pulumi.all([connection, summary]).apply(([at, done]) => describe(at, done, args));
    this.registerOutputs({ ...outputsOf(this) });
  }
}

/** What the deploy is told, database aside. Nothing of this machine is in it, so that another checkout shows no change. */
export interface DeployRequest {
  readonly directory: string;
  readonly format: string | undefined;
  readonly digest: string;
  readonly release: string;
  readonly environment: string;
  readonly schema: string;
  readonly approvals: readonly ContractApproval[];
  readonly soakSeconds: number | undefined;
  readonly copyLimitBytes: number | undefined;
  readonly commit: string | undefined;
}

function requestOf(args: SchemaMigrationsArgs, digest: string): DeployRequest {
  return {
    directory: directoryOf(args),
    // Named only where it is another tool's: a request without it is what earlier versions wrote.
    format: args.format === "holdfast" ? undefined : args.format,
    digest,
    release: args.release,
    environment: args.environment ?? pulumi.getStack(),
    schema: args.schema ?? "public",
    approvals: args.approvals ?? [],
    soakSeconds: args.soakSeconds,
    copyLimitBytes: args.copyLimitBytes,
    commit: args.runOnEveryDeploy === true ? currentCommit(directoryOf(args)) : undefined,
  };
}

/** Named only where it is asked for: a request without it is what earlier versions wrote. */
async function promotionOf(
  { promotedFrom }: SchemaMigrationsArgs,
  { migrations }: MigrationsFolder,
  runName: string,
): Promise<Promotion | undefined> {
  return promotedFrom === undefined ? undefined : readPromotion(promotedFrom, migrations, runName);
}

function directoryOf({ directory = "migrations" }: SchemaMigrationsArgs): string {
  return directory;
}

/**
 * Which database it is, and who logs in. Of an embedded one not where it listens, which may differ by machine, and the role only
 * where it is one that DatabaseAccess made: else the command line logs in as the superuser. Of one on AWS all that leads there,
 * which is the same everywhere: another database in its place is another request, and so is migrated.
 */
function identityOf(connection: DatabaseConnection): Partial<DatabaseConnection> {
  const { kind, project, instance, resourceId, authentication, user, ownerRole } = connection;
  if (kind !== "embedded") return { ...connection };
  const role = authentication === "file" ? { user, ownerRole } : {};
  return { kind, project, instance, resourceId, ...role };
}

/** Named only where it is not here: a request without it is what earlier versions wrote. */
function elsewhere({ execution }: SchemaMigrationsArgs, connection: DatabaseConnection): string | undefined {
  const chosen = executionOf(execution, connection);
  return chosen === "direct" ? undefined : chosen;
}

function describe(
  connection: DatabaseConnection,
  { schemaVersion, release, appliedMigrations }: DeploySummary,
  { promotedFrom }: SchemaMigrationsArgs,
): MigratedInstance {
  return {
    connection,
    schemaVersion,
    release,
    appliedMigrations: appliedMigrations.map(({ version, checksum, state }) => ({ version, checksum, state })),
    backupsAt: `${connection.project}/backups/${connection.instance}/database`,
    ...(promotedFrom !== undefined && { promotedFrom }),
  };
}

function outputsOf(migrations: SchemaMigrations) {
  const { requiredSchemaVersion, schemaVersion, appliedMigrations, ran, held, counts, instance } = migrations;
  return { requiredSchemaVersion, schemaVersion, appliedMigrations, ran, held, counts, instance };
}

const NEVER_RAN: DeploySummary = {
  ok: true,
  schemaVersion: "",
  release: "",
  ran: [],
  held: [],
  counts: { applied: 0, held: 0, retired: 0, ran: 0 },
  backup: "",
  appliedMigrations: [],
};

/** A command that succeeded always printed one; where none ran, a destroy may still run the program. */
function readSummary(stdout: string | undefined): DeploySummary {
  return stdout === undefined ? NEVER_RAN : (JSON.parse(stdout) as DeploySummary);
}
