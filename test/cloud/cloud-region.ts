import { randomBytes } from "node:crypto";
import { attributeText, type CloudResource, type CloudSettings, type CloudStore } from "./store.js";
import type { MutableProperties } from "./values.js";

/** An error of the AWS API, told as the provider tells it: code first. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

/** The cloud as one account sees it in one region. */
export class CloudRegion {
  readonly partition = "aws";

  constructor(
    readonly store: CloudStore,
    readonly account: string,
    readonly region: string,
  ) {}

  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** An ARN of a service without regions. */
  globalArn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}::${this.account}:${resource}`;
  }

  inRegion(region: string): CloudRegion {
    return new CloudRegion(this.store, this.account, region);
  }

  list(type: string): CloudResource[] {
    const isHere = (item: CloudResource): boolean =>
      item.account === this.account && (item.region === this.region || item.region === "global");
    return this.store.list(type).filter(isHere);
  }

  find(type: string, id: string): CloudResource | undefined {
    return this.list(type).find((item) => item.id === id);
  }

  findBy(type: string, attribute: string, value: string): CloudResource | undefined {
    return this.list(type).find((item) => attributeText(item, attribute) === value);
  }

  add(type: string, id: string, attributes: MutableProperties, hidden: MutableProperties = {}): CloudResource {
    const resource = { type, id, account: this.account, region: this.region, attributes, hidden };
    this.store.put(resource);
    return resource;
  }

  settings(): CloudSettings {
    return this.store.settings();
  }
}

/** An id of AWS's form, `vpc-0123456789abcdef0`, marked as simulated. */
export function newId(prefix: string): string {
  return `simulated-${prefix}-0${randomBytes(8).toString("hex")}`;
}

/** A UUID as KMS and Backup give them, marked as simulated. */
export function newUuid(): string {
  const hex = randomBytes(16).toString("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `simulated-${parts.join("-")}`;
}

/** Capital letters and digits, as in a database's resource id. */
export function newCapitals(length: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join("");
}

/** What Terraform appends to a prefix: always another, in ascending order. */
export function newSuffix(): string {
  return `${Date.now()}${randomBytes(5).toString("hex")}`;
}
