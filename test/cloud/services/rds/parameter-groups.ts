import type { Behaviour } from "../../behaviour.js";
import { AwsError, type CloudRegion } from "../../cloud-region.js";
import type { CloudResource } from "../../store.js";
import { isObject, textOf, type Properties } from "../../values.js";
import { nameOf } from "../physical-name.js";
import { refuseTaken } from "../refuse.js";
import { majorOf } from "./engine-versions.js";
import { CLUSTER, CLUSTER_INSTANCE, CLUSTER_PARAMETER_GROUP, INSTANCE, PARAMETER_GROUP } from "./types.js";

/** Parameters that need a restart (PostgreSQL manual, `pg_settings.context` postmaster; AWS: apply type static). */
const STATIC = [
  "autovacuum_freeze_max_age",
  "autovacuum_max_workers",
  "max_connections",
  "max_locks_per_transaction",
  "max_prepared_transactions",
  "max_replication_slots",
  "max_wal_senders",
  "max_worker_processes",
  "rds.logical_replication",
  "shared_buffers",
  "shared_preload_libraries",
  "track_activity_query_size",
  "track_commit_timestamp",
  "wal_buffers",
];

function parameterGroup(type: string, arnPart: string): Behaviour {
  return {
    autoname: { property: "name" },
    /** `applyMethod` has a default of Pulumi's own. */
    fill: (inputs) => {
      const { parameters } = inputs;
      if (!Array.isArray(parameters)) return inputs;
      return {
        ...inputs,
        parameters: parameters.map((item) =>
          isObject(item) ? { applyMethod: "immediate", ...item } : (item as unknown),
        ),
      };
    },
    check: (inputs) => {
      const name = textOf(inputs, "name");
      if (name === undefined || /^[a-z][0-9a-z.-]*$/.test(name)) return [];
      return [
        {
          property: "name",
          reason: `only lowercase alphanumeric characters, periods, and hyphens allowed in parameter group "name", got ${name}`,
        },
      ];
    },
    create: ({ cloud, inputs }) => {
      const name = nameOf(inputs).toLowerCase();
      refuseTaken(cloud, type, name, "DBParameterGroupAlreadyExists");
      refuseFamily(textOf(inputs, "family") ?? "");
      refuseParameters(inputs);
      return { id: name, attributes: { name, arn: cloud.arn("rds", `${arnPart}:${name}`) } };
    },
    update: ({ inputs }) => {
      refuseParameters(inputs);
      return undefined;
    },
    delete: ({ cloud, resource, state }) => {
      if (state["skipDestroy"] === true) return "kept";
      const user = groupUser(cloud, type, resource.id);
      if (user === undefined) return undefined;
      throw new AwsError(
        "InvalidDBParameterGroupState",
        `One or more database instances are still members of this parameter group ${resource.id}, so the group cannot be deleted`,
      );
    },
  };
}

/** @throws AwsError for a family AWS does not have */
function refuseFamily(family: string): void {
  if (/^(aurora-)?postgres(ql)?1[0-9]$/.test(family)) return;
  throw new AwsError("InvalidParameterValue", `ParameterGroupFamily ${family} is not a valid parameter group family`);
}

function refuseParameters({ parameters }: Properties): void {
  for (const item of Array.isArray(parameters) ? (parameters as Properties[]) : []) {
    const name = String(item["name"]);
    if (STATIC.includes(name) && item["applyMethod"] === "immediate") {
      throw new AwsError(
        "InvalidParameterCombination",
        `cannot use immediate apply method for static parameter ${name}`,
      );
    }
  }
}

function groupUser(cloud: CloudRegion, type: string, name: string): CloudResource | undefined {
  const uses = ({ attributes, hidden }: CloudResource): boolean => {
    const pending = isObject(hidden["pending"]) ? hidden["pending"] : {};
    const names = [
      "parameterGroupName",
      "dbParameterGroupName",
      "dbClusterParameterGroupName",
      "dbInstanceParameterGroupName",
    ];
    return names.some((key) => isSameKind(key) && (attributes[key] === name || pending[key] === name));
  };
  const isSameKind = (key: string): boolean =>
    (key === "dbClusterParameterGroupName") === (type === CLUSTER_PARAMETER_GROUP);
  return [INSTANCE, CLUSTER, CLUSTER_INSTANCE].flatMap((one) => cloud.list(one)).find(uses);
}

/** The family of a group, also of AWS's own `default.…`. @throws AwsError for a group that is not there */
export function familyOf(cloud: CloudRegion, type: string, name: string): string {
  if (name.startsWith("default.")) return name.slice("default.".length);
  const group = cloud.find(type, name);
  if (group === undefined) throw new AwsError("DBParameterGroupNotFound", `DBParameterGroup not found: ${name}`);
  return String(group.attributes["family"]);
}

/** @throws AwsError where the group is of another engine or major version */
export function refuseGroupOfOther(
  cloud: CloudRegion,
  type: string,
  name: string,
  engine: string,
  version: string,
): void {
  const family = familyOf(cloud, type, name);
  const wanted = `${engine}${majorOf(version)}`;
  if (family === wanted) return;
  throw new AwsError(
    "InvalidParameterCombination",
    `The parameter group ${name} with DBParameterGroupFamily ${family} can't be used for this instance. Please use a Parameter Group with DBParameterGroupFamily ${wanted}`,
  );
}

export const parameterGroupBehaviours = {
  [PARAMETER_GROUP]: parameterGroup(PARAMETER_GROUP, "pg"),
  [CLUSTER_PARAMETER_GROUP]: parameterGroup(CLUSTER_PARAMETER_GROUP, "cluster-pg"),
};
