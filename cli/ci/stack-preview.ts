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
  return { ...preview, project, stack, migrations: migrationsIn(steps) ?? (isWhole ? "unchanged" : undefined) };
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
  try {
    const document = asRecord(JSON.parse(new TextDecoder().decode(bytes)));
    return (asList(document?.["steps"]) ?? []).map(asRecord).filter((step) => step !== undefined);
  } catch {
    return [];
  }
}

const TYPE = "holdfast:index:SchemaMigrations";

function migrationsIn(steps: readonly JsonRecord[]): PreviewedMigrations | undefined {
  const step = steps.find((one) => textAt(asRecord(one["newState"]), "type") === TYPE);
  const inputs = asRecord(asRecord(step?.["newState"])?.["inputs"]);
  if (step === undefined || inputs === undefined) return undefined;
  const urn = textAt(step, "urn");
  const outputs = asRecord(asRecord(step["oldState"])?.["outputs"]);
  const reported = asList(outputs?.["appliedMigrations"]);
  return {
    request: requestOf(inputs, urn),
    reported: reported === undefined ? null : (reported as ReportedMigration[]),
    deployedAt: deployedAt(steps, urn),
  };
}

/** The component's inputs are its arguments: what it hands to the command line, too. */
function requestOf(inputs: JsonRecord, urn: string): PreviewedMigrations["request"] {
  const { format, soakSeconds, copyLimitBytes } = inputs as Partial<MigrationsRequest>;
  return {
    directory: textAt(inputs, "directory") || "migrations",
    schema: textAt(inputs, "schema") || "public",
    release: textAt(inputs, "release"),
    environment: textAt(inputs, "environment") || (urn.split(":")[2] ?? ""),
    approvals: (asList(inputs["approvals"]) ?? []) as MigrationsRequest["approvals"],
    ...(format !== undefined && { format }),
    ...(soakSeconds !== undefined && { soakSeconds }),
    ...(copyLimitBytes !== undefined && { copyLimitBytes }),
  };
}

/** The command below the component ran in that deploy: Pulumi notes when it last changed. */
function deployedAt(steps: readonly JsonRecord[], component: string): string | null {
  const command = steps.find((step) => textAt(asRecord(step["oldState"]), "parent") === component);
  return textAt(asRecord(command?.["oldState"]), "modified") || null;
}
