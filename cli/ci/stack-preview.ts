import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { HoldfastError, type ReportedMigration } from "../../engine/index.js";
import type { ReadPreview } from "../guard/planned-step.js";
import { asList, asRecord, textAt, type JsonRecord } from "../guard/read-json-value.js";
import { readPreview } from "../guard/read-preview.js";
import type { MigrationsRequest } from "../migrations-request.js";

/** What `pulumi preview --json` says of a stack. */
export interface StackPreview extends ReadPreview {
  /** From the URNs; undefined for a preview without a step. */
  readonly project: string | undefined;
  readonly stack: string | undefined;
  /** `unchanged`: nothing would run. Undefined where it cannot be told: the preview failed, or is no one document. */
  readonly migrations: PreviewedMigrations | "unchanged" | undefined;
}

/** The request that SchemaMigrations would make, and what its last deploy reported. */
export interface PreviewedMigrations {
  readonly request: MigrationsRequest;
  /** Null before the first deploy. */
  readonly reported: readonly ReportedMigration[] | null;
  /** When that deploy was, ISO 8601. */
  readonly deployedAt: string | null;
}

/**
 * @param file a path, or - for stdin
 * @throws HoldfastError invalid_preview
 */
export async function readStackPreview(file: string): Promise<StackPreview> {
  const bytes = await read(file);
  const preview = readPreview(bytes, file === "-" ? "stdin" : file);
  const steps = stepsIn(bytes);
  const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(preview.steps[0]?.urn ?? "") ?? [];
  const isWhole = preview.errors === 0 && steps.length > 0;
  const hasCommand = steps.some((step) => COMMAND.test(textAt(step, "urn")));
  const migrations = hasCommand ? migrationsIn(steps) : isWhole ? "unchanged" : undefined;
  return { ...preview, project, stack, migrations };
}

async function read(file: string): Promise<Uint8Array> {
  if (file === "-") return buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    const next = "Name the file with the output of `pulumi preview --json`, or - for stdin.";
    throw new HoldfastError("invalid_preview", `${file} cannot be read (${code}).`, { next }, { cause: error });
  }
}

/** Only of the one document: engine events tell a resource's inputs in another shape, and their reader leaves them out. */
function stepsIn(bytes: Uint8Array): JsonRecord[] {
  const document = asRecord(parse(new TextDecoder().decode(bytes)));
  return (asList(document?.["steps"]) ?? []).map(asRecord).filter((step) => step !== undefined);
}

/** The command of the component SchemaMigrations: its environment has the request, its last output what that found. */
const COMMAND = /holdfast:index:SchemaMigrations\$command:local:Command::/;

function migrationsIn(steps: readonly JsonRecord[]): PreviewedMigrations | undefined {
  const step = steps.find((one) => COMMAND.test(textAt(one, "urn")));
  const [before, after] = [asRecord(step?.["oldState"]), asRecord(step?.["newState"])];
  if (after === undefined) return undefined;
  // Before the database is there, its address is not known, and so is no request: then the component's arguments are.
  const request = requestIn(after) ?? argumentsOf(steps, textAt(after, "parent")) ?? requestIn(before);
  if (request === undefined) return undefined;
  if (before === undefined) return { request, reported: null, deployedAt: null };
  const reported = reportedIn(before);
  return reported && { request, reported, deployedAt: textAt(before, "modified") || null };
}

function requestIn(state: JsonRecord | undefined): MigrationsRequest | undefined {
  const environment = asRecord(asRecord(state?.["inputs"])?.["environment"]);
  const request = asRecord(parse(textAt(environment, "HOLDFAST_REQUEST")));
  return request === undefined ? undefined : requestOf(request, "");
}

function argumentsOf(steps: readonly JsonRecord[], component: string): MigrationsRequest | undefined {
  const inputs = asRecord(asRecord(steps.find((one) => textAt(one, "urn") === component)?.["newState"])?.["inputs"]);
  return inputs === undefined ? undefined : requestOf(inputs, component.split(":")[2] ?? "");
}

function requestOf(given: JsonRecord, stack: string): MigrationsRequest {
  const { format, soakSeconds, copyLimitBytes } = given as Partial<MigrationsRequest>;
  return {
    directory: textAt(given, "directory") || "migrations",
    schema: textAt(given, "schema") || "public",
    release: textAt(given, "release"),
    environment: textAt(given, "environment") || stack,
    approvals: (asList(given["approvals"]) ?? []) as MigrationsRequest["approvals"],
    ...(format !== undefined && { format }),
    ...(soakSeconds !== undefined && { soakSeconds }),
    ...(copyLimitBytes !== undefined && { copyLimitBytes }),
  };
}

function reportedIn(state: JsonRecord): readonly ReportedMigration[] | undefined {
  const summary = asRecord(parse(textAt(asRecord(state["outputs"]), "stdout")));
  return asList(summary?.["appliedMigrations"]) as readonly ReportedMigration[] | undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
