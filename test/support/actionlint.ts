import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cachedTool } from "../../toolchain/cached-tool.js";
import { cacheDirectory } from "../../toolchain/cache-directory.js";
import { runTool, type ToolResult } from "../../toolchain/run-tool.js";

const MODULE = join(__dirname, "actionlint");
const PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint";

/** The linter of GitHub's workflows, built once from its Go module at the version go.mod pins. */
export async function actionlint(...args: string[]): Promise<ToolResult> {
  const digest = createHash("sha256")
    .update(readFileSync(join(MODULE, "go.sum")))
    .digest("hex")
    .slice(0, 12);
  const { directory } = await cachedTool({
    directory: join(cacheDirectory(), "go", `actionlint-${digest}`),
    file: "actionlint",
    progress: (message) => void process.stderr.write(`${message}\n`),
    make: async (place) => {
      const env = { ...process.env, GOFLAGS: "-mod=readonly", GOWORK: "off", CGO_ENABLED: "0" };
      const build = ["build", "-trimpath", "-o", join(place, "actionlint"), PACKAGE];
      const { code, stderr } = await runTool({ command: "go", args: build, cwd: MODULE, env });
      if (code !== 0) throw new Error(`actionlint, which this test needs, does not build with Go: ${stderr}`);
      return "go";
    },
    works: async (place) => (await runTool({ command: join(place, "actionlint"), args: ["-version"] })).code === 0,
  });
  // Only what it knows itself: whether shellcheck is installed here must not change the verdict.
  return runTool({ command: join(directory, "actionlint"), args: ["-shellcheck=", "-pyflakes=", ...args] });
}
