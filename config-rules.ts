/** One rule a key of the stack's settings: which names and types there are. Ranges are the components' own business. */
import { z } from "zod";
import { FOLDER_FORMATS } from "./engine/core/adopt/tool-folder.js";
import { isRelease } from "./engine/core/compare-releases.js";
import { isFullStackName } from "./engine/core/promotion.js";
import { parseBytes, parseSeconds } from "./engine/core/quantities.js";

const text = z.string({ error: "must be text, in quotes" }).min(1, "must not be empty");
const texts = z.array(text, { error: "must be a list" });
const number = z.number({ error: "must be a number" });
const flag = z.boolean({ error: "must be true or false" });

const PORT = "must be 0 for any free one, or 1024 to 65535";
const ENGINES = ["embedded", "postgres", "aurora-postgresql"] as const;

/** One of a few words. */
function word<const T extends readonly [string, ...string[]]>(...words: T) {
  return z.enum(words, { error: `must be one of ${words.join(", ")}` });
}

const instant = z.iso.datetime({
  offset: true,
  error: "must be an ISO 8601 instant, for example 2026-01-31T12:00:00Z",
});

const approval = z.strictObject({
  version: z.string({ error: "must be the version as the file name spells it, in quotes" }),
  checksum: z.string().regex(/^[0-9a-f]{64}$/i, "must be a SHA-256 in hex, as `holdfast plan` prints it"),
  by: z.string().min(1, "must say who approved"),
  expires: instant.optional(),
});

const network = z.strictObject({
  vpcId: text.optional(),
  subnetIds: texts.optional(),
  cidrBlock: text.optional(),
  availabilityZones: texts.optional(),
  endpoints: texts.optional(),
  allowedSecurityGroupIds: z.record(z.string(), text, { error: "must be an object of names and ids" }).optional(),
  allowedCidrBlocks: texts.optional(),
});

const database = z.strictObject({
  engineVersion: text.optional(),
  majorUpgrade: text.optional(),
  databaseName: text.optional(),
  masterUsername: text.optional(),
  port: number.optional(),
  instanceClass: text.optional(),
  multiAz: flag.optional(),
  allocatedStorage: number.optional(),
  maxAllocatedStorage: number.optional(),
  storageType: text.optional(),
  iops: number.optional(),
  storageThroughput: number.optional(),
  readers: number.optional(),
  serverless: z.strictObject({ minCapacity: number, maxCapacity: number }).optional(),
  backupRetentionDays: number.optional(),
  backupWindow: text.optional(),
  maintenanceWindow: text.optional(),
  monitoringInterval: number.optional(),
  performanceInsightsRetentionDays: number.optional(),
  parameters: z.array(z.strictObject({ name: text, value: text, applyMethod: text.optional() })).optional(),
  caCertIdentifier: text.optional(),
  applyImmediately: flag.optional(),
  identifier: text.optional(),
});

const generation = z.strictObject({
  name: text,
  id: text.optional(),
  identifier: text.optional(),
  lost: text.optional(),
  engineVersion: text.optional(),
});

const breakGlass = z.strictObject({ id: text, by: text, reason: text, expires: instant });

const backups = z.strictObject({
  retentionDays: number.optional(),
  schedule: text.optional(),
  copyRegion: text.optional(),
  copyVaultArn: text.optional(),
  restoreTests: flag.optional(),
  locked: flag.optional(),
});

const alarms = z.strictObject({ emails: texts.optional(), topicArn: text.optional() });

const files = z.strictObject({
  kind: word("s3", "vercel-blob"),
  bucketName: text.optional(),
  noncurrentVersionDays: number.optional(),
  incompleteUploadDays: number.optional(),
  accessLog: z.strictObject({ bucketName: text, prefix: text.optional() }).optional(),
  objectLock: z.strictObject({ mode: text, days: number }).optional(),
  baseUrl: text.optional(),
  tokenSecretArn: text.optional(),
  tokenVariable: text.optional(),
});

/** Pulumi hands every value over as text; Pulumi.yaml has the same keys with type, default and meaning. */
export const rules = z.object({
  engine: word(...ENGINES).default("embedded"),
  environment: z.string().optional(),
  release: z.string().refine(isRelease, "must be a semantic version, for example 1.4.0").optional(),
  directory: z.string().default("migrations"),
  format: z.enum(FOLDER_FORMATS, { error: `must be one of ${FOLDER_FORMATS.join(", ")}` }).default("holdfast"),
  schema: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_$]{0,62}$/, "must be a schema's name, at most 63 letters")
    .default("public"),
  approvals: json(z.array(approval), "a list of {version, checksum, by, expires}").default([]),
  soak: quantity(parseSeconds, "must be a time such as 0, 12 h or 7 days").optional(),
  copyLimit: quantity(parseBytes, "must be a size such as 512 MiB or 1 GiB").optional(),
  promotedFrom: z
    .string()
    .refine(isFullStackName, "must be a stack's full name, for example acme/shop/staging")
    .optional(),
  port: z.coerce.number({ error: PORT }).refine(isPort, PORT).default(0),
  runOnEveryDeploy: z
    .enum(["true", "false"], { error: "must be true or false" })
    .transform((value) => value === "true")
    .default(false),
  execution: word("direct", "codebuild").optional(),
  network: json(network, "an object such as {vpcId, subnetIds} or {cidrBlock}").default({}),
  database: json(database, "an object such as {instanceClass, allocatedStorage}").default({}),
  databases: json(z.array(generation), "a list of {name, id, identifier}").optional(),
  activeDatabase: z.string().optional(),
  protection: word("full", "ephemeral").default("full"),
  breakGlass: json(z.array(breakGlass), "a list of {id, by, reason, expires}").default([]),
  backups: json(backups, "an object such as {retentionDays, copyToRegion}").default({}),
  alarms: json(alarms, "an object such as {emails}").default({}),
  files: json(files, 'an object such as {kind: "s3"}').optional(),
});

/** A list or an object reaches the program as JSON text. */
function json<T extends z.ZodType>(rule: T, shape: string) {
  return z
    .string()
    .transform((value, context): unknown => parseJson(value) ?? fault(context, `must be ${shape}`))
    .pipe(rule);
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

function quantity(parse: (text: string) => number | undefined, message: string) {
  return z.string().transform((value, context) => parse(value) ?? fault(context, message));
}

function fault(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

function isPort(port: number): boolean {
  return port === 0 || (Number.isInteger(port) && port >= 1024 && port <= 65_535);
}
