import type { GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import { HoldfastError } from "../../core/errors.js";
import { awsError, type AwsFault } from "./aws-errors.js";
import { clientSettings, regionMissing, regionOfArn } from "./client-settings.js";

/** Whose password, and where it lies. */
export interface SecretLogin {
  /** The instance, for errors. */
  readonly name: string;
  readonly secretArn: string;
  /** Who logs in; the secret must be this user's. */
  readonly user: string;
}

/**
 * Fetches the password at the moment somebody logs in; nobody keeps it. The form is the one in which RDS writes a master
 * user's secret: `{"username", "password"}` (RDS User Guide, "Password management with AWS Secrets Manager").
 *
 * @throws HoldfastError secret_unusable, aws_region_missing and what awsError names; none holds anything of the secret
 */
export async function fetchSecretLogin(login: SecretLogin): Promise<string> {
  const region = regionOfArn(login.secretArn);
  if (region === undefined) throw regionMissing(login.name);
  const text = await fetchText(login, region);
  const { username, password } = readJson(text);
  if (typeof password !== "string" || password === "" || typeof username !== "string") {
    throw unusable(login, "is not in the form RDS writes, a JSON object with username and password");
  }
  if (username !== login.user) {
    throw unusable(login, `belongs to the user ${username}, and the connection names ${login.user}`);
  }
  return password;
}

async function fetchText(login: SecretLogin, region: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient(clientSettings(region));
  try {
    const answer: GetSecretValueCommandOutput = await client.send(
      new GetSecretValueCommand({ SecretId: login.secretArn }),
    );
    return answer.SecretString ?? "";
  } catch (error) {
    const { name, message } = error as AwsFault;
    if (name === "ResourceNotFoundException")
      throw unusable(login, `is not there, or not in this account and ${region}`);
    if (name === "InvalidRequestException" && /delet/i.test(message)) throw unusable(login, "is waiting to be deleted");
    throw awsError(error, {
      what: `The password of "${login.name}" could not be read`,
      ...{ action: "secretsmanager:GetSecretValue", region },
    });
  } finally {
    client.destroy();
  }
}

/** The parser's own error would quote the text. */
function readJson(text: string): { readonly username?: unknown; readonly password?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function unusable({ name, secretArn }: SecretLogin, fault: string): HoldfastError {
  return new HoldfastError("secret_unusable", `The secret with the password of "${name}" ${fault}: ${secretArn}.`, {
    next:
      "Look at it without its content: aws secretsmanager describe-secret --secret-id <ARN>.\n" +
      "One that waits to be deleted comes back by aws secretsmanager restore-secret. Of a wrong ARN: pulumi up, which exports the present one.",
  });
}
