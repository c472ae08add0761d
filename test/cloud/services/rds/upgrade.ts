import { AwsError, type CloudRegion } from "../../cloud-region.js";
import { textOf, type MutableProperties, type Properties } from "../../values.js";
import { isOlder, majorOf, resolveVersion } from "./engine-versions.js";
import { refuseGroupOfOther } from "./parameter-groups.js";

/** Which input names the parameter group, and of which type it is. */
export interface GroupInput {
  readonly property: "parameterGroupName" | "dbClusterParameterGroupName";
  readonly type: string;
}

/**
 * What a wish for another version changes: a database on a major version of its own needs the flag, and a group of the
 * new family in the same call where its own is not AWS's default. @throws AwsError for a version that cannot be gone to
 */
export function upgrade(
  cloud: CloudRegion,
  held: Properties,
  inputs: Properties,
  asked: Properties,
  group: GroupInput,
): MutableProperties {
  const present = String(held["engineVersionActual"]);
  const wish = textOf(asked, "engineVersion") ?? present;
  const engine = String(held["engine"]);
  if (present === wish || present.startsWith(`${wish}.`)) return { engineVersionActual: present };
  const target = resolveVersion(engine, wish);
  if (isOlder(target, present)) {
    throw new AwsError("InvalidParameterCombination", `Cannot upgrade ${engine} from ${present} to ${target}`);
  }
  const isMajor = majorOf(target) !== majorOf(present);
  const heldGroup = String(held[group.property]);
  const wishedGroup = textOf(asked, group.property);
  if (isMajor) refuseMajor(inputs, heldGroup, wishedGroup);
  const next = wishedGroup ?? (isMajor ? `default.${engine}${majorOf(target)}` : heldGroup);
  refuseGroupOfOther(cloud, group.type, next, engine, target);
  return { engineVersionActual: target, [group.property]: next };
}

function refuseMajor(inputs: Properties, heldGroup: string, wishedGroup: string | undefined): void {
  if (inputs["allowMajorVersionUpgrade"] !== true) {
    const reason = "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.";
    throw new AwsError("InvalidParameterCombination", reason);
  }
  if (wishedGroup !== undefined || heldGroup.startsWith("default.")) return;
  const reason = `Current Parameter Group (${heldGroup}) is non-default. You need to explicitly specify a new Parameter Group in this case (default or custom)`;
  throw new AwsError("InvalidParameterCombination", reason);
}
