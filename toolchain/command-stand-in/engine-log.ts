import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";

export interface EngineLog {
  /** Shows a line beside the resource while the run goes on; the engine does not keep it. */
  show(urn: string, line: string): void;
  /** Done when the engine has every line shown so far. */
  delivered(): Promise<void>;
}

/** Speaks with the engine at `address`, the first argument it gives a plugin. */
export function connectEngineLog(address: string): EngineLog {
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  let last = Promise.resolve();
  return {
    show: (urn, line) => {
      // One after the other, so that they arrive in order.
      last = last.then(() => send(client, urn, line));
    },
    delivered: () => last,
  };
}

function send(client: EngineClient, urn: string, line: string): Promise<void> {
  const request = new LogRequest();
  request.setSeverity(LogSeverity.INFO);
  request.setMessage(line);
  request.setUrn(urn);
  request.setEphemeral(true);
  // An engine that is gone needs no lines, hence no look at the error.
  return new Promise((resolve) => client.log(request, () => resolve()));
}
