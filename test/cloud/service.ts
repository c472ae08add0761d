import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { Naming } from "./autoname.js";
import { check } from "./check.js";
import { asksForDeleteFirst } from "./delete-before-replace.js";
import { findDifferences, type DifferenceKind } from "./diff.js";
import { factsOf } from "./facts/index.js";
import { callFunction } from "./functions.js";
import * as lifecycle from "./lifecycle.js";
import { readSettings, type ProviderSettings } from "./provider-settings.js";
import { behaviourOf } from "./services/index.js";
import type { CloudCall, CloudStore } from "./store.js";
import { canonical } from "./diff.js";
import { omit, readStruct, secret, writeStruct, type Properties } from "./values.js";

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

/**
 * Pulumi's AWS provider as a gRPC service (pulumi/provider.proto) over a simulated cloud. The SDK's own provider server
 * tells no detailed differences, which are what the tests are about.
 */
export function cloudService(store: CloudStore, version: string): grpc.UntypedServiceImplementation {
  let settings: ProviderSettings | undefined;
  const kindOf = (urn: string): lifecycle.Kind => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    if (settings === undefined) throw new Error("the provider is not configured");
    return { type, facts: factsOf(type), behaviour: behaviourOf(type), settings, store };
  };
  const logged = <T>(act: CloudCall["act"], request: { getUrn(): string }, id: string, work: () => T): T => {
    const urn = request.getUrn();
    const call = { time: Date.now(), act, type: kindOf(urn).type, urn };
    try {
      const result = work();
      store.log({ ...call, id: idOf(result) ?? id });
      return result;
    } catch (error) {
      store.log({ ...call, id, error: textOf(error) });
      throw error;
    }
  };
  return {
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    }),
    checkConfig: unary(checkConfig),
    diffConfig: unary(diffConfig),
    configure: unary((request: proto.ConfigureRequest) => {
      settings = readSettings(readStruct(request.getArgs()));
      const response = new proto.ConfigureResponse();
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    check: unary((request: proto.CheckRequest) => {
      const { facts, behaviour, settings: provider } = kindOf(request.getUrn());
      const olds = readStruct(request.getOlds());
      const news = readStruct(request.getNews());
      const checked = check({ facts, behaviour, settings: provider, olds, news, naming: namingOf(request) });
      return checkResponse(checked.inputs, checked.faults);
    }),
    diff: unary((request: proto.DiffRequest) => diffResponse(kindOf(request.getUrn()), request)),
    create: unary((request: proto.CreateRequest) => {
      const kind = kindOf(request.getUrn());
      const inputs = readStruct(request.getProperties());
      const response = new proto.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(writeOutputs(kind, lifecycle.previewCreate(kind, inputs)));
        return response;
      }
      const { id, outputs } = logged("create", request, "", () => lifecycle.create(kind, inputs));
      response.setId(id);
      response.setProperties(writeOutputs(kind, outputs));
      return response;
    }),
    update: unary((request: proto.UpdateRequest) => {
      const kind = kindOf(request.getUrn());
      const change = {
        id: request.getId(),
        state: readStruct(request.getOlds()),
        inputs: readStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
      };
      const response = new proto.UpdateResponse();
      const outputs = request.getPreview()
        ? lifecycle.previewUpdate(kind, change)
        : logged("update", request, change.id, () => lifecycle.update(kind, change)).outputs;
      response.setProperties(writeOutputs(kind, outputs));
      return response;
    }),
    delete: unary((request: proto.DeleteRequest) => {
      const kind = kindOf(request.getUrn());
      const state = readStruct(request.getProperties());
      logged("delete", request, request.getId(), () => lifecycle.remove(kind, request.getId(), state));
      return new Empty();
    }),
    read: unary((request: proto.ReadRequest) => {
      const kind = kindOf(request.getUrn());
      const state = readStruct(request.getProperties());
      const inputs = readStruct(request.getInputs());
      const found = logged("read", request, request.getId(), () =>
        lifecycle.read(kind, request.getId(), state, inputs),
      );
      const response = new proto.ReadResponse();
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(writeOutputs(kind, found.outputs));
      response.setInputs(writeOutputs(kind, found.inputs));
      return response;
    }),
    invoke: unary((request: proto.InvokeRequest) => {
      if (settings === undefined) throw new Error("the provider is not configured");
      const response = new proto.InvokeResponse();
      response.setReturn(writeStruct(callFunction(request.getTok(), readStruct(request.getArgs()), settings, store)));
      return response;
    }),
    cancel: unary(() => new Empty()),
  };
}

/** The provider's own inputs come back as they are; a missing region is found by `configure`. */
function checkConfig(request: proto.CheckRequest): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(writeStruct(readStruct(request.getNews())));
  return response;
}

/** No setting of the provider replaces it, the region neither: every resource keeps its own (pulumi-aws 7). */
function diffConfig(request: proto.DiffRequest): proto.DiffResponse {
  const olds = readStruct(request.getOldInputs() ?? request.getOlds());
  const news = readStruct(request.getNews());
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const changed = names.filter((name) => name !== "version" && canonical(olds[name]) !== canonical(news[name]));
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(changed);
  return response;
}

function namingOf(request: proto.CheckRequest): Naming {
  const logicalName = request.getUrn().split("::").slice(3).join("::");
  const wish = request.getAutonaming();
  const modes = ["propose", "enforce", "disable"] as const;
  return {
    logicalName,
    seed: request.getRandomseed_asU8(),
    wish: wish && { mode: modes[wish.getMode()] ?? "propose", name: wish.getProposedName() },
  };
}

function checkResponse(
  inputs: Properties,
  faults: readonly { property: string; reason: string }[],
): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(writeStruct(inputs));
  response.setFailuresList(
    faults.map(({ property, reason }) => {
      const failure = new proto.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

const { Kind } = proto.PropertyDiff;
const KINDS: Readonly<Record<DifferenceKind, { plain: proto.PropertyDiff.Kind; replace: proto.PropertyDiff.Kind }>> = {
  add: { plain: Kind.ADD, replace: Kind.ADD_REPLACE },
  delete: { plain: Kind.DELETE, replace: Kind.DELETE_REPLACE },
  update: { plain: Kind.UPDATE, replace: Kind.UPDATE_REPLACE },
};

function diffResponse({ facts, behaviour }: lifecycle.Kind, request: proto.DiffRequest): proto.DiffResponse {
  const inputs = readStruct(request.getNews());
  const differences = findDifferences({
    facts,
    behaviour,
    state: readStruct(request.getOlds()),
    inputs,
    ignoreChanges: request.getIgnorechangesList(),
  });
  const replaces = [...new Set(differences.filter((one) => one.replaces).map(({ property }) => property))];
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(differences.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replaces: isReplace } of differences) {
    const detail = new proto.PropertyDiff();
    detail.setKind(isReplace ? KINDS[kind].replace : KINDS[kind].plain);
    response.getDetaileddiffMap().set(path, detail);
  }
  response.setDiffsList([...new Set(differences.map(({ property }) => property))]);
  response.setReplacesList(replaces);
  response.setDeletebeforereplace(replaces.length > 0 && asksForDeleteFirst(behaviour, inputs));
  return response;
}

/** What the type marks as sensitive leaves the provider as a secret. */
function writeOutputs({ behaviour }: lifecycle.Kind, outputs: Properties): ReturnType<typeof writeStruct> {
  const names = (behaviour.secrets ?? []).filter((name) => name in outputs);
  const marked = Object.fromEntries(names.map((name) => [name, secret(outputs[name])]));
  return writeStruct({ ...omit(outputs, names), ...marked });
}

function idOf(result: unknown): string | undefined {
  return (result as { id?: string } | undefined)?.id;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unary<Request, Response>(handle: Handler<Request, Response>): grpc.UntypedHandleCall {
  const call: grpc.handleUnaryCall<Request, Response> = ({ request }, callback) => {
    void (async () => handle(request))().then(
      (response) => callback(null, response),
      (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: textOf(error) }),
    );
  };
  return call as grpc.UntypedHandleCall;
}
