import { homedir } from "node:os";
import type * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { CERTIFICATE_FILE, CERTIFICATE_KEY_FILE } from "../engine/core/certificate-login.js";
import { chooseDataRoot } from "../engine/core/data-root.js";
import type { DatabaseConnection } from "../engine/core/database-connection.js";

/** How long Pulumi's provider waits for a connection, in seconds. */
const CONNECT_TIMEOUT_S = 30;

/**
 * What Pulumi's `postgresql` provider is configured with to log in where this connection leads, as its user. There is never a
 * password in it: an embedded database takes the certificate in its folder, one on AWS a token that the provider signs with the
 * AWS credentials of whoever runs Pulumi.
 *
 * Every input that the provider would take from its environment (PGSSLMODE, PGCONNECT_TIMEOUT, PGSUPERUSER, PGDATABASE, …) is
 * stated, so that no machine's settings change a stack. Only the paths of an embedded database's certificate belong to a machine,
 * as that database does.
 *
 * @throws pulumi.RunError for a connection whose password lies in a secret, which this provider cannot fetch
 */
export function providerArgsOf(connection: DatabaseConnection): PlainProviderArgs {
  const { host, port, user, database } = connection;
  const login = { host, port, username: user, database, connectTimeout: CONNECT_TIMEOUT_S, sslmode: "verify-full" };
  if (connection.kind === "embedded") return { ...login, ...certificateArgs(connection), superuser: true };
  if (connection.authentication === "iam") return { ...login, ...tokenArgs(connection), superuser: false };
  throw new pulumi.RunError(
    `Pulumi's postgresql provider cannot log in to ${connection.identifier ?? host} as ${user}: ` +
      `its password lies in a secret, and would have to stand in the provider's configuration.\n` +
      `Give a connection whose authentication is "iam", or let the command line do the work (executor: "command").`,
  );
}

/** Plain values: nothing here is to be waited for. */
export type PlainProviderArgs = {
  readonly [Name in keyof postgresql.ProviderArgs]?: pulumi.Unwrap<postgresql.ProviderArgs[Name]>;
};

function certificateArgs({ project, instance }: DatabaseConnection): PlainProviderArgs {
  const machine = { env: process.env, platform: process.platform, uid: process.getuid?.(), home: homedir() };
  const folder = `${chooseDataRoot(machine)}/${project}/${instance}`;
  const [cert, key] = [`${folder}/${CERTIFICATE_FILE}`, `${folder}/${CERTIFICATE_KEY_FILE}`];
  return { scheme: "postgres", clientcert: { cert, key }, sslrootcert: cert };
}

/**
 * `awspostgres` fetches RDS's certificate authorities from their public address and checks the server's name (gocloud.dev,
 * postgres/awspostgres): no path to a bundle of them stands in the configuration.
 */
function tokenArgs({ region }: DatabaseConnection): PlainProviderArgs {
  return { scheme: "awspostgres", awsRdsIamAuth: true, ...(region === undefined ? {} : { awsRdsIamRegion: region }) };
}
