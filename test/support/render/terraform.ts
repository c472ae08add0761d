import { linksAmong, type FindLink } from "./find-link.js";
import type { RegisteredResource } from "./registered-resources.js";

/** Plain maps; every other object is a block of its own in Terraform. */
const MAPS = ["tags", "dimensions", "recoveryPointTags", "restoreMetadataOverrides", "variables"];
/** Pulumi's plurals that do not just end in "s". */
const SINGULAR: Readonly<Record<string, string>> = { metricQueries: "metric_query" };
/** Marks an asset or an archive in a state. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/**
 * Resources as a Terraform file, which scanners read. One that was made of another's ARN, id or name refers to it, since checks
 * on how resources belong together look for that.
 */
export function renderTerraform(resources: readonly RegisteredResource[]): string {
  const findLink = linksAmong(resources);
  return resources.map((resource) => renderResource(resource, findLink)).join("\n");
}

/** `aws:rds/instance:Instance` is `aws_db_instance`. */
export function terraformType(type: string): string {
  const [, path = ""] = type.split(":");
  const [module = "", name = ""] = path.split("/");
  const snake = snakeCase(name);
  if (module === "rds") return snake.startsWith("cluster") ? `aws_rds_${snake}` : `aws_db_${snake}`;
  return module === "ec2" ? `aws_${snake}` : `aws_${module}_${snake}`;
}

export function terraformAddress({ type, name }: Pick<RegisteredResource, "type" | "name">): string {
  return `${terraformType(type)}.${name.replace(/[^\w-]/g, "-")}`;
}

/** One input's value, as an expression. */
type Express = (value: string) => string;

function renderResource(resource: RegisteredResource, findLink: FindLink): string {
  const [type = "", label = ""] = terraformAddress(resource).split(".");
  const body = Object.entries(resource.inputs).map(([input, value]) => {
    const express: Express = (text) => {
      const link = findLink(resource, input, text);
      return link === undefined ? quote(text) : `${terraformAddress(link.resource)}.${link.attribute}`;
    };
    return renderProperty(input, value, express, "  ");
  });
  return `resource "${type}" "${label}" {\n${body.join("")}}\n`;
}

function renderProperty(name: string, value: unknown, express: Express, indent: string): string {
  if (value === undefined || value === null || isAsset(value)) return "";
  const blocks = MAPS.includes(name) ? undefined : blocksOf(value);
  if (blocks === undefined) return `${indent}${snakeCase(name)} = ${renderValue(value, express)}\n`;
  const block = Array.isArray(value) ? (SINGULAR[name] ?? snakeCase(name).replace(/s$/, "")) : snakeCase(name);
  return blocks
    .map((body) => {
      const inner = Object.entries(body).map(([key, each]) => renderProperty(key, each, express, `${indent}  `));
      return `${indent}${block} {\n${inner.join("")}${indent}}\n`;
    })
    .join("");
}

function blocksOf(value: unknown): Record<string, unknown>[] | undefined {
  if (Array.isArray(value)) return value.length > 0 && value.every(isRecord) ? value : undefined;
  return isRecord(value) ? [value] : undefined;
}

function renderValue(value: unknown, express: Express): string {
  if (typeof value === "string") return express(value);
  if (Array.isArray(value)) return `[${value.map((each) => renderValue(each, express)).join(", ")}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).map(
      ([key, each]) => `${JSON.stringify(key)} = ${renderValue(each, express)}`,
    );
    return `{ ${entries.join(", ")} }`;
  }
  return JSON.stringify(value);
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll("${", "$${");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAsset(value: unknown): boolean {
  return isRecord(value) && SIGNATURE in value;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
