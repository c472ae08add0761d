/** Changes beside arguments: what a person may do to a program, to a stack's state, or to the cloud, without meaning harm. */
import type * as pulumi from "@pulumi/pulumi";
import { ARGUMENTS } from "./arguments.js";
import { GUARDED_TYPES } from "./guarded-types.js";
import { SLOTS, withArgument, withPart, type Slot, type Wish } from "./wish.js";

/** One step of a random walk. */
export interface Change {
  readonly title: string;
  readonly change: (wish: Wish) => Wish;
  /** What happens to the stack or the cloud before the preview; what it did is taken back after a refusal. */
  readonly act?: Act;
  /** Flags of the engine. */
  readonly flags?: Flags;
}

export type Act = "refresh" | "vanish" | "restore under the same name" | "unprotect";
export interface Flags {
  readonly replacesEveryGuarded?: boolean;
  readonly refreshes?: boolean;
  readonly targetsDatabase?: boolean;
  /** From Pulumi 3.256 on. */
  readonly ignoresProtect?: boolean;
}

const same = (wish: Wish): Wish => wish;

function argumentChanges(slot: Slot): Change[] {
  return Object.entries(ARGUMENTS[slot]).flatMap(([argument, values]) =>
    values.map((value) => ({
      title: `${slot}.${argument} = ${JSON.stringify(value) ?? "nothing"}`,
      change: (wish: Wish) => withArgument(wish, slot, argument, value),
    })),
  );
}

function placeChanges(slot: Slot): Change[] {
  return [
    { title: `${slot} is renamed`, change: (wish) => withPart(wish, slot, { name: newName(wish, slot) }) },
    {
      title: `${slot} is renamed with an alias`,
      change: (wish) =>
        withPart(wish, slot, {
          name: newName(wish, slot),
          aliases: [...(wish.parts[slot].aliases ?? []), aliasOf(wish, slot)],
        }),
    },
    { title: `${slot} moves under another component`, change: (wish) => withPart(wish, slot, { under: "platform" }) },
    {
      title: `${slot} moves with an alias`,
      change: (wish) =>
        withPart(wish, slot, {
          under: wish.parts[slot].under === undefined ? "platform" : "base",
          aliases: [...(wish.parts[slot].aliases ?? []), aliasOf(wish, slot)],
        }),
    },
    ...leaving(slot),
    { title: `${slot} gets protect: false`, change: (wish) => withPart(wish, slot, { options: { protect: false } }) },
    {
      title: `${slot} gets retainOnDelete: false and deleteBeforeReplace: true`,
      change: (wish) => withPart(wish, slot, { options: { retainOnDelete: false, deleteBeforeReplace: true } }),
    },
    {
      title: `${slot} gets replaceOnChanges: ["*"]`,
      change: (wish) => withPart(wish, slot, { options: { replaceOnChanges: ["*"] } }),
    },
  ];
}

/** The network holds no data; AWS itself refuses to take it from under a database, but only in the deploy. */
function leaving(slot: Slot): Change[] {
  if (slot === "network") return [];
  return [{ title: `${slot} leaves the program`, change: (wish) => withPart(wish, slot, { isIn: false }) }];
}

/** The place a component had: the aliases of those that move again and again pile up. */
function aliasOf(wish: Wish, slot: Slot): pulumi.Alias {
  const { name, under } = wish.parts[slot];
  return { name, parent: under === undefined ? rootUrn : parentUrnOf(under) };
}

const rootUrn = "urn:pulumi:prod::never::pulumi:pulumi:Stack::never-prod";

function parentUrnOf(under: string): string {
  return `urn:pulumi:prod::never::test:index:Place::${under}`;
}

let names = 0;
function newName(wish: Wish, slot: Slot): string {
  names += 1;
  return `${wish.parts[slot].name.replace(/\d+$/, "")}${String(names)}`;
}

/** What `--ignore-protect` would let through, were protect the only guard. */
export const IGNORING_PROTECT: readonly Change[] = [
  ...SLOTS.flatMap(leaving).map((change) => ({
    ...change,
    title: `--ignore-protect, and ${change.title}`,
    flags: { ignoresProtect: true },
  })),
  ...SLOTS.map((slot) => ({
    title: `--ignore-protect, and ${slot} is renamed`,
    change: (wish: Wish) => withPart(wish, slot, { name: newName(wish, slot) }),
    flags: { ignoresProtect: true },
  })),
  {
    title: "--ignore-protect and --replace of everything guarded",
    change: same,
    flags: { ignoresProtect: true, replacesEveryGuarded: true },
  },
];

const TRANSFORMS: Readonly<Record<string, Partial<pulumi.CustomResourceOptions>>> = {
  "replaceOnChanges on everything": { replaceOnChanges: ["*"] },
  "deleteBeforeReplace on everything": { deleteBeforeReplace: true },
  "an import of another id": { import: "simulated-another-id" },
};

const transformChanges: Change[] = Object.entries(TRANSFORMS).map(([title, opts]) => ({
  title: `a transform puts ${title}`,
  change: (wish) => ({
    ...wish,
    transform: (child) =>
      GUARDED_TYPES.includes(child.type) ? { props: child.props, opts: { ...child.opts, ...opts } } : undefined,
  }),
}));

const STACK_CHANGES: readonly Change[] = [
  { title: "nothing", change: same },
  { title: "an explicit provider", change: (wish) => ({ ...wish, providerRegion: "eu-central-1" }) },
  { title: "a provider of another region", change: (wish) => ({ ...wish, providerRegion: "eu-west-1" }) },
  { title: "a refresh", change: same, act: "refresh" },
  { title: "a refresh after the database vanished", change: same, act: "vanish" },
  { title: "a refresh after a restore under the same name", change: same, act: "restore under the same name" },
  { title: "pulumi state unprotect", change: same, act: "unprotect" },
  ...SLOTS.flatMap(leaving).map((change) => ({
    ...change,
    title: `pulumi state unprotect, and ${change.title}`,
    act: "unprotect" as const,
  })),
  { title: "--replace of everything guarded", change: same, flags: { replacesEveryGuarded: true } },
  { title: "--refresh", change: same, flags: { refreshes: true } },
  { title: "--target of the database", change: same, flags: { targetsDatabase: true } },
];

/** By kind, so that a random walk meets the few of one kind as often as the many of another. */
export const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  ...Object.fromEntries(SLOTS.map((slot) => [`arguments of ${slot}`, argumentChanges(slot)])),
  ...Object.fromEntries(SLOTS.map((slot) => [`place and options of ${slot}`, placeChanges(slot)])),
  transforms: transformChanges,
  "stack and engine": STACK_CHANGES,
};
