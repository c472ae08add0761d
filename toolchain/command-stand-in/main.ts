/** The stand-in as a process: Pulumi's engine starts it with its own address, reads the port it prints and speaks gRPC with it. */
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { connectEngineLog } from "./engine-log.js";
import { isRunning } from "./run-command.js";
import { commandService } from "./service.js";

/** How often it looks whether the engine that started it is still there, in milliseconds. */
const ENGINE_CHECK_MS = 1000;

const [engineAddress = ""] = process.argv.slice(2).filter((arg) => !arg.startsWith("-"));
// Outputs may be larger than gRPC's default of 4 MiB.
const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(ResourceProviderService, commandService(connectEngineLog(engineAddress)));
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${port}\n`);
});

// A killed engine ends nobody. What still runs may finish: cutting its output off would end it in the middle of its work.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine && !isRunning()) process.exit(0);
}, ENGINE_CHECK_MS);
