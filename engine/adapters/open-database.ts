import type { ConnectionSettings } from "../core/connection-settings.js";
import type { DatabaseConnection } from "../core/database-connection.js";
import { HoldfastError } from "../core/errors.js";
import { openConnection, settingsOf, type ConnectionIdentity } from "./local/connection.js";
import type { LocalInstance } from "./local/instance-file.js";
import { refuseSimulated } from "./refuse-simulated.js";

/** A database that can be reached, and how it is backed up. */
export interface OpenDatabase {
  readonly connection: ConnectionSettings;
  /** Set for an embedded one: it runs. */
  readonly local?: LocalInstance;
  /** Set for one of RDS or Aurora. */
  readonly aws?: DatabaseConnection;
}

/** What components hand over: an embedded database by its identity alone, since where it listens differs by machine. */
export type ConnectionRequest = DatabaseConnection | (ConnectionIdentity & { readonly kind: "embedded" });

/**
 * Turns a connection of any kind into what opens sessions. A stopped embedded server is started; of one on AWS nothing is
 * asked before somebody logs in.
 *
 * @throws HoldfastError unknown_instance, server_not_started, invalid_config, aws_region_missing, simulated_database
 */
export async function openDatabase(request: ConnectionRequest, schema: string | undefined): Promise<OpenDatabase> {
  switch (request.kind) {
    case "embedded": {
      const local = await openConnection(request);
      return { local, connection: settingsOf(local, schema ?? "public", request) };
    }
    case "rds":
    case "aurora": {
      const aws = request;
      refuseSimulated(aws);
      // Loaded only here: the AWS SDK takes longer to load than a deploy with nothing to do takes altogether.
      const { awsSettings } = await import("./aws/aws-settings.js");
      return { aws, connection: await awsSettings(aws, schema) };
    }
    default:
      throw unknownKind(request as DatabaseConnection);
  }
}

function unknownKind({ kind, instance }: DatabaseConnection): HoldfastError {
  return new HoldfastError("invalid_config", `The database of "${instance}" is of a kind that is not known: ${kind}.`, {
    next: 'Known are "embedded", "rds" and "aurora". If a newer Holdfast made the stack, use that version here, too.',
  });
}
