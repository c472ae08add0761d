import { execFileSync } from "node:child_process";
import { chownSync, chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverUser } from "../../engine/adapters/local/server-user.js";

/** A certificate of `localhost` that signs itself, for a PostgreSQL server with TLS. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
  remove(): void;
}

export interface CertificateOptions {
  /** True: also of the address 127.0.0.1. @default false */
  readonly isForAddress?: boolean;
}

/** Needs `openssl` (or LibreSSL) on PATH. The server takes a key only where nobody else can read it. */
export function makeCertificate({ isForAddress = false }: CertificateOptions = {}): TestCertificate {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-certificate-"));
  const [certificate, key] = [join(directory, "server.crt"), join(directory, "server.key")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", `subjectAltName=DNS:localhost${isForAddress ? ",IP:127.0.0.1" : ""}`],
      ...["-keyout", key, "-out", certificate],
    ],
    { stdio: "pipe" },
  );
  chmodSync(key, 0o600);
  const user = serverUser();
  if (user !== undefined) for (const path of [directory, certificate, key]) chownSync(path, user.uid, user.gid);
  return { certificate, key, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
