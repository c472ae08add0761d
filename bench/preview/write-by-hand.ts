import { isProvider, nameOf, ownResources, type DeployedResource } from "./deployed-resource.js";

/**
 * The program somebody would write by hand for the same resources: each registered with the inputs it was deployed with, as
 * constants, and with outputs of others where the deployed one took them from there. Without components, hooks, markers or
 * look-ups, and with one import for each service: the least that a program for these resources can do.
 *
 * @param deployed every resource of the state, in its order, in which none stands before one it depends on
 */
export function writeByHand(deployed: readonly DeployedResource[]): string {
  const own = ownResources(deployed);
  const known = new Map(own.map((resource, index) => [resource.urn, { resource, variable: `r${index}` }]));
  const statements = own.map((resource) => register(resource, known));
  const services = [...new Set(own.map(({ type }) => serviceOf(type)))].sort();
  const imports = services.map(({ alias, module }) => `import * as ${alias} from "${module}";`);
  return ['import * as pulumi from "@pulumi/pulumi";', ...new Set(imports), ...statements, ""].join("\n");
}

/** What SDK and provider add to the inputs of a program. */
const ADDED_ON_THE_WAY: ReadonlySet<string> = new Set(["__defaults", "__internal", "tagsAll"]);

type Known = ReadonlyMap<string, { readonly resource: DeployedResource; readonly variable: string }>;

function register(resource: DeployedResource, known: Known): string {
  const { urn, type, inputs, propertyDependencies = {}, dependencies = [] } = resource;
  const given = Object.entries(inputs)
    .filter(([property]) => !ADDED_ON_THE_WAY.has(property))
    .map(([property, value]) => `  ${property}: ${expression(value, propertyDependencies[property] ?? [], known)},`);
  const others = dependencies.filter((one) => !Object.values(propertyDependencies).flat().includes(one));
  const options = [
    ...providerOption(resource, known),
    ...(others.length === 0 ? [] : [`dependsOn: [${others.map((one) => variableOf(one, known)).join(", ")}]`]),
  ];
  const call = `new ${className(type)}(${JSON.stringify(nameOf(urn))}, {\n${given.join("\n")}\n}`;
  return `const ${variableOf(urn, known)} = ${call}${options.length === 0 ? "" : `, { ${options.join(", ")} }`});`;
}

/** An input: a constant, outputs of others where a string in it is one, and waiting for those of which nothing is seen in it. */
function expression(value: unknown, dependencies: readonly string[], known: Known): string {
  const used = new Set<string>();
  const text = write(value, dependencies, known, used);
  const awaited = dependencies.filter((urn) => !used.has(urn) && known.has(urn));
  if (awaited.length === 0) return text;
  return `pulumi.all([${awaited.map((urn) => `${variableOf(urn, known)}.id`).join(", ")}]).apply(() => (${text}))`;
}

function write(value: unknown, dependencies: readonly string[], known: Known, used: Set<string>): string {
  if (typeof value === "string") return outputLike(value, dependencies, known, used) ?? JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => write(one, dependencies, known, used)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([key]) => !ADDED_ON_THE_WAY.has(key));
  if (entries.some(([key]) => key === SIGNATURE))
    throw new Error("a secret or an asset cannot be written as a constant");
  return `{ ${entries.map(([key, one]) => `${JSON.stringify(key)}: ${write(one, dependencies, known, used)}`).join(", ")} }`;
}

/** By which the engine marks what is no plain value. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function outputLike(
  text: string,
  dependencies: readonly string[],
  known: Known,
  used: Set<string>,
): string | undefined {
  for (const urn of dependencies) {
    const { resource, variable } = known.get(urn) ?? {};
    const found = Object.entries({ ...resource?.outputs, id: resource?.id }).find(([, output]) => output === text);
    if (found === undefined || variable === undefined || text === "") continue;
    used.add(urn);
    return `${variable}.${found[0]}`;
  }
  return undefined;
}

function providerOption({ provider = "" }: DeployedResource, known: Known): string[] {
  const found = known.get(provider.slice(0, provider.lastIndexOf("::")));
  return found === undefined ? [] : [`provider: ${found.variable}`];
}

function variableOf(urn: string, known: Known): string {
  const found = known.get(urn);
  if (found === undefined) throw new Error(`nothing in the state is ${urn}`);
  return found.variable;
}

/** `aws:rds/instance:Instance` is `rds.Instance` of "@pulumi/aws/rds/index.js". */
function className(type: string): string {
  return isProvider(type)
    ? `${serviceOf(type).alias}.Provider`
    : `${serviceOf(type).alias}.${type.split(":")[2] ?? ""}`;
}

function serviceOf(type: string): { readonly alias: string; readonly module: string } {
  const [name = "", path = "", last = ""] = type.split(":");
  if (isProvider(type)) return { alias: `${last}Provider`, module: `@pulumi/${last}/provider.js` };
  const service = path.split("/")[0] ?? "";
  return { alias: service, module: `@pulumi/${name}/${service}/index.js` };
}
