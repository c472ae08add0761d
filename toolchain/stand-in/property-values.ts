/** How Pulumi marks special values on the wire (sdk: `runtime/rpc.ts`, `specialSigKey`, `specialSecretSig`, `unknownValue`). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** A value that a preview cannot know yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Properties = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: unknown): value is Properties {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

/** The value without any secret marks, however deep. */
export function unwrapSecrets(value: unknown): unknown {
  if (isSecret(value)) return unwrapSecrets(value["value"]);
  if (Array.isArray(value)) return value.map(unwrapSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapSecrets(item)]));
}

/** Without members that are null or undefined, however deep; items of lists stay where they are. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item) ?? null);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(members.map(([key, item]) => [key, withoutNulls(item)]));
}
