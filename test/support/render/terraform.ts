import type { RegisteredResource } from "./registered-resources.js";

/** Plain maps; every other object is a block of its own in Terraform. */
const MAPS = ["tags", "dimensions", "recoveryPointTags", "restoreMetadataOverrides", "variables"];
/** Pulumi's plurals that do not just end in "s". */
const SINGULAR: Readonly<Record<string, string>> = { metricQueries: "metricQuery" };
/** Marks an asset or an archive in a state. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/**
 * Resources as a Terraform file, which scanners read. One that names another by its ARN or id refers to it, since checks on
 * how resources belong together look for that.
 */
export function renderTerraform(resources: readonly RegisteredResource[]): string {
  const references = referencesOf(resources);
  return resources.map((resource) => renderResource(resource, references)).join("\n");
}

/** `aws:rds/instance:Instance` is `aws_db_instance`. */
export function terraformType(type: string): string {
  const [, path = ""] = type.split(":");
  const [module = "", name = ""] = path.split("/");
  const snake = snakeCase(name);
  if (module === "rds") return snake.startsWith("cluster") ? `aws_rds_${snake}` : `aws_db_${snake}`;
  return module === "ec2" ? `aws_${snake}` : `aws_${module}_${snake}`;
}

export function terraformAddress({ type, name }: RegisteredResource): string {
  return `${terraformType(type)}.${name.replace(/[^\w-]/g, "-")}`;
}

/** By the value that stands for a resource, the expression that refers to it. */
function referencesOf(resources: readonly RegisteredResource[]): Map<string, string> {
  const references = new Map<string, string>();
  for (const resource of resources) {
    for (const attribute of ["name", "id", "arn"]) {
      const value = attribute === "id" ? resource.id : resource.outputs[attribute];
      // Short ones would be taken for what only looks like them.
      if (typeof value === "string" && value.length > 12)
        references.set(value, `${terraformAddress(resource)}.${attribute}`);
    }
  }
  return references;
}

function renderResource(resource: RegisteredResource, references: ReadonlyMap<string, string>): string {
  const own = `${terraformAddress(resource)}.`;
  const others = new Map([...references].filter(([, expression]) => !expression.startsWith(own)));
  const [type = "", label = ""] = terraformAddress(resource).split(".");
  return `resource "${type}" "${label}" {\n${renderBody(resource.inputs, others, "  ")}}\n`;
}

function renderBody(
  values: Readonly<Record<string, unknown>>,
  references: ReadonlyMap<string, string>,
  indent: string,
): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null && !isAsset(value))
    .map(([name, value]) => renderProperty(name, value, references, indent))
    .join("");
}

function renderProperty(name: string, value: unknown, references: ReadonlyMap<string, string>, indent: string): string {
  const blocks = MAPS.includes(name) ? undefined : blocksOf(value);
  if (blocks === undefined) return `${indent}${snakeCase(name)} = ${renderValue(value, references)}\n`;
  const block = snakeCase(Array.isArray(value) ? (SINGULAR[name] ?? name.replace(/s$/, "")) : name);
  return blocks
    .map((body) => `${indent}${block} {\n${renderBody(body, references, `${indent}  `)}${indent}}\n`)
    .join("");
}

function blocksOf(value: unknown): Record<string, unknown>[] | undefined {
  if (Array.isArray(value)) return value.length > 0 && value.every(isRecord) ? value : undefined;
  return isRecord(value) ? [value] : undefined;
}

function renderValue(value: unknown, references: ReadonlyMap<string, string>): string {
  if (typeof value === "string") return references.get(value) ?? JSON.stringify(value).replaceAll("${", "$${");
  if (Array.isArray(value)) return `[${value.map((each) => renderValue(each, references)).join(", ")}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).map(
      ([key, each]) => `${JSON.stringify(key)} = ${renderValue(each, references)}`,
    );
    return `{ ${entries.join(", ")} }`;
  }
  return JSON.stringify(value);
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
