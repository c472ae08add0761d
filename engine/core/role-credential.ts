/** What a secret holds of a role that logs in by a password, in the form RDS gives its own (RDS User Guide, "Password management"). */
export interface RoleCredential {
  readonly username: string;
  readonly password: string;
}

/** Host and port are not in it: after a restore they would lead to the old database. */
export function renderCredential({ username, password }: RoleCredential): string {
  return JSON.stringify({ username, password });
}

/** Undefined where the text is not such JSON. What it is instead is nobody's business: no error quotes it. */
export function parseCredential(text: string): RoleCredential | undefined {
  const { username, password } = parseObject(text);
  return typeof username === "string" && typeof password === "string" && password !== ""
    ? { username, password }
    : undefined;
}

function parseObject(text: string): { readonly username?: unknown; readonly password?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}
