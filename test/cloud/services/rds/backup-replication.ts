import type { Behaviour } from "../../behaviour.js";
import { AwsError, newCapitals } from "../../cloud-region.js";
import { isZero } from "../../values.js";
import { requireKey } from "../refuse.js";
import { rangeFaults } from "./instance-faults.js";
import { INSTANCE } from "./types.js";

/** Lies in the region the backups go to. */
export const backupReplication: Behaviour = {
  check: (inputs) => rangeFaults(inputs, "retentionPeriod", 1, 35),
  create: ({ cloud, inputs }) => {
    const source = String(inputs["sourceDbInstanceArn"]);
    const region = source.split(":")[3] ?? "";
    const held = cloud.inRegion(region).findBy(INSTANCE, "arn", source);
    if (held === undefined) throw new AwsError("DBInstanceNotFound", `${source} does not exist`);
    if (region === cloud.region)
      throw new AwsError("InvalidParameterValue", "The source and the destination region must differ.");
    if (isZero(held.attributes["backupRetentionPeriod"])) {
      throw new AwsError("InvalidDBInstanceState", "automated backups are not enabled for the source");
    }
    if (held.attributes["storageEncrypted"] === true && isZero(inputs["kmsKeyId"])) {
      throw new AwsError(
        "InvalidParameterCombination",
        "a key of the destination region is needed, since the source is encrypted",
      );
    }
    requireKey(cloud, inputs["kmsKeyId"]);
    const id = cloud.arn("rds", `auto-backup:simulated-ab-${newCapitals(20).toLowerCase()}`);
    return { id, attributes: {} };
  },
};
