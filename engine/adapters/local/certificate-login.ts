import { chown, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CERTIFICATE_FILE, CERTIFICATE_KEY_FILE } from "../../core/certificate-login.js";
import { storageFault } from "./data-root.js";
import { LOCAL_HOST, LOCAL_SUPERUSER, syncFolder, writeDurably } from "./instance-file.js";
import { createSelfSignedCertificate } from "./self-signed-certificate.js";
import { serverUser } from "./server-user.js";

const LOGIN_FOLDER = dirname(CERTIFICATE_FILE);
const ACCESS_FILE = "pg_hba.conf";

/** The superuser by certificate, before what the cluster's own file allows. */
const ACCESS = `hostssl all ${LOCAL_SUPERUSER} ${LOCAL_HOST}/32 cert\ninclude "../data/${ACCESS_FILE}"\n`;

/**
 * Settings with which a server also takes the certificate in the instance's folder, which is made where it is missing: for a
 * new instance, a restored one, or one from before there were certificates. They are given at start, and no file of the cluster
 * names them, so that a copy of the data alone, such as a backup, starts as it is.
 *
 * Pulumi's postgresql provider logs in with it: its configuration can name neither a socket nor a file with a password.
 *
 * @param instanceDirectory holds the data directory as `data`
 * @throws HoldfastError server_not_started where the disk or its rights do not allow it
 */
export async function certificateSettings(instanceDirectory: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(instanceDirectory, LOGIN_FOLDER);
  try {
    if ((await stat(folder).catch(() => undefined)) === undefined) await makeLoginFolder(folder);
  } catch (error) {
    throw storageFault(error, folder);
  }
  return {
    ssl: "on",
    // Relative to the data directory (manual, 19.3.3); hba_file would be so to the folder the server is started in.
    ssl_cert_file: `../${CERTIFICATE_FILE}`,
    ssl_key_file: `../${CERTIFICATE_KEY_FILE}`,
    ssl_ca_file: `../${CERTIFICATE_FILE}`,
    hba_file: join(folder, ACCESS_FILE),
  };
}

/** Whether a running server was started with those settings. */
export async function takesCertificate(dataDirectory: string): Promise<boolean> {
  const options = await readFile(join(dataDirectory, "postmaster.opts"), "utf8").catch(() => "");
  return options.includes("ssl_ca_file=");
}

/** Appears whole or not at all. */
async function makeLoginFolder(folder: string): Promise<void> {
  const building = await mkdtemp(`${folder}.new-`);
  const { certificate, key } = createSelfSignedCertificate({ commonName: LOCAL_SUPERUSER, address: LOCAL_HOST });
  const files = [
    { path: join(building, basename(CERTIFICATE_FILE)), text: certificate },
    { path: join(building, basename(CERTIFICATE_KEY_FILE)), text: key },
    { path: join(building, ACCESS_FILE), text: ACCESS },
  ];
  try {
    for (const { path, text } of files) await writeDurably(path, text, 0o600);
    const user = serverUser();
    const paths = [building, ...files.map(({ path }) => path)];
    if (user !== undefined) await Promise.all(paths.map((path) => chown(path, user.uid, user.gid)));
    await rename(building, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    // Another process was faster.
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
