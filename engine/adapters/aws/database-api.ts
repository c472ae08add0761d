import type { DatabaseApi } from "./cloud-database.js";
import { clusterApi } from "./cluster-api.js";
import { instanceApi } from "./instance-api.js";

/** @param kind of the connection: `rds` or `aurora` */
export function databaseApi(kind: string, region: string): DatabaseApi {
  return kind === "aurora" ? clusterApi(region) : instanceApi(region);
}
