import { HoldfastError } from "../../core/errors.js";

/** In milliseconds. A command at a terminal must not hang where a network swallows its packets. */
const CONNECT_TIMEOUT_MS = 5000;
const ANSWER_TIMEOUT_MS = 30_000;
/** With the SDK's own growing pauses, some 10 s. */
const MOST_ATTEMPTS = 5;

/** What every client is made with. Credentials come from where the SDK looks for them: environment, profile, role of the machine. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly retryMode: "standard";
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

export function clientSettings(region: string): ClientSettings {
  silenceSdk();
  return {
    region,
    maxAttempts: MOST_ATTEMPTS,
    retryMode: "standard",
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  };
}

/** It would say from which Node on it is going to be maintained: of use to who chose the SDK, not to who deploys. */
export function silenceSdk(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}

/**
 * `arn:aws:secretsmanager:eu-central-1:123456789012:secret:…` → `eu-central-1` (AWS General Reference, "Amazon Resource Names").
 * Undefined where it is no ARN.
 */
export function regionOfArn(arn: string): string | undefined {
  const [prefix, , , region] = arn.split(":");
  return prefix === "arn" && region !== undefined && region !== "" ? region : undefined;
}

export function regionMissing(name: string): HoldfastError {
  return new HoldfastError("aws_region_missing", `The connection of "${name}" names no AWS region.`, {
    next: "Bring the stack up with the current components, which export it: pulumi up.",
  });
}
