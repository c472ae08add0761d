/** The simulated AWS provider as a process: Pulumi's engine starts it, reads the port it prints and speaks gRPC with it. */
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { cloudService } from "./service.js";
import { CloudStore } from "./store.js";

/** How often it looks whether the engine that started it is still there, in milliseconds. */
const ENGINE_CHECK_MS = 1000;

/** Only a test sets it: so nobody takes the simulated cloud for AWS. */
const folder = process.env["HOLDFAST_SIMULATED_CLOUD"];
if (folder === undefined || folder === "") {
  process.stderr.write("This AWS provider only simulates AWS, for tests: HOLDFAST_SIMULATED_CLOUD names no folder.\n");
  process.exit(1);
}

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(ResourceProviderService, cloudService(new CloudStore(folder), SIMULATED_VERSION));
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${port}\n`);
});

// A killed engine ends nobody.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(0);
}, ENGINE_CHECK_MS);

declare global {
  /** That of the installed @pulumi/aws; set when the plugin is bundled. */
  const SIMULATED_VERSION: string;
}
