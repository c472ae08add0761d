import { check } from "../../cloud/check.js";
import { AwsError } from "../../cloud/cloud-region.js";
import { factsOf } from "../../cloud/facts/index.js";
import { create } from "../../cloud/lifecycle.js";
import { readSettings } from "../../cloud/provider-settings.js";
import { behaviourOf } from "../../cloud/services/index.js";
import { CloudStore, type CloudResource } from "../../cloud/store.js";
import { REGION } from "../../support/cloud.js";
import type { RegisteredResource } from "../../support/render/registered-resources.js";
import type { Attributes } from "./control-row.js";

/** What the cloud holds of a resource that was made; or what the provider or AWS said to it. */
export type Made = { readonly attributes: Attributes } | { readonly refusal: string };

const settings = readSettings({ region: REGION });

/** A stack's cloud, in which single resources can be made anew with other inputs. It stays as it is. */
export class TriedCloud {
  private readonly resources: readonly CloudResource[];

  constructor(private readonly folder: string) {
    this.resources = new CloudStore(folder).all();
  }

  /** By the provider's own check and create, in a copy from which the resource was taken: the engine would take seconds for it. */
  makeAnew({ type, name, id }: RegisteredResource, news: Readonly<Record<string, unknown>>): Made {
    const facts = factsOf(type);
    const behaviour = behaviourOf(type);
    const naming = { logicalName: name, seed: new Uint8Array(), wish: undefined };
    const { inputs, faults } = check({ facts, behaviour, settings, olds: {}, news, naming });
    const [fault] = faults;
    if (fault !== undefined) return { refusal: `${fault.property}: ${fault.reason}` };
    const others = this.resources.filter((other) => other.type !== type || other.id !== id);
    const store = new CopiedStore(this.folder, others);
    try {
      const made = create({ type, facts, behaviour, settings, store }, inputs);
      return { attributes: store.list(type).find((other) => other.id === made.id)?.attributes ?? {} };
    } catch (error) {
      if (error instanceof AwsError) return { refusal: error.message };
      throw error;
    }
  }
}

/** Forgets what is done in it. */
class CopiedStore extends CloudStore {
  private held: CloudResource[];

  constructor(folder: string, resources: readonly CloudResource[]) {
    super(folder);
    this.held = resources.map((resource) => structuredClone(resource));
  }

  override list(type: string): CloudResource[] {
    return this.held.filter((resource) => resource.type === type);
  }

  override all(): CloudResource[] {
    return [...this.held];
  }

  override put(resource: CloudResource): void {
    this.remove(resource);
    this.held.push(resource);
  }

  override remove({ type, id }: CloudResource): void {
    this.held = this.held.filter((other) => other.type !== type || other.id !== id);
  }
}
