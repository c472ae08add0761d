import { isAbsolute } from "node:path";
import { FOLDER_FORMATS } from "../engine/core/adopt/tool-folder.js";
import * as pulumi from "@pulumi/pulumi";
import { isFullStackName } from "../engine/core/promotion.js";
import { isRelease } from "../engine/core/compare-releases.js";
import { isConnection } from "./check-values.js";
import { executionFaults } from "./execution.js";
import type { Fault } from "./fault.js";
import type { ContractApproval, SchemaMigrationsArgs } from "./schema-migrations.js";

const MIGRATOR =
  "give DatabaseAccess.connections.migrator, or LocalDatabase.connection; an address goes to `holdfast migrate --url`";

/** Everything that is wrong with the arguments that are known before a deploy; the files have a check of their own. */
export function schemaMigrationsFaults(args: SchemaMigrationsArgs): Fault[] {
  const { release, directory, format, environment, schema, approvals = [], soakSeconds, copyLimitBytes } = args;
  return [
    ...isConnection(args.connection, MIGRATOR),
    ...unless(isRelease(release), "release", release, 'a semantic version, such as "1.4.0"', 'write it without "v"'),
    ...directoryFaults(directory),
    ...formatFaults(format),
    ...unless(environment !== "", "environment", environment, "a name", "leave it out for the stack's name"),
    ...unless(
      isSchemaName(schema),
      "schema",
      schema,
      'letters, digits, "_" and "$", at most 63',
      "leave it out for public",
    ),
    ...approvals.flatMap((approval, index) => approvalFaults(approval, `approvals[${String(index)}]`)),
    ...amountFaults("soakSeconds", soakSeconds, "seconds"),
    ...amountFaults("copyLimitBytes", copyLimitBytes, "bytes"),
    ...promotionFaults(args.promotedFrom),
    ...executionFaults(args.execution),
  ];
}

function unless(isRight: boolean, property: string, value: unknown, allowed: string, way: string): Fault[] {
  return isRight ? [] : [{ property, value, allowed, way }];
}

/** An absolute path differs by machine, and would be a change on each. */
function directoryFaults(directory: string | undefined): Fault[] {
  if (directory === undefined || (directory !== "" && !isAbsolute(directory))) return [];
  const allowed = "a path relative to the project's root";
  return [{ property: "directory", value: directory, allowed, way: 'such as "migrations", which is also the default' }];
}

function formatFaults(format: string | undefined): Fault[] {
  const isKnown = format === undefined || (FOLDER_FORMATS as readonly string[]).includes(format);
  return unless(
    isKnown,
    "format",
    format,
    FOLDER_FORMATS.join(", "),
    "leave it out for files in Holdfast's own format",
  );
}

function promotionFaults(promotedFrom: string | undefined): Fault[] {
  const allowed = "a stack's full name, organization/project/stack";
  const way = 'such as "acme/shop/staging"; of a backend of files the organization is "organization"';
  if (promotedFrom === undefined) return [];
  return isFullStackName(promotedFrom)
    ? ownStack(promotedFrom)
    : unless(false, "promotedFrom", promotedFrom, allowed, way);
}

/** What it has applied itself proves nothing. */
function ownStack(promotedFrom: string): Fault[] {
  const isOwn = promotedFrom === `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  return unless(
    !isOwn,
    "promotedFrom",
    promotedFrom,
    "another stack",
    "name the stack that is deployed before this one",
  );
}

function isSchemaName(schema: string | undefined): boolean {
  return schema === undefined || /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/.test(schema);
}

function approvalFaults({ version, checksum, by, expires }: ContractApproval, at: string): Fault[] {
  const isVersion = typeof version === "string" && version !== "";
  const isInstant = expires === undefined || !Number.isNaN(Date.parse(expires));
  return [
    ...unless(isVersion, `${at}.version`, version, "text, as the file's name spells it", "put it into quotes"),
    ...unless(
      /^[0-9a-f]{64}$/i.test(checksum),
      `${at}.checksum`,
      checksum,
      "a SHA-256 in hex",
      "copy it from `holdfast plan`",
    ),
    ...unless(Boolean(by), `${at}.by`, by, "a text", "say who approved"),
    ...unless(isInstant, `${at}.expires`, expires, "an ISO 8601 instant", 'such as "2027-01-31T12:00:00Z"'),
  ];
}

function amountFaults(property: string, value: number | undefined, unit: string): Fault[] {
  const isRight = value === undefined || (Number.isSafeInteger(value) && value >= 0);
  return unless(isRight, property, value, `a whole number of ${unit}, 0 or more`, "leave it out for the default");
}
