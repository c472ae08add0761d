import { Alias } from "@pulumi/aws/kms/alias.js";
import { Key } from "@pulumi/aws/kms/key.js";
import * as pulumi from "@pulumi/pulumi";
import { placeOf } from "./aws-place.js";
import { breakGlassFaults, type BreakGlass } from "./break-glass.js";
import { isIntegerBetween, isProtection } from "./check-values.js";
import { refuse, type Fault } from "./fault.js";
import { Guard } from "./guard.js";
import { keyPolicy } from "./key-policy.js";
import { pinnedOptions } from "./pinned-inputs.js";
import { REPLACING_INPUTS } from "./replacing-inputs.js";
import { tagsOf } from "./tags.js";

const CLASS = "EncryptionKey";

export interface EncryptionKeyArgs {
  /** What people read of the key. Changed in place. @default "Holdfast: <name> of <project> <stack>" */
  readonly description?: string | undefined;
  /** Days between two rotations, 90 to 2560. AWS keeps what older key material encrypted readable. Changed in place. @default 365 */
  readonly rotationPeriodInDays?: number | undefined;
  /** "full" or "ephemeral", which a stack for review may ask for. "full" cannot become "ephemeral". @default "full" */
  readonly protection?: string | undefined;
  /** What may be deleted in a later deploy. @default nothing */
  readonly breakGlass?: BreakGlass[] | undefined;
  /** Tags of the key, beside our own. Changed in place. @default none */
  readonly tags?: Record<string, pulumi.Input<string>> | undefined;
}

const WAYS = {
  region:
    "A key stays in its region, and all that it encrypts with it. Keep the provider's region, or give this component a provider of its old one.",
};

/**
 * A KMS key of the stack's own, which no deploy deletes or replaces: with the key every database, snapshot and backup it
 * encrypted would be lost. It rotates by itself.
 *
 * @throws RunError for arguments out of range, with all faults at once
 */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly keyId: pulumi.Output<string>;
  /** "alias/holdfast/<project>-<stack>-<name>"; what break-glass calls the key. */
  readonly aliasName: pulumi.Output<string>;

  constructor(name: string, args: EncryptionKeyArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    refuse(CLASS, name, faultsOf(args));
    const { region } = placeOf(opts);
    super(`holdfast:index:${CLASS}`, name, { ...args, region }, pinnedOptions(CLASS, name, WAYS, opts));
    const guard = new Guard(this, name, args);
    const aliasName = `alias/holdfast/${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
    const key = this.createKey(name, args, guard, aliasName);
    const alias = new Alias(
      `${name}-alias`,
      { name: aliasName, targetKeyId: key.keyId },
      { parent: this, ignoreChanges: [...REPLACING_INPUTS["aws:kms/alias:Alias"]], deleteBeforeReplace: false },
    );
    this.arn = key.arn;
    this.keyId = key.keyId;
    this.aliasName = alias.name;
    this.registerOutputs({ arn: this.arn, keyId: this.keyId, aliasName: this.aliasName });
  }

  private createKey(name: string, args: EncryptionKeyArgs, guard: Guard, aliasName: string): Key {
    const place = placeOf({ parent: this });
    const child = `${name}-key`;
    const key = new Key(
      child,
      {
        description: args.description ?? `Holdfast: ${name} of ${pulumi.getProject()} ${pulumi.getStack()}`,
        keyUsage: "ENCRYPT_DECRYPT",
        customerMasterKeySpec: "SYMMETRIC_DEFAULT",
        multiRegion: false,
        isEnabled: true,
        enableKeyRotation: true,
        rotationPeriodInDays: args.rotationPeriodInDays ?? 365,
        deletionWindowInDays: 30,
        bypassPolicyLockoutSafetyCheck: false,
        policy: pulumi
          .all([place.account, place.region, place.partition])
          .apply(([account, region, partition]) => keyPolicy({ account, region, partition })),
        tags: tagsOf(name, args.tags),
      },
      guard.options({ name: child, identifier: aliasName }, REPLACING_INPUTS["aws:kms/key:Key"]),
    );
    guard.mark(child, key);
    return key;
  }
}

function faultsOf(args: EncryptionKeyArgs): Fault[] {
  return [
    ...isIntegerBetween("rotationPeriodInDays", args.rotationPeriodInDays, 90, 2560, "days"),
    ...isProtection(args.protection),
    ...breakGlassFaults(args.breakGlass ?? []),
  ];
}
