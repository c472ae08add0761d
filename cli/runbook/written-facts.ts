import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findPlace } from "../place.js";
import type { Values } from "./placeholders.js";
import type { Kind } from "./read-page.js";

/** What files in version control say of an instance: they outlive its database, and this machine. */
export interface WrittenFacts {
  readonly kind: Kind | undefined;
  readonly values: Values;
}

/** From holdfast.json and `Pulumi.<stack>.yaml`. */
export function readWrittenFacts(instance: string): WrittenFacts {
  const { project, list } = findPlace();
  const listed = list !== undefined && Object.hasOwn(list.instances, instance) ? list.instances[instance] : undefined;
  const settings = readSettings(join(project.root, `Pulumi.${instance}.yaml`));
  const region = settingIn(settings, "aws:region");
  const copyRegion = settingIn(settings, "copyRegion");
  const place = listed?.backupTo?.[0];
  return {
    kind: kindOf({ url: listed?.url, region, isNamed: listed !== undefined || settings !== undefined }),
    values: {
      ...(place !== undefined && { "backup-place": place }),
      ...(region !== undefined && { region, stack: instance }),
      ...(copyRegion !== undefined && { "copy-region": copyRegion }),
    },
  };
}

/** A stack or entry with neither an address nor a region is an embedded database. */
function kindOf({ url, region, isNamed }: { url: string | undefined; region: string | undefined; isNamed: boolean }) {
  if (url !== undefined) return "elsewhere";
  if (region !== undefined) return "AWS";
  return isNamed ? "embedded" : undefined;
}

function readSettings(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The one line that is needed; Pulumi reads the rest. */
function settingIn(yaml: string | undefined, key: string): string | undefined {
  return yaml === undefined ? undefined : new RegExp(`^[ \\t]*${key}:[ \\t]*["']?([\\w-]+)`, "m").exec(yaml)?.[1];
}
