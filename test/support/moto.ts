import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { pythonTool } from "./python-tool.js";

/** A simulated AWS API over HTTP, for whatever speaks to AWS by its SDK. */
export interface Moto {
  /** For AWS_ENDPOINT_URL, which the SDKs and AWS's own command line obey for every service. */
  readonly url: string;
  /** What a process needs to talk to it, with made-up credentials and nothing of this machine's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Forgets everything. Between two tests. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export const MOTO_REGION = "eu-central-1";
/** The account moto plays. */
export const MOTO_ACCOUNT = "123456789012";

/**
 * Starts moto's server on a port that the system chooses. It ends with this process, however that ends: it lives as long as
 * its standard input. The first start on a machine installs it, which takes up to a minute.
 */
export async function startMoto(): Promise<Moto> {
  // Of use to who chooses the version of Node, not to who reads a test's output.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const { python } = await pythonTool({ name: "moto", requirements: join(__dirname, "python", "moto.txt") });
  const child = spawn(python, ["-c", SERVER], { stdio: ["pipe", "pipe", "pipe"] });
  const url = `http://127.0.0.1:${await portOf(child)}`;
  unref(child);
  return {
    url,
    env: { ...ISOLATED, AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" },
    reset: async () => {
      const { status } = await fetch(`${url}/moto-api/reset`, { method: "POST" });
      if (status !== 200) throw new Error(`moto could not be reset: ${status}`);
    },
    stop: () => stop(child),
  };
}

/** Neither this machine's profiles nor a cloud machine's own role gets into a test. */
export const ISOLATED = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
} as const;

/** Port 0 and the port that was bound, in one process: nobody else can take it in between. */
const SERVER = `
import os, sys, threading
from werkzeug.serving import make_server
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.server_port, flush=True)
def end_with_parent():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
server.serve_forever()
`;

async function portOf(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  child.stderr?.on("data", (data: Buffer) => said.push(data.toString()));
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([once(lines, "line"), once(child, "exit").then(() => [])])) as [string?];
  if (line !== undefined) return line;
  throw new Error(`moto's server did not start:\n${said.join("")}`);
}

/** A test process that forgets to stop it can still end. */
function unref(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as { unref(): void }).unref();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, "exit");
  child.stdin?.end();
  await ended;
}
