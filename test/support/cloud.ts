/** A test's simulated AWS: what is in it, what was asked of it, and what happens to it from outside. */
import { ACCOUNT } from "../cloud/provider-settings.js";
import { CloudStore, type CloudCall, type CloudResource } from "../cloud/store.js";
import { CloudRegion } from "../cloud/cloud-region.js";
import { OutsideActs } from "../cloud/outside-acts.js";
import type { StackHarness } from "./pulumi.js";

export type { CloudCall, CloudResource } from "../cloud/store.js";
export { KNOWN_SECRET_MARK } from "../cloud/services/rds/managed-password.js";
export { ACCOUNT } from "../cloud/provider-settings.js";

/** Where the tests' provider is, unless a test says otherwise. */
export const REGION = "eu-central-1";

export interface WhereOptions {
  /** @default REGION */
  readonly region?: string;
  /** @default ACCOUNT */
  readonly account?: string;
}

/** Looks into the cloud, and acts on it as AWS or a person at its console does. */
export class TestCloud extends OutsideActs {
  constructor(
    private readonly store: CloudStore,
    where: WhereOptions = {},
  ) {
    super(new CloudRegion(store, where.account ?? ACCOUNT, where.region ?? REGION));
  }

  /** The same cloud in another region or account. */
  in(where: WhereOptions): TestCloud {
    return new TestCloud(this.store, where);
  }

  /** Everything there is, in every region; with a type (`aws:rds/instance:Instance`, or a part such as `Instance`) only those. */
  resources(type?: string): CloudResource[] {
    const all = this.store.all();
    return type === undefined ? all : all.filter((one) => one.type === type || one.type.endsWith(`:${type}`));
  }

  /** The only resource of a type. @throws Error where there is none, or more than one */
  only(type: string): CloudResource {
    const [only, ...others] = this.resources(type);
    if (only === undefined || others.length > 0) {
      const ids = this.resources(type).map(({ id }) => id);
      throw new Error(`expected one ${type} in the cloud, found ${ids.length}: ${ids.join(", ")}`);
    }
    return only;
  }

  /** Every call that reached the provider, in order; previews make none but reads. */
  calls(): CloudCall[] {
    return this.store.calls();
  }

  /** Calls that change something. */
  changes(): CloudCall[] {
    return this.calls().filter(({ act }) => act !== "read");
  }
}

/** @throws Error for a harness made without `cloud: true` */
export function cloudOf(harness: StackHarness): TestCloud {
  const folder = harness.env["HOLDFAST_SIMULATED_CLOUD"];
  if (folder === undefined) throw new Error("this harness has no cloud: createStackHarness({ cloud: true })");
  return new TestCloud(new CloudStore(folder));
}
