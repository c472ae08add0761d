/** The stand-in as a process: Pulumi's engine starts it with its own address and speaks gRPC with it. */
import { DependencyResource } from "@pulumi/pulumi/resource.js";
import * as log from "@pulumi/pulumi/log/index.js";
import { ReadRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import { main } from "@pulumi/pulumi/provider/index.js";
import { resetOptions } from "@pulumi/pulumi/runtime/settings.js";
import { CommandStandIn } from "./provider.js";

type State = ReturnType<ReadRequest["getProperties"]>;
const NO_STATE = { toJavaScript: () => ({}) } as unknown as State;

/** The SDK's provider server reads an import's state without looking whether there is one (3.245). */
function tolerateReadsWithoutState(): void {
  const request = ReadRequest.prototype as { getProperties: (this: ReadRequest) => State };
  const getProperties = request.getProperties;
  request.getProperties = function () {
    return getProperties.call(this) ?? NO_STATE;
  };
}

tolerateReadsWithoutState();
const args = process.argv.slice(2);
// Only so that lines of output reach the engine's log; nothing else of these settings is used.
resetOptions("", "", -1, args.find((arg) => !arg.startsWith("-")) ?? "", "", false, "");
const standIn = new CommandStandIn((urn, line) => {
  void log.info(line, urn === "" ? undefined : new DependencyResource(urn), undefined, true);
});
void main(standIn, args);
