/** What no deploy may replace, delete or forget, and what has to stand on each of it. */
import type * as pulumi from "@pulumi/pulumi";
import { TYPE_FACTS } from "../cloud/facts/index.js";

export const GUARDED_TYPES: readonly string[] = [
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:kms/key:Key",
  "aws:secretsmanager/secret:Secret",
  "aws:backup/vault:Vault",
  "aws:s3/bucket:Bucket",
];

/** A guarded child as the program registered it. */
export type Registered = pulumi.ResourceTransformationArgs;

type Check = (child: Registered) => boolean;

/** AWS's own protections, beside Pulumi's. */
const DATABASE: Readonly<Record<string, Check>> = {
  "deletion protection": ({ props }) => input(props, "deletionProtection") === true,
  "a final snapshot": ({ props }) => input(props, "skipFinalSnapshot") === false,
  "a name for the final snapshot": ({ props }) => input(props, "finalSnapshotIdentifier") !== undefined,
  "automated backups kept": ({ props }) => input(props, "deleteAutomatedBackups") === false,
};

const BY_TYPE: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  "aws:rds/instance:Instance": {
    ...DATABASE,
    "a name of its own": ({ props }) => input(props, "identifier") !== undefined,
  },
  "aws:rds/cluster:Cluster": {
    ...DATABASE,
    "a name of its own": ({ props }) => input(props, "clusterIdentifier") !== undefined,
  },
  "aws:kms/key:Key": { "30 days to change one's mind": ({ props }) => input(props, "deletionWindowInDays") === 30 },
  "aws:secretsmanager/secret:Secret": {
    "30 days to change one's mind": ({ props }) => input(props, "recoveryWindowInDays") === 30,
  },
  "aws:backup/vault:Vault": { "no forced delete": ({ props }) => input(props, "forceDestroy") !== true },
  "aws:s3/bucket:Bucket": { "no forced delete": ({ props }) => input(props, "forceDestroy") !== true },
};

/** The guards that are stacked on every one of them; each alone was seen to fail. */
const ON_ALL: Readonly<Record<string, Check>> = {
  protect: ({ opts }) => opts.protect === true,
  retainOnDelete: ({ opts }) => opts.retainOnDelete === true,
  "deleteBeforeReplace: false": ({ opts }) => customOptions(opts).deleteBeforeReplace === false,
  "a hook before delete": ({ opts }) => (opts.hooks?.beforeDelete ?? []).length > 0,
  "a hook before create": ({ opts }) => (opts.hooks?.beforeCreate ?? []).length > 0,
  "every replacing input pinned": ({ type, opts }) =>
    replacingInputs(type).every((name) => (customOptions(opts).ignoreChanges ?? []).includes(name)),
};

/** What is missing on a child of a guarded type; empty where every guard stands. */
export function missingGuards(child: Registered): string[] {
  const checks = { ...ON_ALL, ...BY_TYPE[child.type] };
  return Object.entries(checks)
    .filter(([, stands]) => !stands(child))
    .map(([guard]) => `${child.type} "${child.name}" has not: ${guard}`);
}

/** All that make the provider replace it, by the provider's own schema. */
export function replacingInputs(type: string): string[] {
  return [...(TYPE_FACTS[type]?.replaces ?? [])];
}

function customOptions(opts: pulumi.ResourceOptions): pulumi.CustomResourceOptions {
  return opts;
}

function input(props: unknown, name: string): unknown {
  return (props as Record<string, unknown>)[name];
}
