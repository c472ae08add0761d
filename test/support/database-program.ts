/** A stack with a key, a network and a database, as most tests of the guards need it. */
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import {
  DatabaseNetwork,
  EncryptionKey,
  PersistentDatabase,
  type PersistentDatabaseArgs,
} from "../../components/index.js";
import type { TestCloud } from "./cloud.js";

export interface DatabaseProgramOptions {
  /** Beside what every database needs. */
  readonly args?: Partial<PersistentDatabaseArgs>;
  /** @default "main" */
  readonly name?: string;
  readonly opts?: ComponentResourceOptions | (() => ComponentResourceOptions);
  /** What else the program does, before the database. */
  readonly before?: () => void;
  /** Whether the key may be destroyed, too. @default false */
  readonly hasEphemeralKey?: boolean;
  /** False: the program has a key and a network only. @default true */
  readonly hasDatabase?: boolean;
}

/** Programs over one network that was there before. */
export function databasePrograms(cloud: TestCloud): (options?: DatabaseProgramOptions) => PulumiFn {
  const place = cloud.placeNetwork();
  return ({ args, name = "main", opts, before, hasDatabase = true, hasEphemeralKey = false } = {}) =>
    () => {
      before?.();
      const key = new EncryptionKey("key", { protection: hasEphemeralKey ? "ephemeral" : "full" });
      const network = new DatabaseNetwork("network", { ...place, port: 5433 });
      if (!hasDatabase) return Promise.resolve({});
      const { subnetGroupName, securityGroupId } = network;
      const needed = { keyArn: key.arn, subnetGroupName, securityGroupIds: [securityGroupId] };
      const database = new PersistentDatabase(name, { ...needed, ...args }, typeof opts === "function" ? opts() : opts);
      return Promise.resolve({ connection: database.connection });
    };
}
