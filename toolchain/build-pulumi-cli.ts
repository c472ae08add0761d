import { PULUMI_VERSION } from "./pulumi-version.js";
import { runTool } from "./run-tool.js";
import { ToolchainError } from "./toolchain-error.js";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
/** Without symbol tables, and with the version that `pulumi version` answers. */
const LINKER_FLAGS = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`;

const INSTALL_GO = "Install Go from https://go.dev/dl, or the Pulumi CLI from https://www.pulumi.com/docs/install";
const CHECK_NETWORK = "Check the network and GOPROXY (`go env GOPROXY`), then run the command again.";
const CHECK_SPACE = "Check the free disk space and memory (it takes about 2 GiB of each), then run the command again.";

export interface GoBuild {
  /** The Go module that pins the CLI (go.mod, go.sum). */
  readonly moduleDirectory: string;
  /** Where the executable goes. */
  readonly output: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (message: string) => void;
}

/**
 * Builds the pinned Pulumi CLI as a Go tool dependency (`go help tool`): the modules come through Go's module proxy and are
 * checked against go.sum. @throws ToolchainError where Go is missing, the modules cannot be had, or the build fails
 */
export async function buildPulumiCli(build: GoBuild): Promise<void> {
  const env = { ...build.env, GOFLAGS: "-mod=readonly", GOWORK: "off", CGO_ENABLED: "0" };
  const go = (args: string[], onLine?: (line: string) => void): ReturnType<typeof runTool> =>
    runTool({ command: "go", args, cwd: build.moduleDirectory, env, ...(onLine && { onLine }) });

  build.progress("fetching the Pulumi CLI's Go modules");
  const list = await go(["list", "-deps", PACKAGE]);
  if (list.code === null) {
    throw new ToolchainError(`Go cannot be started (${list.stderr}).`, INSTALL_GO);
  }
  if (list.code !== 0) {
    throw new ToolchainError(`The Pulumi CLI's Go modules cannot be fetched: ${lastLine(list.stderr)}`, CHECK_NETWORK);
  }
  const total = list.stdout.split("\n").length;
  let compiled = 0;
  const compile = await go(["build", "-v", "-trimpath", "-ldflags", LINKER_FLAGS, "-o", build.output, PACKAGE], () => {
    compiled += 1;
    if (compiled % 100 === 0) build.progress(`compiling the Pulumi CLI: ${compiled} of at most ${total} packages`);
  });
  if (compile.code !== 0) {
    throw new ToolchainError(
      `The Pulumi CLI ${PULUMI_VERSION} does not build: ${lastLine(compile.stderr)}`,
      CHECK_SPACE,
    );
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
