/** What no deploy may replace, delete or forget, and what has to stand on each of it. */
import type * as pulumi from "@pulumi/pulumi";
import { TYPE_FACTS } from "../cloud/facts/index.js";

/** A guarded child as the program registered it. */
export type Registered = pulumi.ResourceTransformationArgs;

/** One guard: whether it stands, and the child as it would be without it. */
interface GuardCheck {
  readonly stands: (child: Registered) => boolean;
  readonly without: (child: Registered) => Registered;
}

function optionGuard(name: keyof pulumi.CustomResourceOptions, wish: unknown): GuardCheck {
  return {
    stands: ({ opts }) => optionsOf(opts)[name] === wish,
    without: (child) => withOptions(child, { [name]: undefined }),
  };
}

function inputGuard(name: string, stands: (value: unknown) => boolean, other?: unknown): GuardCheck {
  return {
    stands: ({ props }) => stands((props as Record<string, unknown>)[name]),
    without: (child) => ({ ...child, props: { ...(child.props as object), [name]: other } }),
  };
}

function hookGuard(name: "beforeDelete" | "beforeCreate"): GuardCheck {
  return {
    stands: ({ opts }) => (opts.hooks?.[name] ?? []).length > 0,
    without: (child) => withOptions(child, { hooks: { ...child.opts.hooks, [name]: [] } }),
  };
}

/** The guards that are stacked on every one of them; each alone was seen to fail. */
const ON_ALL: Readonly<Record<string, GuardCheck>> = {
  protect: optionGuard("protect", true),
  retainOnDelete: optionGuard("retainOnDelete", true),
  "deleteBeforeReplace: false": optionGuard("deleteBeforeReplace", false),
  "a hook before delete": hookGuard("beforeDelete"),
  "a hook before create": hookGuard("beforeCreate"),
};

/** AWS's own protections, beside Pulumi's. */
const DATABASE: Readonly<Record<string, GuardCheck>> = {
  "deletion protection": inputGuard("deletionProtection", (value) => value === true),
  "a final snapshot": inputGuard("skipFinalSnapshot", (value) => value === false),
  "a name for the final snapshot": inputGuard("finalSnapshotIdentifier", (value) => value !== undefined),
  "automated backups kept": inputGuard("deleteAutomatedBackups", (value) => value === false),
};
const A_MONTH = (name: string): Readonly<Record<string, GuardCheck>> => ({
  "30 days to change one's mind": inputGuard(name, (value) => value === 30),
});
const NO_FORCE: Readonly<Record<string, GuardCheck>> = {
  "no forced delete": inputGuard("forceDestroy", (value) => value !== true, true),
};

const BY_TYPE: Readonly<Record<string, Readonly<Record<string, GuardCheck>>>> = {
  "aws:rds/instance:Instance": {
    ...DATABASE,
    "a name of its own": inputGuard("identifier", (value) => value !== undefined),
  },
  "aws:rds/cluster:Cluster": {
    ...DATABASE,
    "a name of its own": inputGuard("clusterIdentifier", (value) => value !== undefined),
  },
  "aws:kms/key:Key": A_MONTH("deletionWindowInDays"),
  "aws:secretsmanager/secret:Secret": A_MONTH("recoveryWindowInDays"),
  "aws:backup/vault:Vault": NO_FORCE,
  "aws:s3/bucket:Bucket": NO_FORCE,
};

export const GUARDED_TYPES: readonly string[] = Object.keys(BY_TYPE);

/** By name, the guards of a type: every input pinned that makes the provider replace it, by the provider's own schema. */
export function guardsOf(type: string): Readonly<Record<string, GuardCheck>> {
  const pins = (TYPE_FACTS[type]?.replaces ?? []).map((input) => [`${input} pinned`, pinGuard(input)] as const);
  return { ...ON_ALL, ...BY_TYPE[type], ...Object.fromEntries(pins) };
}

function pinGuard(input: string): GuardCheck {
  const pinned = ({ opts }: Registered): string[] => optionsOf(opts).ignoreChanges ?? [];
  return {
    stands: (child) => pinned(child).includes(input),
    without: (child) => withOptions(child, { ignoreChanges: pinned(child).filter((name) => name !== input) }),
  };
}

/** What is missing on a child of a guarded type; empty where every guard stands. */
export function missingGuards(child: Registered): string[] {
  return Object.entries(guardsOf(child.type))
    .filter(([, { stands }]) => !stands(child))
    .map(([guard]) => `${child.type} "${child.name}" has not: ${guard}`);
}

function optionsOf(opts: pulumi.ResourceOptions): pulumi.CustomResourceOptions {
  return opts;
}

function withOptions(child: Registered, change: pulumi.CustomResourceOptions): Registered {
  return { ...child, opts: { ...child.opts, ...change } };
}
