import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { cleanError } from "../fault.js";

/** Beside the built components, and in dist/ where these run from source. */
const PLACES = ["../rotation", "../../dist/rotation", "../../rotation"];

/**
 * The rotation function's code, a folder of the package. Pulumi compares the content, not the path: another checkout shows no
 * change.
 *
 * @throws RunError where the package was not built
 */
export function rotationBundle(): pulumi.asset.Archive {
  const built = PLACES.map((place) => join(__dirname, place, "index.js")).find((path) => existsSync(path));
  if (built === undefined) throw cleanError("The rotation function is not built: npm run build.");
  return new pulumi.asset.FileArchive(dirname(built));
}
