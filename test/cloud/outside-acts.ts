/** What happens in AWS without Pulumi: by AWS itself, or by a person at the console. The next refresh or deploy meets it. */
import { newCapitals, newUuid, type CloudRegion } from "./cloud-region.js";
import { RECOVERY_POINT } from "./services/backup.js";
import { removeManagedSecrets, rotateManagedSecret } from "./services/rds/managed-password.js";
import { majorOf, minorOf } from "./services/rds/engine-versions.js";
import { settle, pendingOf } from "./services/rds/instance-update.js";
import { backedUp, takeSnapshot } from "./services/rds/snapshots.js";
import { membersOf, writerOf } from "./services/rds/members.js";
import { CLUSTER, INSTANCE, RETAINED_BACKUP, SNAPSHOT } from "./services/rds/types.js";
import type { CloudResource } from "./store.js";
import { isObject, textsOf, type Properties } from "./values.js";
import { ZONE_LETTERS } from "./zones.js";

export class OutsideActs {
  constructor(protected readonly cloud: CloudRegion) {}

  /** An instance by its identifier or resource id, or a cluster by its identifier. @throws Error where there is none */
  database(name: string): CloudResource {
    const instance = this.cloud
      .list(INSTANCE)
      .find(({ id, attributes }) => id === name || attributes["identifier"] === name);
    const found = instance ?? this.cloud.find(CLUSTER, name);
    if (found === undefined) throw new Error(`the cloud has no database ${name} in ${this.cloud.region}`);
    return found;
  }

  /** A Multi-AZ failover: the standby, in another zone, becomes the primary; of a cluster: another member writes. The endpoint stays the same. */
  failover(name: string): void {
    const found = this.database(name);
    if (found.type === CLUSTER) {
      this.changeWriter(found.id);
      return;
    }
    const zones = ZONE_LETTERS.map((letter) => `${this.cloud.region}${letter}`);
    const present = zones.indexOf(String(found.attributes["availabilityZone"]));
    found.attributes["availabilityZone"] = zones[(present + 1) % zones.length];
    this.cloud.store.put(found);
  }

  /** Storage autoscaling, when less than a tenth of it was free for five minutes. @param to GiB, up to the limit */
  growStorage(name: string, to: number): void {
    this.change(name, ({ attributes }) => {
      const limit = Number(attributes["maxAllocatedStorage"] ?? 0);
      if (to > limit) throw new Error(`autoscaling does not grow ${name} to ${to} GiB: its limit is ${limit}`);
      attributes["allocatedStorage"] = to;
    });
  }

  /** An automatic minor upgrade in the maintenance window. @param to for example "17.9", also one newer than programs can ask for */
  moveMinorVersion(name: string, to: string): void {
    this.change(name, ({ attributes }) => {
      const present = String(attributes["engineVersionActual"]);
      if (majorOf(to) !== majorOf(present) || minorOf(to) <= minorOf(present)) {
        throw new Error(
          `AWS moves ${name} only to a newer minor version of ${majorOf(present)}, not from ${present} to ${to}`,
        );
      }
      attributes["engineVersionActual"] = to;
    });
  }

  /** The maintenance window: what a deploy without `applyImmediately` left pending is applied. */
  runMaintenanceWindow(name: string): void {
    this.change(name, (resource) => {
      const pending = { ...pendingOf(resource) };
      resource.hidden["pending"] = {};
      Object.assign(resource.attributes, settle(this.cloud, pending));
    });
  }

  /** What somebody changed at the console, by the names of the provider's outputs. */
  changeAtConsole(type: string, id: string, attributes: Properties): void {
    const found = this.resource(type, id);
    Object.assign(found.attributes, attributes);
    this.cloud.store.put(found);
  }

  /** AWS's own deletion protection is switched off at the console. */
  removeDeletionProtection(name: string): void {
    this.change(name, ({ attributes }) => (attributes["deletionProtection"] = false));
  }

  /** The resource is gone, as by a delete at the console; nothing of it is kept. @param id physical id, or a database's identifier */
  vanish(type: string, id: string): void {
    const found = this.resource(type, id);
    if (found.type === INSTANCE) removeManagedSecrets(this.cloud, String(found.attributes["resourceId"]));
    this.cloud.store.remove(found);
  }

  /** A manual snapshot. Returns its name. @param tags instead of the database's own */
  snapshot(name: string, snapshot: string, tags?: Readonly<Record<string, string>>): string {
    const taken = takeSnapshot(this.cloud, this.database(name), snapshot, "manual");
    if (tags !== undefined) this.cloud.store.put({ ...taken, attributes: { ...taken.attributes, tagsAll: tags } });
    return taken.id;
  }

  /**
   * Point-in-time restore at the console (RestoreDBInstanceToPointInTime): a second instance of its own name beside the
   * first, with the same data, key, class and network, and another resource id. What AWS does not take over is as in a
   * new instance: no deletion protection, no Multi-AZ, no tags, AWS's parameter group, no monitoring and log exports, and
   * a master password of its own instead of a managed one. Returns its resource id. A cluster (RestoreDBClusterToPointInTime)
   * likewise, without members; its id is its identifier.
   * @param more what the person asks for beside that, by the names of the provider's outputs
   */
  pointInTimeRestore(source: string, target: string, more: Properties = {}): string {
    const held = this.database(source);
    if (held.type === CLUSTER) return this.addRestoredCluster(target, { ...restoredFrom(held), ...more });
    return this.addRestored(target, { ...restoredFrom(held), ...more });
  }

  /**
   * The instance is deleted and its last backup restored under the same name: same identifier and endpoint, another
   * resource id, and the settings of `pointInTimeRestore`. Returns the resource id.
   */
  restoreUnderSameName(name: string, more: Properties = {}): string {
    const held = this.database(name);
    this.vanish(held.type, held.id);
    return this.addRestored(name, { ...restoredFrom(held), ...more });
  }

  /** RDS rotates the password it manages, every 7 days: another value, the same ARN. */
  rotateSecret(name: string): void {
    rotateManagedSecret(this.cloud, this.managedSecretOf(name));
  }

  /** The value of the managed secret: what may stand in no state, preview or log. */
  secretValue(name: string): string {
    const held = this.cloud.find("rds-managed-secret", this.managedSecretOf(name));
    return String(held?.hidden["value"]);
  }

  /** Manual and final snapshots. */
  snapshots(): CloudResource[] {
    return this.cloud.list(SNAPSHOT);
  }

  /** Automated backups that outlived their instance. */
  retainedBackups(): CloudResource[] {
    return this.cloud.list(RETAINED_BACKUP);
  }

  /** A network that was there before any program: a VPC and a private subnet in every zone. */
  placeNetwork(): { vpcId: string; subnetIds: string[] } {
    const vpcId = `simulated-vpc-${newCapitals(12).toLowerCase()}`;
    this.cloud.add("aws:ec2/vpc:Vpc", vpcId, {
      cidrBlock: "10.0.0.0/16",
      arn: this.cloud.arn("ec2", `vpc/${vpcId}`),
      tagsAll: {},
    });
    const subnetIds = ZONE_LETTERS.map((letter, index) => {
      const id = `simulated-subnet-${newCapitals(12).toLowerCase()}`;
      const cidrBlock = `10.0.${index}.0/24`;
      const arn = this.cloud.arn("ec2", `subnet/${id}`);
      this.cloud.add("aws:ec2/subnet:Subnet", id, {
        vpcId,
        cidrBlock,
        arn,
        availabilityZone: `${this.cloud.region}${letter}`,
        tagsAll: {},
      });
      return id;
    });
    return { vpcId, subnetIds };
  }

  /** From now on every simulated database answers with this address, so that a real server stands behind it. The port input stays what it is. */
  placeDatabasesAt(place: { host: string; port: number }): void {
    this.cloud.store.setSettings({ ...this.cloud.settings(), databasesAt: place });
  }

  /** From now on the instance of that identifier answers with this host, so that a real server stands behind it. */
  placeDatabaseAt(identifier: string, host: string): void {
    const { hosts = {}, ...settings } = this.cloud.settings();
    this.cloud.store.setSettings({ ...settings, hosts: { ...hosts, [identifier]: host } });
  }

  /** A recovery point that a plan made: the vault is no longer empty. Returns its id. */
  addRecoveryPoint(vault: string): string {
    this.resource("aws:backup/vault:Vault", vault);
    const id = this.cloud.arn("backup", `recovery-point:${newUuid()}`);
    this.cloud.add(RECOVERY_POINT, id, { arn: id, vault });
    return id;
  }

  /** The days in which a compliance lock can still be taken off are over. */
  endLockGrace(vault: string): void {
    const lock = this.resource("aws:backup/vaultLockConfiguration:VaultLockConfiguration", vault);
    lock.hidden["graceIsOver"] = true;
    this.cloud.store.put(lock);
  }

  /** An application puts an object into the bucket. */
  putObject(bucket: string, key: string): void {
    const held = this.resource("aws:s3/bucket:Bucket", bucket);
    held.hidden["objects"] = [...textsOf(held.hidden, "objects"), key];
    this.cloud.store.put(held);
  }

  private changeWriter(cluster: string): void {
    const members = membersOf(this.cloud, cluster);
    const writer = writerOf(this.cloud, cluster);
    const next = members.find(({ id }) => id !== writer?.id);
    if (next === undefined) throw new Error(`cluster ${cluster} has no reader that could take over`);
    for (const member of members) {
      member.hidden["isWriter"] = member.id === next.id;
      this.cloud.store.put(member);
    }
  }

  protected resource(type: string, id: string): CloudResource {
    if (type === INSTANCE || type === CLUSTER) return this.database(id);
    const found = this.cloud.find(type, id);
    if (found === undefined) throw new Error(`the cloud has no ${type} ${id} in ${this.cloud.region}`);
    return found;
  }

  private change(name: string, act: (resource: CloudResource) => void): void {
    const found = this.database(name);
    act(found);
    this.cloud.store.put(found);
  }

  private managedSecretOf(name: string): string {
    const { masterUserSecrets } = this.database(name).attributes;
    const [secret] = Array.isArray(masterUserSecrets) ? (masterUserSecrets as unknown[]) : [];
    if (!isObject(secret)) throw new Error(`${name} has no managed secret`);
    return String(secret["secretArn"]);
  }

  private addRestored(identifier: string, attributes: Properties): string {
    const resourceId = `simulated-db-${newCapitals(26)}`;
    this.cloud.add(
      INSTANCE,
      resourceId,
      {
        ...attributes,
        identifier,
        resourceId,
        arn: this.cloud.arn("rds", `db:${identifier}`),
      },
      { pending: {}, createdAt: new Date().toISOString() },
    );
    return resourceId;
  }

  private addRestoredCluster(clusterIdentifier: string, { parameterGroupName, ...attributes }: Properties): string {
    this.cloud.add(
      CLUSTER,
      clusterIdentifier,
      {
        ...attributes,
        clusterIdentifier,
        clusterResourceId: `simulated-cluster-${newCapitals(26)}`,
        arn: this.cloud.arn("rds", `cluster:${clusterIdentifier}`),
        dbClusterParameterGroupName: parameterGroupName,
      },
      { pending: {} },
    );
    return clusterIdentifier;
  }
}

/** What a restore leaves as in a new instance, whatever the source had. */
const NOT_RESTORED: Properties = {
  deletionProtection: false,
  enabledCloudwatchLogsExports: [],
  iamDatabaseAuthenticationEnabled: false,
  masterUserSecrets: [],
  maxAllocatedStorage: 0,
  monitoringInterval: 0,
  monitoringRoleArn: "",
  multiAz: false,
  performanceInsightsEnabled: false,
  copyTagsToSnapshot: false,
  tagsAll: {},
};

function restoredFrom(source: CloudResource): Properties {
  const family = `${String(source.attributes["engine"])}${majorOf(String(source.attributes["engineVersionActual"]))}`;
  const parameterGroupName = `default.${family}`;
  return { ...source.attributes, ...NOT_RESTORED, parameterGroupName, ...backedUp(source) };
}
