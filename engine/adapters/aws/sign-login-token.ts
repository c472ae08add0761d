import { awsError } from "./aws-errors.js";
import { silenceSdk } from "./client-settings.js";

export interface TokenLogin {
  /** The instance, for errors. */
  readonly name: string;
  readonly region: string;
  /** The database's own endpoint and port: both are part of what is signed. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/**
 * A login token of RDS, signed here without a request: it lets one user in for 15 minutes and stands where the password would
 * (RDS User Guide, "IAM database authentication"). Whether AWS honours it, only the login shows.
 *
 * @throws HoldfastError aws_credentials_missing, aws_credentials_expired
 */
export async function signLoginToken({ name, region, host, port, user }: TokenLogin): Promise<string> {
  silenceSdk();
  const { Signer } = await import("@aws-sdk/rds-signer");
  try {
    return await new Signer({ region, hostname: host, port, username: user }).getAuthToken();
  } catch (error) {
    throw awsError(error, {
      what: `The login token of "${name}" could not be signed`,
      ...{ action: "rds-db:connect", region },
    });
  }
}
