import { isKeyArn } from "../check-values.js";
import { describeValue, type Fault } from "../fault.js";
import type { FileStorageArgs } from "./file-storage-args.js";

export const KINDS = ["s3", "vercel-blob"] as const;

/** Arguments that only one kind has. */
const ONLY: Readonly<Record<(typeof KINDS)[number], readonly (keyof FileStorageArgs)[]>> = {
  s3: ["keyArn", "bucketName", "noncurrentVersionDays", "incompleteUploadDays", "accessLog", "objectLock"],
  "vercel-blob": ["tokenSecretArn", "tokenVariable"],
};

/** Everything that is wrong with the arguments; names that are made later are judged where they are made. */
export function fileStorageFaults(args: FileStorageArgs): Fault[] {
  const kind = KINDS.find((known) => known === args.kind);
  if (kind === undefined) {
    const allowed = KINDS.map(describeValue).join(" or ");
    return [{ property: "kind", value: args.kind, allowed, way: "choose where the files are to lie" }];
  }
  const own = kind === "s3" ? s3Faults(args) : vercelFaults(args);
  return [...foreignFaults(args, kind), ...baseUrlFaults(args), ...own];
}

function foreignFaults(args: FileStorageArgs, kind: (typeof KINDS)[number]): Fault[] {
  const others = KINDS.filter((other) => other !== kind).flatMap((other) => ONLY[other]);
  return others
    .filter((property) => args[property] !== undefined)
    .map((property) => ({
      property,
      value: HIDDEN.has(property) ? "(given)" : args[property],
      allowed: `nothing, where kind is ${describeValue(kind)}`,
      way: "leave it out",
    }));
}

/** Where someone may have put the token itself. */
const HIDDEN = new Set<keyof FileStorageArgs>(["tokenSecretArn", "tokenVariable"]);

function baseUrlFaults({ kind, baseUrl }: FileStorageArgs): Fault[] {
  if (baseUrl === undefined) {
    if (kind === "s3") return [];
    const way = "copy the store's URL from its page at Vercel: https://<store>.public.blob.vercel-storage.com";
    return [{ property: "baseUrl", value: undefined, allowed: "an https URL", way }];
  }
  const fault = (value: string, allowed: string, way: string): Fault[] => [
    { property: "baseUrl", value, allowed, way },
  ];
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol !== "https:") {
    return fault(hideCredentials(baseUrl), "an https URL", "write https://<domain>, with a path if need be");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    const allowed = "an https URL without user, password, query and fragment";
    return fault(`${url.origin}${url.pathname}`, allowed, "a base URL is public: leave them out");
  }
  return [];
}

function hideCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//…@").replace(/[?#].*/s, "");
}

function s3Faults(args: FileStorageArgs): Fault[] {
  const { keyArn, bucketName, noncurrentVersionDays, incompleteUploadDays, accessLog, objectLock } = args;
  return [
    ...isKeyArn("keyArn", keyArn),
    ...(bucketName === undefined ? [] : bucketNameFaults("bucketName", bucketName)),
    ...rangeFaults("noncurrentVersionDays", noncurrentVersionDays, 36_500),
    ...rangeFaults("incompleteUploadDays", incompleteUploadDays, 365),
    ...rangeFaults("objectLock.days", objectLock?.days, 36_500),
    ...lockModeFaults(objectLock?.mode),
    ...(accessLog !== undefined && bucketName !== undefined && accessLog.bucketName === bucketName
      ? [
          {
            property: "accessLog.bucketName",
            value: bucketName,
            allowed: "another bucket",
            way: "a log in its own bucket writes about itself without end: name a bucket that is made for logs",
          },
        ]
      : []),
  ];
}

/**
 * What S3 takes (S3 User Guide, "General purpose bucket naming rules"), less the dot: with one in the name the certificate of
 * S3 does not match the bucket's host name.
 */
export function bucketNameFaults(property: string, value: string): Fault[] {
  const isWellFormed = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(value);
  const isReserved = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|-an)$/.test(value);
  if (isWellFormed && !isReserved) return [];
  const allowed =
    "3 to 63 lower-case letters, digits and hyphens, with none of the beginnings and endings S3 keeps for itself";
  return [{ property, value, allowed, way: "give bucketName a name of that form" }];
}

function rangeFaults(property: string, value: number | undefined, most: number): Fault[] {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return [];
  return [{ property, value, allowed: `1 to ${most} days`, way: "give whole days in that range" }];
}

export const LOCK_MODES: readonly string[] = ["governance", "compliance"];

function lockModeFaults(mode: string | undefined): Fault[] {
  if (mode === undefined || LOCK_MODES.includes(mode)) return [];
  const way = '"governance", unless a law wants a lock that nobody can end';
  return [{ property: "objectLock.mode", value: mode, allowed: LOCK_MODES.map(describeValue).join(" or "), way }];
}

function vercelFaults({ tokenSecretArn, tokenVariable }: FileStorageArgs): Fault[] {
  const faults: Fault[] = [];
  if (tokenSecretArn !== undefined && tokenVariable !== undefined) {
    const way = "the token is in one place: leave one of the two out";
    faults.push({ property: "tokenVariable", value: "(given)", allowed: "nothing beside tokenSecretArn", way });
  }
  if (typeof tokenSecretArn === "string" && !isSecretArn(tokenSecretArn)) faults.push(notAReference("tokenSecretArn"));
  if (tokenVariable !== undefined && !isVariable(tokenVariable)) faults.push(notAReference("tokenVariable"));
  return faults;
}

export function isSecretArn(text: string): boolean {
  return /^arn:aws[\w-]*:(secretsmanager:[\w-]+:\d{12}:secret:|ssm:[\w-]+:\d{12}:parameter\/)[\w/.+=@:-]+$/.test(text);
}

/** Vercel's tokens are letters, digits and underscores, too. */
function isVariable(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !/^vercel_blob_rw_/i.test(name) && name.length <= 128;
}

/** What was given may be the token: it is not repeated. */
export function notAReference(property: string): Fault {
  const allowed =
    property === "tokenVariable"
      ? "the name of an environment variable"
      : "the ARN of a secret of Secrets Manager or of a parameter of Systems Manager";
  const way = "never give the token itself: store it, and give its place. One that stood in a program must be renewed";
  return { property, value: "(not shown)", allowed, way };
}
