/** The functions of the provider that a program may call. */
import { AwsError, CloudRegion } from "./cloud-region.js";
import type { ProviderSettings } from "./provider-settings.js";
import type { CloudStore } from "./store.js";
import { isObject, isZero, textOf, type Properties } from "./values.js";
import { ZONE_LETTERS } from "./zones.js";

type CloudFunction = (args: Properties, cloud: CloudRegion) => Properties;

const FUNCTIONS: Readonly<Record<string, CloudFunction>> = {
  "aws:index/getRegion:getRegion": (_, { region }) => ({
    id: region,
    name: region,
    description: `Simulated (${region})`,
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
  "aws:index/getCallerIdentity:getCallerIdentity": (_, cloud) => ({
    id: cloud.account,
    accountId: cloud.account,
    arn: cloud.globalArn("iam", "role/simulated-deployer"),
    userId: "simulated-AROAEXAMPLE",
  }),
  "aws:index/getPartition:getPartition": (_, { partition }) => ({
    id: partition,
    partition,
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (_, { region }) => ({
    id: region,
    groupNames: [region],
    names: ZONE_LETTERS.map((letter) => `${region}${letter}`),
    zoneIds: ZONE_LETTERS.map((_letter, index) => `${region}-az${index + 1}`),
  }),
  "aws:ec2/getVpc:getVpc": (args, cloud) => found("aws:ec2/vpc:Vpc", args, cloud),
  "aws:ec2/getSubnet:getSubnet": (args, cloud) => found("aws:ec2/subnet:Subnet", args, cloud),
  "aws:ec2/getSubnets:getSubnets": (args, cloud) => {
    const ids = matching("aws:ec2/subnet:Subnet", args, cloud).map(({ id }) => id);
    return { id: cloud.region, ids };
  },
  "aws:ec2/getRouteTables:getRouteTables": (args, cloud) => ({ id: cloud.region, ids: routeTableIds(args, cloud) }),
  "aws:ec2/getRouteTable:getRouteTable": (args, cloud) => {
    const { routes = [], ...table } = found(ROUTE_TABLE, { id: args["routeTableId"] }, cloud);
    return { ...table, routeTableId: args["routeTableId"], routes };
  },
  "aws:kms/getKey:getKey": (args, cloud) => {
    const wish = textOf(args, "keyId") ?? "";
    const alias = cloud.find("aws:kms/alias:Alias", wish);
    const id = alias === undefined ? (wish.split("/").at(-1) ?? "") : String(alias.attributes["targetKeyId"]);
    return found("aws:kms/key:Key", { id }, cloud);
  },
  "aws:iam/getPolicyDocument:getPolicyDocument": (args) => policyDocument(args),
};

/** @throws Error for a function the simulated cloud does not have */
export function callFunction(
  token: string,
  args: Properties,
  settings: ProviderSettings,
  store: CloudStore,
): Properties {
  const call = FUNCTIONS[token];
  if (call === undefined) throw new Error(`the simulated cloud has no function ${token}`);
  const region = textOf(args, "region") ?? settings.region;
  return { ...args, ...call(args, new CloudRegion(store, settings.account, region)), region };
}

function found(type: string, args: Properties, cloud: CloudRegion): Properties {
  const [only, ...others] = matching(type, args, cloud);
  if (only === undefined) throw new AwsError("NotFound", `no matching ${type} found`);
  if (others.length > 0) throw new AwsError("TooMany", `multiple ${type} matched; use additional constraints`);
  return { ...only.attributes, tags: only.attributes["tagsAll"], id: only.id };
}

/** The data sources' own filters: by `id`, by `vpcId`, by `tags` and by `filters` with the API's names. */
function matching(type: string, args: Properties, cloud: CloudRegion): ReturnType<CloudRegion["list"]> {
  const tags = isObject(args["tags"]) ? Object.entries(args["tags"]) : [];
  const filters = Array.isArray(args["filters"]) ? (args["filters"] as Properties[]) : [];
  return cloud.list(type).filter(({ id, attributes }) => {
    const held = isObject(attributes["tagsAll"]) ? attributes["tagsAll"] : {};
    const byName: Properties = { ...attributes, "vpc-id": attributes["vpcId"], "subnet-id": id };
    return (
      (isZero(args["id"]) || args["id"] === id) &&
      (isZero(args["vpcId"]) || args["vpcId"] === attributes["vpcId"]) &&
      tags.every(([key, value]) => held[key] === value) &&
      filters.every(({ name, values }) => Array.isArray(values) && values.includes(byName[String(name)]))
    );
  });
}

const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";

/** A simulated VPC's main route table leads nowhere and cannot be asked for: only a filter by subnet finds one. */
function routeTableIds(args: Properties, cloud: CloudRegion): string[] {
  const filters = Array.isArray(args["filters"]) ? (args["filters"] as Properties[]) : [];
  const subnets = filters.find(({ name }) => name === "association.subnet-id")?.["values"];
  if (!Array.isArray(subnets)) return [];
  return cloud
    .list("aws:ec2/routeTableAssociation:RouteTableAssociation")
    .filter(({ attributes }) => subnets.includes(attributes["subnetId"]))
    .map(({ attributes }) => String(attributes["routeTableId"]));
}

interface Statement {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: string[];
  readonly notActions?: string[];
  readonly resources?: string[];
  readonly notResources?: string[];
  readonly principals?: { type: string; identifiers: string[] }[];
  readonly conditions?: { test: string; variable: string; values: string[] }[];
}

function policyDocument(args: Properties): Properties {
  const statements = (args["statements"] ?? []) as Statement[];
  const document = { Version: "2012-10-17", Statement: statements.map(policyStatement) };
  const json = JSON.stringify(document, undefined, 2);
  return { id: String(json.length), json, minifiedJson: JSON.stringify(document), version: "2012-10-17" };
}

function policyStatement(statement: Statement): Properties {
  const principals = (statement.principals ?? []).map(({ type, identifiers }) => [type, oneOrMore(identifiers)]);
  const conditions: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of statement.conditions ?? []) {
    conditions[test] = { ...conditions[test], [variable]: oneOrMore(values) };
  }
  return {
    Sid: statement.sid,
    Effect: statement.effect ?? "Allow",
    Action: statement.actions && oneOrMore(statement.actions),
    NotAction: statement.notActions && oneOrMore(statement.notActions),
    Resource: statement.resources && oneOrMore(statement.resources),
    NotResource: statement.notResources && oneOrMore(statement.notResources),
    Principal: principals.length === 0 ? undefined : (Object.fromEntries(principals) as Properties),
    Condition: statement.conditions === undefined ? undefined : conditions,
  };
}

function oneOrMore(values: readonly string[]): unknown {
  return values.length === 1 ? values[0] : values;
}
