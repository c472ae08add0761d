import { RotationFault } from "./rotation-fault.js";

/** The JSON of a version of the secret, in the form RDS gives its own: a client that reads one reads the other. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

export function renderCredential({ username, password }: Credential): string {
  return JSON.stringify({ username, password });
}

/** @throws RotationFault where it is no such JSON. What it is instead is not told. */
export function parseCredential(text: string | undefined): Credential {
  const { username, password } = parseObject(text);
  if (typeof username === "string" && typeof password === "string") return { username, password };
  throw new RotationFault("A version of the secret is not JSON with username and password.");
}

function parseObject(text = ""): { readonly username?: unknown; readonly password?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}
