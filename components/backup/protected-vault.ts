import * as backup from "@pulumi/aws/backup/index.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Guard } from "../guard.js";
import type { BackupPlanSettings } from "./backup-plan-settings.js";
import { denyDeletion } from "./vault-policy.js";

export interface VaultRequest {
  /** Logical name, with which the names of its policy and lock begin. */
  readonly name: string;
  readonly vaultName: string;
  readonly keyArn: pulumi.Input<string>;
  /** Undefined: the provider's. */
  readonly region: string | undefined;
  readonly lock: BackupPlanSettings["lock"];
  readonly tags: Record<string, pulumi.Input<string>>;
}

/** A vault that no deploy deletes or replaces, and whose recovery points nobody deletes before their time. */
export function createProtectedVault(
  component: pulumi.ComponentResource,
  guard: Guard,
  request: VaultRequest,
): backup.Vault {
  const { name, vaultName, keyArn, region, tags } = request;
  const vault = new backup.Vault(
    name,
    // With forceDestroy the provider deletes every recovery point before the vault.
    { name: vaultName, kmsKeyArn: keyArn, forceDestroy: guard.isEphemeral, tags, ...(region && { region }) },
    guard.options({ name, identifier: vaultName }, ["name", "kmsKeyArn", "region"]),
  );
  guard.mark(name, vault);
  if (guard.isEphemeral || guard.isLifted(vaultName)) return vault;
  new backup.VaultPolicy(
    `${name}-policy`,
    { backupVaultName: vault.name, policy: denyDeletion(), ...(region && { region }) },
    { parent: component },
  );
  if (request.lock !== undefined) createLock(component, guard, request, vault, request.lock);
  return vault;
}

function createLock(
  component: pulumi.ComponentResource,
  guard: Guard,
  { name, vaultName, region }: VaultRequest,
  vault: backup.Vault,
  lock: NonNullable<BackupPlanSettings["lock"]>,
): void {
  const child = `${name}-lock`;
  const isCompliance = lock.mode === "compliance";
  const options = isCompliance
    ? guard.options({ name: child, identifier: `${vaultName}-lock` }, [])
    : { parent: component };
  const configuration = new backup.VaultLockConfiguration(
    child,
    {
      backupVaultName: vault.name,
      minRetentionDays: lock.minRetentionDays,
      ...(lock.maxRetentionDays !== undefined && { maxRetentionDays: lock.maxRetentionDays }),
      ...(isCompliance && { changeableForDays: lock.changeableForDays ?? 0 }),
      ...(region && { region }),
    },
    // A vault has one lock: to create the new one first would overwrite the old, and then delete both.
    { ...options, deleteBeforeReplace: true },
  );
  if (isCompliance) guard.mark(child, configuration);
}
