/** The program of a wish: every guarded component, put together as a user's stack would be. */
import * as aws from "@pulumi/aws/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import {
  BackupPlan,
  DatabaseAlarms,
  DatabaseNetwork,
  DatabaseSecrets,
  EncryptionKey,
  FileStorage,
  PersistentDatabase,
} from "../../components/index.js";
import { GUARDED_TYPES, type Registered } from "./guarded-types.js";
import type { Part, Slot, Wish } from "./wish.js";

/** Stands above others, and does nothing. */
class Place extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:index:Place", name);
  }
}

/** What the program hands on from a component that may have left it: as the last deploy that had it said. */
export interface Known {
  readonly keyArn?: string;
  readonly subnetGroupName?: string;
  readonly securityGroupId?: string;
  readonly databaseArn?: string;
  readonly subnetIds?: string[];
}

/** @param seen is filled with every guarded child, as it was registered */
export function programOf(wish: Wish, known: Known, seen: Registered[]): PulumiFn {
  return () => {
    pulumi.runtime.registerStackTransformation((child) => {
      const changed = wish.transform?.(child);
      if (GUARDED_TYPES.includes(child.type)) seen.push({ ...child, ...changed });
      return changed;
    });
    const provider = wish.providerRegion === undefined ? undefined : providerIn(wish.providerRegion);
    const places = new Map<string, Place>();
    const make = <T>(slot: Slot, build: (part: Part, opts: pulumi.ComponentResourceOptions) => T): T | undefined => {
      const part = wish.parts[slot];
      if (!part.isIn) return undefined;
      const { under } = part;
      if (under !== undefined && !places.has(under)) places.set(under, new Place(under));
      const parent = under === undefined ? undefined : places.get(under);
      return build(part, {
        ...(parent && { parent }),
        ...(provider && { providers: [provider] }),
        ...(part.aliases && { aliases: part.aliases }),
        ...part.options,
      });
    };
    return Promise.resolve(compose(make, known));
  };
}

function providerIn(region: string): aws.Provider {
  return new aws.Provider("explicit", { region: region as aws.Region });
}

type Make = <T>(slot: Slot, build: (part: Part, opts: pulumi.ComponentResourceOptions) => T) => T | undefined;

function compose(make: Make, known: Known): Record<string, unknown> {
  const key = make("key", ({ name, args }, opts) => new EncryptionKey(name, args, opts));
  const keyArn = key?.arn ?? known.keyArn ?? "";
  const network = make("network", ({ name, args }, opts) => new DatabaseNetwork(name, args, opts));
  const subnetGroupName = network?.subnetGroupName ?? known.subnetGroupName ?? "";
  const securityGroupId = network?.securityGroupId ?? known.securityGroupId ?? "";
  const subnetIds = network?.subnetIds ?? known.subnetIds ?? [];
  const database = make(
    "database",
    ({ name, args }, opts) =>
      new PersistentDatabase(name, { keyArn, subnetGroupName, securityGroupIds: [securityGroupId], ...args }, opts),
  );
  const databaseArn = database?.arn ?? known.databaseArn ?? "";
  if (database !== undefined) {
    const { connection } = database;
    const place = { subnetIds, securityGroupIds: [securityGroupId] };
    make(
      "secrets",
      ({ name, args }, opts) => new DatabaseSecrets(name, { connection, keyArn, ...place, ...args }, opts),
    );
  }
  make(
    "backups",
    ({ name, args }, opts) => new BackupPlan(name, { databaseArns: [databaseArn], keyArn, ...args }, opts),
  );
  make(
    "alarms",
    ({ name, args }, opts) => new DatabaseAlarms(name, { instanceIdentifiers: ["never"], keyArn, ...args }, opts),
  );
  make("files", ({ name, args }, opts) => new FileStorage(name, { kind: "s3", keyArn, ...args }, opts));
  return { keyArn, subnetGroupName, securityGroupId, databaseArn, subnetIds };
}
