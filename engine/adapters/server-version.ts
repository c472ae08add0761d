import type { Client } from "pg";

/**
 * Listens for the server_version that the server reports before it takes a query (manual, ParameterStatus), so that asking
 * costs no round trip. Gives it as server_version_num counts: 14.10 is 140010; 0 where it was not reported.
 */
export function serverVersion(client: Client): () => number {
  let reported = "";
  const { connection } = client as unknown as {
    connection: { on(event: "parameterStatus", listener: (message: ParameterStatus) => void): void };
  };
  connection.on("parameterStatus", ({ parameterName, parameterValue }) => {
    if (parameterName === "server_version") reported = parameterValue;
  });
  return () => versionNumber(reported);
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

function versionNumber(text: string): number {
  const [, major = "0", minor = "0", patch = "0"] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  const [a, b, c] = [Number(major), Number(minor), Number(patch)];
  // Up to 9.6 the first two numbers were the major version.
  return a >= 10 ? a * 10000 + b : a * 10000 + b * 100 + c;
}
