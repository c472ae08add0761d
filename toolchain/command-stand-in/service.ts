import { isDeepStrictEqual } from "node:util";
import type * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import * as resource from "./command-resource.js";
import { findDifferences } from "./differences.js";
import type { EngineLog } from "./engine-log.js";
import { checkInputs, onlyInputs } from "./inputs.js";
import { withoutNulls, type Properties } from "../stand-in/property-values.js";
import { differenceKind } from "../stand-in/difference-kind.js";
import { unary } from "../stand-in/serve-provider.js";
import { killRunning } from "./run-command.js";

const VERSION = "1.2.1";
const RESOURCE = "command:local:Command";
const FUNCTION = "command:local:run";
/** What the official plugin keeps with its settings: the version of the framework it is written with (pulumi-go-provider 1.3.0). */
const FRAMEWORK = { "__pulumi-go-provider-version": "1.2.0" } as const;

/**
 * `command:local:Command` and `command:local:run` of Pulumi's command provider 1.2.1 as a gRPC service (pulumi/provider.proto),
 * for machines that may not download the plugin: the same inputs, outputs, differences and errors. Assets and
 * the remote resources are not in it.
 */
export function commandService(log: EngineLog): grpc.UntypedServiceImplementation {
  const showing = async <T>(urn: string, work: (show: resource.ShowLine) => Promise<T>): Promise<T> => {
    try {
      return await work((line) => log.show(urn, line));
    } finally {
      await log.delivered();
    }
  };
  return {
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(VERSION);
      return info;
    }),
    checkConfig: unary(checkConfig),
    diffConfig: unary(diffConfig),
    configure: unary(configure),
    check: unary(check),
    diff: unary(diff),
    create: unary(async (request: proto.CreateRequest) => {
      const response = new proto.CreateResponse();
      const inputs = read(request.getProperties());
      if (request.getPreview()) {
        response.setProperties(write(resource.previewCreate(inputs)));
        return response;
      }
      const urn = request.getUrn();
      const { id, state } = await showing(urn, (show) => resource.create(urn, inputs, show));
      response.setId(id);
      response.setProperties(write(state));
      return response;
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const response = new proto.UpdateResponse();
      const olds = read(request.getOlds());
      const news = withIgnored(read(request.getNews()), olds, request.getIgnorechangesList());
      const state = request.getPreview()
        ? resource.previewUpdate(olds, news)
        : await showing(request.getUrn(), (show) => resource.update(olds, news, show));
      response.setProperties(write(state));
      return response;
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      const state = read(request.getProperties());
      await showing(request.getUrn(), (show) => resource.remove(state, show));
      return new Empty();
    }),
    read: unary(readBack),
    invoke: unary(async (request: proto.InvokeRequest) => {
      if (request.getTok() !== FUNCTION) throw notHere(`function ${request.getTok()}`);
      const response = new proto.InvokeResponse();
      const args = read(request.getArgs());
      response.setReturn(write(await showing("", (show) => resource.invokeRun(args, show))));
      return response;
    }),
    cancel: unary(() => {
      killRunning();
      return new Empty();
    }),
  };
}

function checkConfig(request: proto.CheckRequest): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(write({ ...read(request.getNews()), ...FRAMEWORK }));
  return response;
}

/** A stand-in of Holdfast 1.4.0 or older wrote no framework's version: that alone is no change. All else the engine compares. */
function diffConfig(request: proto.DiffRequest): proto.DiffResponse {
  const news = read(request.getNews());
  const olds = { ...FRAMEWORK, ...read(request.getOldInputs()) };
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_UNKNOWN } = proto.DiffResponse.DiffChanges;
  response.setChanges(isDeepStrictEqual(olds, news) ? DIFF_NONE : DIFF_UNKNOWN);
  return response;
}

function configure(): proto.ConfigureResponse {
  const response = new proto.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  return response;
}

function check(request: proto.CheckRequest): proto.CheckResponse {
  const type = request.getUrn().split("::")[2]?.split("$").at(-1) ?? "";
  if (type !== RESOURCE) throw notHere(`resource ${type}`);
  const response = new proto.CheckResponse();
  const inputs = read(request.getNews());
  response.setInputs(write(inputs));
  response.setFailuresList(
    checkInputs(inputs).map(({ property, reason }) => {
      const failure = new proto.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

function diff(request: proto.DiffRequest): proto.DiffResponse {
  const response = new proto.DiffResponse();
  const olds = read(request.getOldInputs());
  const news = withIgnored(read(request.getNews()), read(request.getOlds()), request.getIgnorechangesList());
  const differences = findDifferences(olds, onlyInputs(news));
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(differences.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replaces } of differences) {
    const detail = new proto.PropertyDiff();
    detail.setKind(differenceKind(kind, replaces));
    response.getDetaileddiffMap().set(path, detail);
  }
  response.setDiffsList([...new Set(differences.map(({ input }) => input))]);
  response.setReplacesList(differences.filter(({ replaces }) => replaces).map(({ input }) => input));
  return response;
}

/** There is nothing outside the state to read: it comes back as it is; an import has none. */
function readBack(request: proto.ReadRequest): proto.ReadResponse {
  const response = new proto.ReadResponse();
  response.setId(request.getId());
  response.setProperties(request.getProperties() ?? new Struct());
  response.setInputs(request.getInputs() ?? new Struct());
  return response;
}

function withIgnored(news: Properties, olds: Properties, ignored: readonly string[]): Properties {
  const kept = ignored.filter((name) => name in olds).map((name) => [name, olds[name]] as const);
  return { ...news, ...Object.fromEntries(kept) };
}

function read(struct: Struct | undefined): Properties {
  return withoutNulls(struct?.toJavaScript() ?? {}) as Properties;
}

function write(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

function notHere(what: string): Error {
  return new Error(`the stand-in for the command plugin has no ${what}; it needs the official plugin`);
}
