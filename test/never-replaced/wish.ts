/** What a random program is made of: the components by slot, each with its arguments, name, place and options. */
import * as pulumi from "@pulumi/pulumi";

export const COMPONENT_OF = {
  key: "EncryptionKey",
  network: "DatabaseNetwork",
  database: "PersistentDatabase",
  secrets: "DatabaseSecrets",
  backups: "BackupPlan",
  alarms: "DatabaseAlarms",
  files: "FileStorage",
} as const;
export type Slot = keyof typeof COMPONENT_OF;
export const SLOTS = Object.keys(COMPONENT_OF) as Slot[];

export interface Part {
  /** The component's logical name. */
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly isIn: boolean;
  /** Logical name of a plain component above it. */
  readonly under?: string;
  readonly aliases?: pulumi.Alias[];
  /** Given to the component as options, on purpose or by mistake. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Wish {
  readonly parts: Readonly<Record<Slot, Part>>;
  /** Region of an explicit provider handed to every component; undefined: the default provider. */
  readonly providerRegion?: string;
  /** What a careless transform of the program does to every guarded child. */
  readonly transform?:
    ((child: pulumi.ResourceTransformationArgs) => pulumi.ResourceTransformationResult | undefined) | undefined;
}

/** A wish with one slot changed. */
export function withPart(wish: Wish, slot: Slot, change: Partial<Part>): Wish {
  return { ...wish, parts: { ...wish.parts, [slot]: { ...wish.parts[slot], ...change } } };
}

export function withArgument(wish: Wish, slot: Slot, argument: string, value: unknown): Wish {
  return withPart(wish, slot, { args: { ...wish.parts[slot].args, [argument]: value } });
}
