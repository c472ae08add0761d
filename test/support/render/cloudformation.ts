import { CLOUDFORMATION_TYPES, NOT_IN_CLOUDFORMATION, type CloudFormationType } from "./cloudformation-types.js";
import { REGION } from "../cloud.js";
import { linksAmong, type FindLink, type Link } from "./find-link.js";
import type { RegisteredResource } from "./registered-resources.js";

type Properties = Record<string, unknown>;

interface TemplateResource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Properties;
}

export interface Template {
  readonly AWSTemplateFormatVersion: string;
  readonly Description: string;
  readonly Resources: Record<string, TemplateResource>;
}

/**
 * Resources as CloudFormation templates, one for each region. What CloudFormation has as a property of another resource (a
 * bucket's versioning, a role's policies) goes into that one. What is retained here has the policy that says so.
 *
 * @throws Error for a type that is not in the table
 */
export function renderCloudFormation(resources: readonly RegisteredResource[]): Map<string, Template> {
  const templates = new Map<string, Template>();
  const rendered = new Map<string, TemplateResource>();
  const findLink = linksAmong(resources);
  for (const resource of resources) {
    if (resource.type in NOT_IN_CLOUDFORMATION) continue;
    const type = typeOf(resource);
    if (type.partOf !== undefined) {
      const whole = findLink(resource, type.partOf.input, String(resource.inputs[type.partOf.input]))?.resource;
      const target = whole && rendered.get(whole.urn);
      if (whole === undefined || target === undefined)
        throw new Error(`what ${resource.name} is a part of is not in the template`);
      type.partOf.add(target.Properties, propertiesOf(resource, regionOf(whole), findLink), resource);
    } else {
      const region = regionOf(resource);
      const made = renderResource(resource, propertiesOf(resource, region, findLink));
      rendered.set(resource.urn, made);
      templateOf(templates, region).Resources[logicalId(resource)] = made;
    }
  }
  return templates;
}

function renderResource(resource: RegisteredResource, properties: Properties): TemplateResource {
  const policies = resource.isRetained ? { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" } : {};
  return { Type: typeOf(resource).type, ...policies, Properties: properties };
}

function templateOf(templates: Map<string, Template>, region: string): Template {
  const Description = `What a stack registered in ${region}`;
  const template = templates.get(region) ?? { AWSTemplateFormatVersion: "2010-09-09", Description, Resources: {} };
  templates.set(region, template);
  return template;
}

/** IAM's resources have none: they go with the stack's own. */
function regionOf({ outputs }: RegisteredResource): string {
  return (outputs["region"] as string | undefined) ?? REGION;
}

function typeOf({ type }: RegisteredResource): CloudFormationType {
  const found = CLOUDFORMATION_TYPES[type];
  if (found === undefined) throw new Error(`${type} has no place in the table of CloudFormation's types`);
  return found;
}

/** Names are letters and digits. */
export function logicalId({ type, name }: Pick<RegisteredResource, "type" | "name">): string {
  const kind = type.split(":").at(-1) ?? "";
  return `${pascalCase(name.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase()))}${kind}`;
}

/** @param region of the template that they go into */
function propertiesOf(resource: RegisteredResource, region: string, findLink: FindLink): Properties {
  const type = typeOf(resource);
  const entries = Object.entries(resource.inputs)
    .filter(([input]) => input !== "region" && input !== type.partOf?.input && !(type.leaves ?? []).includes(input))
    .map(([input, value]): [string, unknown] => {
      const express = (text: string): unknown => {
        const link = findLink(resource, input, text);
        // A template cannot name what is in another.
        const isHere = link !== undefined && regionOf(link.resource) === region;
        return isHere ? referenceTo(link) : text;
      };
      return [type.names?.[input] ?? pascalCase(input), renderInput(input, value, express)];
    });
  const properties = Object.fromEntries(entries);
  return type.shape?.(properties) ?? properties;
}

function referenceTo({ resource, attribute }: Link): unknown {
  const { arn = "Arn", id } = typeOf(resource);
  const output = attribute === "arn" ? arn : id;
  // `Ref` is the physical name or id; of some types, the ARN.
  return output === undefined || output === "Ref"
    ? { Ref: logicalId(resource) }
    : { "Fn::GetAtt": [logicalId(resource), output] };
}

/** Inputs that hold a document as text. */
const DOCUMENTS = ["policy", "assumeRolePolicy", "eventPattern"];
/** Maps whose keys are the user's. */
const MAPS = ["variables", "recoveryPointTags", "restoreMetadataOverrides"];

function renderInput(input: string, value: unknown, express: (text: string) => unknown): unknown {
  if (DOCUMENTS.includes(input)) return JSON.parse(String(value)) as unknown;
  if (input === "tags") return listOf(value as Record<string, string>, "Key");
  if (input === "dimensions") return listOf(value as Record<string, string>, "Name", express);
  return renderValue(value, express);
}

function listOf(
  map: Readonly<Record<string, string>>,
  key: string,
  express: (text: string) => unknown = (text) => text,
): object[] {
  return Object.entries(map).map(([name, value]) => ({ [key]: name, Value: express(value) }));
}

function renderValue(value: unknown, express: (text: string) => unknown): unknown {
  if (typeof value === "string") return express(value);
  if (Array.isArray(value)) return value.map((each) => renderValue(each, express));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]: [string, unknown]) => [
    pascalCase(name),
    MAPS.includes(name) ? each : renderValue(each, express),
  ]);
  return Object.fromEntries(entries) as unknown;
}

function pascalCase(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
