import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";

export interface ProviderToServe {
  /** @param engineAddress where the engine that started it listens, the first argument it gives a plugin */
  readonly service: (engineAddress: string) => grpc.UntypedServiceImplementation;
  /** Whether something is under way that would be cut off in the middle of its work. */
  readonly isBusy: () => boolean;
}

/** How often it looks whether the engine that started it is still there, in milliseconds. */
const ENGINE_CHECK_MS = 1000;

/** Makes this process a plugin: Pulumi's engine starts it with its own address, reads the port it prints and speaks gRPC with it. */
export function serveProvider({ service, isBusy }: ProviderToServe): void {
  const [engineAddress = ""] = process.argv.slice(2).filter((arg) => !arg.startsWith("-"));
  // Outputs may be larger than gRPC's default of 4 MiB.
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, service(engineAddress));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${port}\n`);
  });
  // A killed engine ends nobody. What still runs may finish.
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine && !isBusy()) process.exit(0);
  }, ENGINE_CHECK_MS);
}

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

/** A method of the service out of a function: what it throws is the call's error. */
export function unary<Request, Response>(handle: Handler<Request, Response>): grpc.UntypedHandleCall {
  const call: grpc.handleUnaryCall<Request, Response> = ({ request }, callback) => {
    void (async () => handle(request))().then(
      (response) => callback(null, response),
      (error: unknown) =>
        callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
    );
  };
  return call as grpc.UntypedHandleCall;
}
