import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

export interface CertificateRequest {
  /** Common name of subject and issuer. */
  readonly commonName: string;
  /** The server's IPv4 address. */
  readonly address: string;
}

export interface SelfSignedCertificate {
  /** PEM */
  readonly certificate: string;
  /** PEM, PKCS #8 */
  readonly key: string;
}

/**
 * An X.509 certificate that vouches for itself (RFC 5280), with a new P-256 key. It has no end: it serves one server on this
 * machine, and goes with that server's folder.
 */
export function createSelfSignedCertificate({ commonName, address }: CertificateRequest): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const body = certificateBody(commonName, address, publicKey);
  const certificate = sequence(body, SIGNATURE_ALGORITHM, bitString(signBody(body, createPrivateKey(privateKey))));
  return { certificate: pem(certificate), key: privateKey };
}

function signBody(body: Buffer, key: KeyObject): Buffer {
  return sign("sha256", body, { key, dsaEncoding: "der" });
}

/** Distinguished encoding (ITU-T X.690): tag, length, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...encodedLength(whole.length)]), whole]);
}

function encodedLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return [0x80 + bytes.length, ...bytes];
}

const sequence = (...items: readonly Buffer[]): Buffer => der(0x30, ...items);
const bitString = (bits: Buffer): Buffer => der(0x03, Buffer.from([0]), bits);
const octets = (bytes: Buffer): Buffer => der(0x04, bytes);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));

/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 */
const SIGNATURE_ALGORITHM = sequence(objectId("2a8648ce3d040302"));
/** 2.5.4.3 */
const COMMON_NAME = objectId("550403");
/** 2.5.29.19 */
const BASIC_CONSTRAINTS = objectId("551d13");
/** 2.5.29.17 */
const ALTERNATIVE_NAME = objectId("551d11");
const TRUE = der(0x01, Buffer.from([0xff]));

function certificateBody(commonName: string, address: string, publicKey: Buffer): Buffer {
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
  const version3 = der(0xa0, der(0x02, Buffer.from([2])));
  // The first bit clear: a serial number is positive.
  const serial = der(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(15)]));
  const isAuthority = sequence(BASIC_CONSTRAINTS, TRUE, octets(sequence(TRUE)));
  const ipAddress = der(0x87, Buffer.from(address.split(".").map(Number)));
  const extensions = der(0xa3, sequence(isAuthority, sequence(ALTERNATIVE_NAME, octets(sequence(ipAddress)))));
  return sequence(version3, serial, SIGNATURE_ALGORITHM, name, validity(), name, publicKey, extensions);
}

/** From long ago, for clocks that are wrong, to "no well-defined expiration date" (RFC 5280, 4.1.2.5). */
function validity(): Buffer {
  return sequence(der(0x17, Buffer.from("200101000000Z")), der(0x18, Buffer.from("99991231235959Z")));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
