/** What happens in AWS without Pulumi: by AWS itself, or by a person at the console. The next refresh or deploy meets it. */
import { newCapitals, type CloudRegion } from "./cloud-region.js";
import { removeManagedSecrets, makeManagedSecret, rotateManagedSecret } from "./services/rds/managed-password.js";
import { majorOf, minorOf } from "./services/rds/engine-versions.js";
import { settle, pendingOf } from "./services/rds/instance-update.js";
import { backedUp, takeSnapshot } from "./services/rds/snapshots.js";
import { membersOf, writerOf } from "./services/rds/members.js";
import { CLUSTER, INSTANCE, RETAINED_BACKUP, SNAPSHOT } from "./services/rds/types.js";
import type { CloudResource } from "./store.js";
import { isObject, type Properties } from "./values.js";
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
    if (found.type === CLUSTER) return this.changeWriter(found.id);
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

  /** A manual snapshot. Returns its name. */
  snapshot(name: string, snapshot: string): string {
    return takeSnapshot(this.cloud, this.database(name), snapshot, "manual").id;
  }

  /**
   * Point-in-time restore at the console: a second instance of its own name beside the first, with the same data and
   * another resource id. It begins without deletion protection, without Multi-AZ and in the default groups, as AWS's
   * own restore does where nothing is asked for (RestoreDBInstanceToPointInTime). Returns its resource id.
   */
  pointInTimeRestore(source: string, target: string, more: Properties = {}): string {
    const held = this.database(source);
    return this.addRestored(target, { ...settingsOf(held), ...backedUp(held), ...more });
  }

  /** The instance is deleted and its last backup restored under the same name: same identifier and endpoint, another resource id. Returns that. */
  restoreUnderSameName(name: string, more: Properties = {}): string {
    const held = this.database(name);
    this.vanish(held.type, held.id);
    return this.addRestored(name, { ...settingsOf(held), ...backedUp(held), ...more });
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
    const isManaged = Array.isArray(attributes["masterUserSecrets"]) && attributes["masterUserSecrets"].length > 0;
    const secret = isManaged ? [makeManagedSecret(this.cloud, "db", resourceId, attributes)] : [];
    this.cloud.add(
      INSTANCE,
      resourceId,
      {
        ...attributes,
        identifier,
        resourceId,
        arn: this.cloud.arn("rds", `db:${identifier}`),
        masterUserSecrets: secret,
      },
      { pending: {}, createdAt: new Date().toISOString() },
    );
    return resourceId;
  }
}

/** What a restore at the console takes from the source's settings, where the person restoring chooses the same. */
function settingsOf({ attributes }: CloudResource): Properties {
  const { replicas, latestRestorableTime, ...settings } = attributes;
  return { ...settings, replicas: replicas ?? [], latestRestorableTime };
}
