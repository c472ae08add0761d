import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { installLanguageHost } from "../../test/support/pulumi-command.js";

/** The folder of Pulumi's own language host where it is on PATH, and else of the tests' small one, which starts slower. */
export async function findLanguageHost(folder: string): Promise<string> {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    const isThere = await access(join(directory, "pulumi-language-nodejs")).then(
      () => true,
      () => false,
    );
    if (isThere) return directory;
  }
  await installLanguageHost(folder);
  return folder;
}
