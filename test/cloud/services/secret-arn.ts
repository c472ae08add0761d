import { randomBytes } from "node:crypto";
import type { CloudRegion } from "../cloud-region.js";

/** Secrets Manager appends six characters to the name, so that a secret made anew under the same name is another. */
export function secretArn(cloud: CloudRegion, name: string): string {
  return cloud.arn(
    "secretsmanager",
    `secret:${name}-${randomBytes(5).toString("base64url").replace(/[-_]/g, "x").slice(0, 6)}`,
  );
}
