/** A real PostgreSQL behind the databases of a simulated cloud, reached as one on AWS: secret, TLS, snapshots, over the API. */
import { once } from "node:events";
import { makeCertificate } from "./certificate.js";
import { startCloudApi } from "./cloud-api.js";
import { cloudOf, type TestCloud } from "./cloud.js";
import { copyDatabase } from "./copy-database.js";
import { createDataRoot } from "./data-root.js";
import { OWNER_ROLE } from "./engine.js";
import { ISOLATED } from "./moto.js";
import { createDatabase, type TestDatabase } from "./postgres.js";
import { createStackHarness, type StackHarness } from "./pulumi.js";
import { startRdsFront } from "./rds-front.js";

export interface ServedCloud {
  readonly harness: StackHarness;
  readonly cloud: TestCloud;
  /** Where every database answers; the program has to ask for it. */
  readonly port: number;
  /** Of the first instance. */
  readonly database: TestDatabase;
  /** The instance of that identifier answers with a copy of the first one's data, as after a restore. */
  restoreBeside(identifier: string): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** The address under which the restored database answers, so that it is told from the first, which has the name. */
const BESIDE = "127.0.0.1";

/**
 * @param identifier of the first instance
 * @param masterUsername as the program has it; may make roles and become the owner, and is no superuser, as on RDS
 * @param files of the stack's folder
 */
export async function startServedCloud(
  identifier: string,
  masterUsername: string,
  files: Readonly<Record<string, string>>,
): Promise<ServedCloud> {
  const certificate = makeCertificate({ isForAddress: true });
  const [database, dataRoot] = await Promise.all([
    createDatabase({ ownerRole: OWNER_ROLE }),
    createDataRoot({ withBinaries: false }),
  ]);
  const restored: { identifier?: string; database?: TestDatabase } = {};
  const admin = await database.server.client();
  await admin.query(`CREATE ROLE ${masterUsername} LOGIN CREATEROLE IN ROLE ${OWNER_ROLE}`);
  /** As RDS sees to: the server knows the password that lies in this instance's secret. */
  const databaseOf = async (name: string | undefined): Promise<string> => {
    const asked = name === undefined ? restored : { identifier, database };
    const { password } = JSON.parse(cloud.secretValue(asked.identifier!)) as { password: string };
    await admin.query(`ALTER ROLE ${masterUsername} PASSWORD '${password}'`);
    return asked.database!.name;
  };
  const front = await startRdsFront(database, { certificate, databaseOf });
  const api = await startCloudApi(() => cloud);
  const credentials = { AWS_ENDPOINT_URL: api.url, AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" };
  const env = { ...ISOLATED, ...credentials, PGSSLROOTCERT: certificate.certificate, HOLDFAST_HOME: dataRoot.path };
  const harness = await createStackHarness({ cloud: true, env, files });
  const cloud = cloudOf(harness);
  cloud.placeDatabaseAt(identifier, front.host);
  return {
    ...{ harness, cloud, database, port: front.port },
    restoreBeside: async (name) => {
      cloud.placeDatabaseAt(name, BESIDE);
      restored.identifier = name;
      return (restored.database = await copyDatabase(database));
    },
    stop: async () => {
      harness.remove();
      await Promise.all([front.stop(), api.stop(), dataRoot.remove(), restored.database?.drop()]);
      await database.drop();
      await admin.query(`DROP ROLE ${masterUsername}`);
      admin.end().catch(() => undefined);
      await once(admin, "end");
      certificate.remove();
    },
  };
}
