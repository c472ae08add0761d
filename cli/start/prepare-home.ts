import { isAbsolute, join } from "node:path";
import { dataRoot, HoldfastError } from "../../engine/index.js";
import { ensureProviderPlugin, PROVIDER_NAMES, type ProviderPlugin } from "../../toolchain/provider-plugin.js";
import { ensurePulumiCli, pathWith, type PulumiCli } from "../../toolchain/pulumi-cli.js";
import {
  FOREIGN_VARIABLES,
  preparePulumiHome,
  pulumiEnvironment,
  type PulumiHome,
} from "../../toolchain/pulumi-home.js";
import { ToolchainError } from "../../toolchain/toolchain-error.js";
import { linkCheckout } from "../../toolchain/work-directory.js";
import { findProject } from "../project.js";
import { storageError } from "./storage-error.js";
import { showTools } from "./show-tools.js";
import type { StartPlace } from "./start-place.js";

/** Everything Pulumi needs to run this project here, one for each project and user. */
export interface PreparedHome extends PulumiHome {
  readonly project: string;
  readonly cli: PulumiCli;
  readonly plugins: readonly ProviderPlugin[];
  /** What Pulumi's command line is started with, beside this process's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** @throws HoldfastError toolchain_failed, invalid_config where the folder is no Pulumi project */
export async function prepareHome({ checkout, terminal }: StartPlace): Promise<PreparedHome> {
  const project = findProject(checkout).name;
  if (project === undefined) {
    throw new HoldfastError("invalid_config", `There is no Pulumi.yaml with a name in ${checkout}.`, {
      next: "Run npm start in the root of the checkout.",
    });
  }
  // The user's own Pulumi settings lead to another backend and another passphrase.
  for (const name of FOREIGN_VARIABLES) Reflect.deleteProperty(process.env, name);
  const root = join(absoluteDataRoot(), project, "pulumi");
  const tools = showTools(terminal);
  try {
    const cli = await ensurePulumiCli({ projectRoot: checkout, progress: tools.progress });
    const home = preparePulumiHome(root);
    const plugins: ProviderPlugin[] = [];
    for (const name of PROVIDER_NAMES) {
      const request = { name, cli: cli.command, pulumiHome: home.directory, progress: tools.progress };
      plugins.push(await ensureProviderPlugin(request));
    }
    linkCheckout(home.workDirectory, checkout);
    const path = pathWith(cli, process.env["PATH"]);
    const env = { ...pulumiEnvironment(home), PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" };
    return { ...home, project, cli, plugins, env };
  } catch (error) {
    if (error instanceof ToolchainError) {
      throw new HoldfastError("toolchain_failed", error.message, { next: error.next }, { cause: error });
    }
    throw storageError(error, root);
  } finally {
    tools.close();
  }
}

function absoluteDataRoot(): string {
  const root = dataRoot();
  if (isAbsolute(root)) return root;
  throw new HoldfastError("invalid_usage", `HOLDFAST_HOME is "${root}", which is no absolute path.`, {
    next: "Give an absolute path, outside of every repository.",
  });
}
