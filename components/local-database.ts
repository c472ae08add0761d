import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { BESIDE_INSTANCES, isFolderName, isLocalPort } from "../engine/core/data-root.js";
import type { DatabaseConnection } from "../engine/core/database-connection.js";
import { entryCommand, REQUEST_VARIABLE, runEntry } from "./entry-point.js";
import { refuse, type Fault } from "./fault.js";

export interface LocalDatabaseArgs {
  /** Its name in the data root, below the project's: letters, digits, "_", "-" and "."; another name is another database. @default the stack's name */
  readonly instance?: string | undefined;
  /** 1024 to 65535. @default a free port, chosen once and remembered */
  readonly port?: number | undefined;
}

/** What `holdfast/ensure-local` answers. */
export type EnsureLocalAnswer =
  | { readonly ok: true; readonly connection: DatabaseConnection }
  | { readonly ok: false; readonly message: string; readonly next: string };

/**
 * An embedded PostgreSQL on this machine, with its data outside the repository. It outlives deploys, reboots and the stack:
 * nothing here ever stops it or removes its data.
 *
 * @throws RunError for a name or port that cannot be
 */
export class LocalDatabase extends pulumi.ComponentResource {
  readonly connection: pulumi.Output<DatabaseConnection>;
  /** Where its backups lie, relative to the data root. */
  readonly backupsAt: pulumi.Output<string>;

  constructor(name: string, args: LocalDatabaseArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    refuse("LocalDatabase", name, faultsOf(args));
    super("holdfast:index:LocalDatabase", name, args, opts);
    const request = { project: pulumi.getProject(), name: args.instance ?? pulumi.getStack(), port: args.port };
    // Neither delete nor triggers: a destroyed stack leaves the data, and nothing replaces it.
    const server = new command.local.Command(
      `${name}-server`,
      {
        create: entryCommand("ensure-local"),
        update: entryCommand("ensure-local"),
        environment: { [REQUEST_VARIABLE]: JSON.stringify(request) },
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    const made = server.stdout.apply(readConnection);
    this.connection = made.apply((connection) => this.startWhereStopped(connection));
    this.backupsAt = made.apply(({ project, instance }) => `${project}/backups/${instance}/database`);
    this.registerOutputs({ connection: this.connection, backupsAt: this.backupsAt });
  }

  /** After a reboot the command has nothing to do, since nothing changed; so the program starts the server, in a preview too. */
  private async startWhereStopped(connection: DatabaseConnection): Promise<DatabaseConnection> {
    const { project, instance, resourceId } = connection;
    const answer = (await runEntry("ensure-local", { project, name: instance, resourceId })) as EnsureLocalAnswer;
    if (answer.ok) return answer.connection;
    // Data on another machine is no reason to fail a pull request's preview, only to deploy nowhere.
    const log = pulumi.runtime.isDryRun() ? pulumi.log.warn : pulumi.log.error;
    await log(`${answer.message}\n${answer.next}`, this);
    return connection;
  }
}

function faultsOf({ instance, port }: LocalDatabaseArgs): Fault[] {
  const faults: Fault[] = [];
  if (instance !== undefined && !isFolderName(instance, BESIDE_INSTANCES)) {
    const allowed = `letters, digits, "_", "-" and ".", a letter or digit first; none of ${BESIDE_INSTANCES.join(", ")}`;
    faults.push({ property: "instance", value: instance, allowed, way: "leave it out for the stack's name" });
  }
  if (port !== undefined && !isLocalPort(port)) {
    faults.push({ property: "port", value: port, allowed: "1024 to 65535", way: "leave it out for a free one" });
  }
  return faults;
}

/** A command that succeeded always printed one. */
function readConnection(stdout: string): DatabaseConnection {
  return (JSON.parse(stdout) as EnsureLocalAnswer & { ok: true }).connection;
}
