import * as rds from "@pulumi/aws/rds/index.js";
import { REPLACING_INPUTS } from "../replacing-inputs.js";
import type { ServerContext } from "./server.js";

export interface AuroraGroups {
  readonly cluster: rds.ClusterParameterGroup;
  readonly member: rds.ParameterGroup;
}

/**
 * The cluster's parameter group, and its members', which begins empty: what the cluster's says holds for all. A major version has groups
 * of its own under names of its own, so that an upgrade makes them first and lets the old ones go last.
 */
export function createAuroraGroups({ component, name, identifier, settings, tags }: ServerContext): AuroraGroups {
  const family = `aurora-postgresql${settings.engineVersion}`;
  const pinned = (inputs: readonly string[]) => {
    return { parent: component, ignoreChanges: [...inputs], deleteBeforeReplace: false };
  };
  const cluster = new rds.ClusterParameterGroup(
    `${name}-cluster-parameters-${settings.engineVersion}`,
    {
      name: `${identifier}-${family}`,
      family,
      description: `Parameters of ${identifier} on PostgreSQL ${settings.engineVersion}`,
      parameters: settings.parameters.map(({ applyMethod = "immediate", ...parameter }) => ({
        ...parameter,
        applyMethod,
      })),
      tags,
    },
    pinned(REPLACING_INPUTS["aws:rds/clusterParameterGroup:ClusterParameterGroup"]),
  );
  const member = new rds.ParameterGroup(
    `${name}-member-parameters-${settings.engineVersion}`,
    {
      name: `${identifier}-members-${family}`,
      family,
      description: `Parameters of the members of ${identifier} on PostgreSQL ${settings.engineVersion}`,
      parameters: [],
      skipDestroy: false,
      tags,
    },
    pinned(REPLACING_INPUTS["aws:rds/parameterGroup:ParameterGroup"]),
  );
  return { cluster, member };
}
