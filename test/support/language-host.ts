/**
 * A small language host: what the CLI starts for a Node.js program, as far as running one needs it. It hands the program to the
 * SDK's own loader (cmd/run) with the settings of Pulumi.yaml, as Pulumi's host does, and says its port on stdout. A folder with
 * a PulumiPlugin.yaml it hands to the loader of plugins (cmd/run-plugin).
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { sendUnaryData, Server, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import type { RunPluginRequest, RunPluginResponse, RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb.js";

const SDK = dirname(require.resolve("@pulumi/pulumi/package.json"));
/** The SDK's own copies of gRPC and protobuf: messages of another copy would not be taken. */
const load = createRequire(join(SDK, "package.json"));
const grpc = load("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
const { Empty } = load("google-protobuf/google/protobuf/empty_pb.js") as { Empty: new () => object };
const messages = load("@pulumi/pulumi/proto/language_pb.js") as typeof import("@pulumi/pulumi/proto/language_pb.js");
const { PluginInfo } = load("@pulumi/pulumi/proto/plugin_pb.js") as { PluginInfo: new () => object };
const { LanguageRuntimeService } = load("@pulumi/pulumi/proto/language_grpc_pb.js") as {
  LanguageRuntimeService: Parameters<Server["addService"]>[0];
};

const engineAddress = process.argv.at(-1) ?? "";

function run({ request }: ServerUnaryCall<RunRequest, RunResponse>, answer: sendUnaryData<RunResponse>): void {
  const info = request.getInfo();
  const options = (info?.getOptions()?.toJavaScript() ?? {}) as { readonly nodeargs?: string };
  const program = join(info?.getProgramDirectory() ?? "", info?.getEntryPoint() ?? "");
  const config = Object.fromEntries(request.getConfigMap().getEntryList());
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeargs ?? "").split(" ").filter((word) => word !== ""),
      join(SDK, "cmd", "run"),
      ...[
        "--project",
        request.getProject(),
        "--stack",
        request.getStack(),
        "--organization",
        request.getOrganization(),
      ],
      ...["--monitor", request.getMonitorAddress(), "--engine", engineAddress, "--pwd", request.getPwd()],
      ...["--parallel", String(request.getParallel()), ...(request.getDryrun() ? ["--dry-run"] : [])],
      program,
    ],
    {
      cwd: request.getPwd(),
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: "false",
      },
      // The CLI reads this process's output as its own business.
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  child.once("close", (code) => {
    const response = new messages.RunResponse();
    // 32: the program failed, and has told why itself (the SDK's nodeJSProcessExitedAfterLoggingUserActionableMessage).
    if (code === 32) response.setBail(true);
    else if (code !== 0) response.setError(`the program ended with ${code}`);
    answer(null, response);
  });
}

/** A plugin says its port on stdout, and lives until the CLI has done with it. */
function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const { request } = call;
  const variables = request.getEnvList().map((entry): [string, string] => {
    return [entry.split("=", 1)[0] ?? "", entry.replace(/^[^=]*=/, "")];
  });
  const program = request.getInfo()?.getProgramDirectory() ?? "";
  const loader = [join(SDK, "cmd", "run-plugin"), program, ...request.getArgsList()];
  const child = spawn(process.execPath, loader, {
    cwd: request.getPwd(),
    env: { ...process.env, ...Object.fromEntries(variables) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const tell = (fill: (response: RunPluginResponse) => void): void => {
    const response = new messages.RunPluginResponse();
    fill(response);
    call.write(response);
  };
  child.stdout.on("data", (data: Buffer) => tell((response) => response.setStdout(data)));
  child.stderr.on("data", (data: Buffer) => tell((response) => response.setStderr(data)));
  child.once("close", (code) => {
    tell((response) => response.setExitcode(code ?? 1));
    call.end();
  });
  call.on("cancelled", () => child.kill());
}

const server = new grpc.Server();
const nothing = (_: unknown, answer: (error: null, response: object) => void): void => answer(null, new Empty());
const handlers = {
  handshake: (_: unknown, answer: (error: null, response: object) => void) =>
    answer(null, new messages.LanguageHandshakeResponse()),
  getRequiredPackages: (_: unknown, answer: (error: null, response: object) => void) =>
    answer(null, new messages.GetRequiredPackagesResponse()),
  getRequiredPlugins: (_: unknown, answer: (error: null, response: object) => void) =>
    answer(null, new messages.GetRequiredPluginsResponse()),
  getPluginInfo: (_: unknown, answer: (error: null, response: object) => void) => answer(null, new PluginInfo()),
  cancel: nothing,
  run,
  runPlugin,
  // The checkout has its packages already.
  installDependencies: (call: { end(): void }) => call.end(),
};
server.addService(LanguageRuntimeService, handlers);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${port}\n`);
});
