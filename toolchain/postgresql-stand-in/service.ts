import type * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { differenceKind } from "../stand-in/difference-kind.js";
import { withoutNulls, type Properties } from "../stand-in/property-values.js";
import { unary } from "../stand-in/serve-provider.js";
import type { Values } from "./attributes.js";
import { checkInputs, isDefault } from "./check-inputs.js";
import {
  findDifferences,
  imported,
  planCreate,
  planUpdate,
  settle,
  valuesOf,
  withoutUnknown,
  type Difference,
} from "./plan-values.js";
import { checkSettings, readSettings } from "./provider-settings.js";
import { nameOf, resourceTypeOf } from "./resource-types.js";
import type { Resource, ResourceType } from "./resource-type.js";
import { connectTo, type PostgresServer } from "./server.js";
import { importedInputs, refreshedInputs, wireInputs, wireState } from "./wire-values.js";

/** The version @pulumi/postgresql is locked to. */
const VERSION = "3.18.1";

/**
 * Pulumi's postgresql provider 3.18 as a gRPC service (pulumi/provider.proto), for machines that may not download the plugin:
 * the resources of `resource-types.ts` with the same inputs, states, differences, errors and effects on the server.
 */
export function postgresqlService(): grpc.UntypedServiceImplementation {
  const configured: { server?: PostgresServer } = {};
  const server = (): PostgresServer => {
    if (configured.server === undefined) throw new Error("the provider is not configured");
    return configured.server;
  };
  return {
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(VERSION);
      return info;
    }),
    checkConfig: unary(checkConfig),
    diffConfig: unary(diffConfig),
    configure: unary((request: proto.ConfigureRequest) => {
      configured.server = connectTo(readSettings(read(request.getArgs()), process.env));
      const response = new proto.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    check: unary(check),
    diff: unary(diff),
    create: unary((request: proto.CreateRequest) => create(request, server)),
    update: unary((request: proto.UpdateRequest) => update(request, server)),
    delete: unary(async (request: proto.DeleteRequest) => {
      const { type, urn } = typeOf(request);
      const values = valuesOf(type.attributes, read(request.getProperties()));
      await worded(`deleting ${urn}: `, () => type.delete(server(), { id: request.getId(), values }));
      return new Empty();
    }),
    read: unary((request: proto.ReadRequest) => readBack(request, server)),
    invoke: unary((request: proto.InvokeRequest) => {
      throw new Error(
        `the stand-in for the postgresql plugin has no function ${request.getTok()}; it needs the official plugin`,
      );
    }),
    cancel: unary(() => new Empty()),
  };
}

function checkConfig(request: proto.CheckRequest): proto.CheckResponse {
  const inputs = read(request.getNews());
  const response = new proto.CheckResponse();
  response.setInputs(write(inputs));
  response.setFailuresList(checkSettings(inputs).map(({ property, reason }) => failure(property, reason)));
  return response;
}

function failure(property: string, reason: string): proto.CheckFailure {
  const result = new proto.CheckFailure();
  result.setProperty(property);
  result.setReason(reason);
  return result;
}

/** A provider with other settings works on the same resources: nothing is replaced. */
function diffConfig(request: proto.DiffRequest): proto.DiffResponse {
  const [olds, news] = [read(request.getOldInputs()), read(request.getNews())];
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  const changed = names.filter(
    (name) => name !== "version" && JSON.stringify(olds[name]) !== JSON.stringify(news[name]),
  );
  const response = new proto.DiffResponse();
  const { DIFF_SOME, DIFF_UNKNOWN } = proto.DiffResponse.DiffChanges;
  response.setChanges(changed.length === 0 ? DIFF_UNKNOWN : DIFF_SOME);
  response.setDiffsList(changed);
  return response;
}

function check(request: proto.CheckRequest): proto.CheckResponse {
  const { type, urn } = typeOf(request);
  const { inputs, failures } = checkInputs({
    name: nameOf(urn),
    attributes: type.attributes,
    inputs: read(request.getNews()),
    oldInputs: read(request.getOlds()),
    seed: request.getRandomseed_asU8(),
  });
  const response = new proto.CheckResponse();
  response.setInputs(write(wireInputs(type.attributes, inputs)));
  response.setFailuresList(failures.map((reason) => failure("", reason)));
  return response;
}

function diff(request: proto.DiffRequest): proto.DiffResponse {
  const { type } = typeOf(request);
  const news = read(request.getNews());
  const differences = differencesOf(type, read(request.getOlds()), news);
  const replaces = unique(differences.filter((difference) => difference.replaces));
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(differences.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replaces: isReplaced } of differences) {
    const detail = new proto.PropertyDiff();
    detail.setKind(differenceKind(kind, isReplaced));
    response.getDetaileddiffMap().set(path, detail);
  }
  response.setDiffsList(unique(differences));
  response.setReplacesList(replaces);
  response.setStablesList(stableNames(type, replaces));
  response.setDeletebeforereplace(replaces.length > 0 && isInTheWay(type, news));
  return response;
}

function differencesOf({ attributes }: ResourceType, olds: Properties, news: Properties): Difference[] {
  const [prior, inputs] = [valuesOf(attributes, olds), valuesOf(attributes, news)];
  return findDifferences(attributes, prior, planUpdate(attributes, prior, inputs), inputs);
}

function unique(differences: readonly Difference[]): string[] {
  return [...new Set(differences.map(({ name }) => name))].sort();
}

/** What no update changes. */
function stableNames({ attributes }: ResourceType, replaced: readonly string[]): string[] {
  const names = Object.keys(attributes).filter((name) => attributes[name]?.replaces === true);
  return names.filter((name) => !replaced.includes(name)).sort();
}

/** Two of one name cannot stand beside each other. */
function isInTheWay({ attributes, deletesBeforeReplace = false }: ResourceType, news: Properties): boolean {
  return deletesBeforeReplace || ("name" in attributes && !isDefault(news, "name"));
}

async function create(request: proto.CreateRequest, server: () => PostgresServer): Promise<proto.CreateResponse> {
  const { type } = typeOf(request);
  const { attributes } = type;
  const inputs = valuesOf(attributes, read(request.getProperties()));
  const planned = planCreate(attributes, inputs);
  const response = new proto.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(write(wireState(attributes, UNKNOWN_ID, planned, true)));
    return response;
  }
  const { id, values } = await worded("", async () => {
    const known = withoutUnknown(planned);
    return found(type, server(), await type.create(server(), known, inputs), known);
  });
  response.setId(id);
  response.setProperties(write(wireState(attributes, id, settle(attributes, planned, values))));
  return response;
}

const UNKNOWN_ID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What was just made or changed, as the server has it. */
async function found(type: ResourceType, server: PostgresServer, id: string, values: Values): Promise<Resource> {
  return (await type.read(server, { id, values })) ?? { id, values };
}

async function update(request: proto.UpdateRequest, server: () => PostgresServer): Promise<proto.UpdateResponse> {
  const { type, urn } = typeOf(request);
  const { attributes } = type;
  const prior = valuesOf(attributes, read(request.getOlds()));
  const inputs = valuesOf(attributes, read(request.getNews()));
  const planned = planUpdate(attributes, prior, inputs);
  const response = new proto.UpdateResponse();
  const before = request.getId();
  if (request.getPreview()) {
    response.setProperties(write(wireState(attributes, before, planned)));
    return response;
  }
  const { id, values } = await worded(`updating ${urn}: `, async () => {
    if (type.update === undefined) throw new Error("doesn't support update");
    const after = await type.update(server(), { id: before, prior, planned, writeOnly: inputs });
    return found(type, server(), after, planned);
  });
  response.setProperties(write(wireState(attributes, id, settle(attributes, planned, values))));
  return response;
}

async function readBack(request: proto.ReadRequest, server: () => PostgresServer): Promise<proto.ReadResponse> {
  const { type, urn } = typeOf(request);
  const { attributes } = type;
  const response = new proto.ReadResponse();
  const [state, oldInputs] = [read(request.getProperties()), read(request.getInputs())];
  const isImport = Object.keys(state).length === 0;
  if (isImport && type.canImport !== true) return response;
  const values = valuesOf(attributes, state);
  const resource = await worded(`refreshing ${urn}: `, () => type.read(server(), { id: request.getId(), values }));
  if (resource === undefined) return response;
  const settled = isImport ? imported(attributes, resource.values) : resource.values;
  const inputs = isImport ? importedInputs(attributes, settled) : refreshedInputs(attributes, oldInputs, settled);
  response.setId(resource.id);
  response.setProperties(write(wireState(attributes, resource.id, settled)));
  response.setInputs(write(wireInputs(attributes, inputs)));
  return response;
}

/** @throws Error worded as the official plugin does */
async function worded<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${prefix}1 error occurred:\n\t* ${reason}\n\n`, { cause: error });
  }
}

function typeOf(request: { getUrn(): string }): { type: ResourceType; urn: string } {
  const urn = request.getUrn();
  return { type: resourceTypeOf(urn), urn };
}

function read(struct: Struct | undefined): Properties {
  return withoutNulls(struct?.toJavaScript() ?? {}) as Properties;
}

function write(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}
