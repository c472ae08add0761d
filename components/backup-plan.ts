import * as backup from "@pulumi/aws/backup/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { BackupPlanArgs } from "./backup/backup-plan-args.js";
import { settle } from "./backup/backup-plan-settings.js";
import { createBackupReplication } from "./backup/backup-replication.js";
import { createBackupRole } from "./backup/backup-role.js";
import { findBackupPlanFaults } from "./backup/check-backup-plan.js";
import { planRules } from "./backup/plan-rules.js";
import { createProtectedVault } from "./backup/protected-vault.js";
import { createRestoreTesting } from "./backup/restore-testing.js";
import { breakGlassFaults } from "./break-glass.js";
import { isFilledList, isKeyArn, isProtection } from "./check-values.js";
import { refuse, type Fault } from "./fault.js";
import { Guard } from "./guard.js";
import { pinnedOptions } from "./pinned-inputs.js";
import { tagsOf } from "./tags.js";

export type {
  AccountCopyArgs,
  BackupPlanArgs,
  BackupReplicationArgs,
  RegionCopyArgs,
  ReplicatedInstance,
  RestoreTestingArgs,
  VaultLockArgs,
} from "./backup/backup-plan-args.js";

const CLASS = "BackupPlan";

/**
 * Backups in several places: daily recovery points in a vault that no deploy deletes, copies in a second region and account,
 * restores tested on a schedule, and automated backups replicated to a second region.
 *
 * @throws RunError with every argument that AWS would refuse, before anything is made
 */
export class BackupPlan extends pulumi.ComponentResource {
  readonly vaultName: pulumi.Output<string>;
  readonly vaultArn: pulumi.Output<string>;
  /** Of the vault in the second region; undefined without `copyToRegion`. */
  readonly copyVaultArn: pulumi.Output<string | undefined>;
  readonly planId: pulumi.Output<string>;
  readonly planArn: pulumi.Output<string>;
  /** The role in which AWS Backup acts. */
  readonly roleArn: pulumi.Output<string>;
  /** Undefined without `restoreTesting`. */
  readonly restoreTestingPlanArn: pulumi.Output<string | undefined>;

  constructor(name: string, args: BackupPlanArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = settle(args, [pulumi.getProject(), pulumi.getStack(), name]);
    refuse(CLASS, name, [
      ...neededFaults(args),
      ...findBackupPlanFaults(settings),
      ...isProtection(args.protection),
      ...breakGlassFaults(args.breakGlass ?? []),
    ]);
    super(
      `holdfast:index:${CLASS}`,
      name,
      { ...args, ...copyPins(args) },
      pinnedOptions(CLASS, name, waysOf(args), opts),
    );
    const guard = new Guard(this, name, args);
    const tags = tagsOf(name, args.tags);
    const { lock, regionCopy, replication } = settings;
    const databaseArns = pulumi.output(args.databaseArns);

    const shared = { lock, tags };
    const here = { name: `${name}-vault`, vaultName: settings.vaultName, keyArn: args.keyArn, region: undefined };
    const vault = createProtectedVault(this, guard, { ...here, ...shared });
    const copyVault = regionCopy && createProtectedVault(this, guard, { ...copyOf(here, regionCopy), ...shared });
    const role = createBackupRole(this, name, tags);
    const recoveryPointTags = { ...args.recoveryPointTags, ...tags };
    const targets = { vaultName: vault.name, copyVaultArn: copyVault?.arn, recoveryPointTags };
    const plan = new backup.Plan(`${name}-plan`, { rules: planRules(settings, targets), tags }, { parent: this });
    // Every input replaces it. It holds no data, and with a name of Pulumi's making the new one stands before the old one goes.
    new backup.Selection(
      `${name}-selection`,
      { planId: plan.id, iamRoleArn: role.arn, resources: databaseArns },
      { parent: this, deleteBeforeReplace: false },
    );
    const tested =
      settings.restoreTesting &&
      createRestoreTesting(this, {
        name,
        testing: settings.restoreTesting,
        vaultArn: vault.arn,
        roleArn: role.arn,
        databaseArns,
        hasContinuousBackup: settings.continuousBackup,
        tags,
      });
    if (replication !== undefined) createBackupReplication(this, name, replication);

    this.vaultName = vault.name;
    this.vaultArn = vault.arn;
    this.copyVaultArn = pulumi.output(copyVault?.arn);
    this.planId = plan.id;
    this.planArn = plan.arn;
    this.roleArn = role.arn;
    this.restoreTestingPlanArn = pulumi.output(tested?.arn);
    this.registerOutputs(outputsOf(this));
  }
}

const NEW_VAULT =
  "Recovery points stay in the vault they were made in: a second BackupPlan, beside this one, has a vault of its own.";

/** The way to what each pinned argument's change was meant for. */
function waysOf({ copyToRegion }: BackupPlanArgs): Record<string, string> {
  const here = { vaultName: NEW_VAULT, keyArn: NEW_VAULT };
  // To take the copy out is refused by the guard of its vault, which break-glass can lift.
  return copyToRegion === undefined
    ? here
    : { ...here, "copyToRegion.region": NEW_VAULT, "copyToRegion.keyArn": NEW_VAULT };
}

/** Pinned arguments are compared by name, so those of the copy are told apart from its retention. */
function copyPins({ copyToRegion }: BackupPlanArgs): Record<string, unknown> {
  if (copyToRegion === undefined) return {};
  return { "copyToRegion.region": copyToRegion.region, "copyToRegion.keyArn": copyToRegion.keyArn };
}

function copyOf(vault: { name: string; vaultName: string }, copy: { region: string; keyArn: pulumi.Input<string> }) {
  const { region, keyArn } = copy;
  return { name: `${vault.name}-copy`, vaultName: `${vault.vaultName}-copy`, region, keyArn };
}

function outputsOf(plan: BackupPlan) {
  const { vaultName, vaultArn, copyVaultArn, planId, planArn, roleArn, restoreTestingPlanArn } = plan;
  return { vaultName, vaultArn, copyVaultArn, planId, planArn, roleArn, restoreTestingPlanArn };
}

function neededFaults({ databaseArns, keyArn, copyToRegion, replication }: BackupPlanArgs): Fault[] {
  const way = "name the databases to back up: [database.arn]";
  return [
    ...isFilledList("databaseArns", databaseArns, "a list of ARNs, at least one", way),
    ...isKeyArn("keyArn", keyArn),
    ...(copyToRegion === undefined ? [] : isKeyArn("copyToRegion.keyArn", copyToRegion.keyArn)),
    ...(replication === undefined ? [] : isKeyArn("replication.keyArn", replication.keyArn)),
  ];
}
