import type { CloudRegion } from "./cloud-region.js";
import type { CloudResource } from "./store.js";
import type { MutableProperties, Properties } from "./values.js";

/** A fault of the inputs that the provider finds itself. */
export interface Fault {
  readonly property: string;
  readonly reason: string;
}

/** What a create makes of the inputs. */
export interface NewResource {
  readonly id: string;
  /** Output-only properties, and inputs that were left out as AWS chose them. */
  readonly attributes: Properties;
  readonly hidden?: MutableProperties;
}

export interface CreateRequest {
  readonly cloud: CloudRegion;
  readonly inputs: Properties;
}

export interface UpdateRequest {
  readonly cloud: CloudRegion;
  /** As it is in the cloud; what the update changes is written to it. */
  readonly resource: CloudResource;
  /** The last outputs of the Pulumi state. */
  readonly state: Properties;
  /** All inputs, of which those named by `changed` are to be applied. */
  readonly inputs: Properties;
  /** Top-level names of the inputs that differ from the state. */
  readonly changed: readonly string[];
}

export interface DeleteRequest {
  readonly cloud: CloudRegion;
  readonly resource: CloudResource;
  /** The last outputs of the Pulumi state: where the provider looks for what AWS does not hold. */
  readonly state: Properties;
}

/** What one type does that not all do. All members throw Error or AwsError where the provider or AWS refuses. */
export interface Behaviour {
  /** Where the type makes a name from the logical one. */
  readonly autoname?: Autoname;
  /** True: replaced by delete and create in any case. */
  readonly deletesBeforeReplace?: boolean;
  /** True: made with Terraform's plugin framework, which never asks for a delete before a create. */
  readonly isFramework?: boolean;
  /** Outputs, and inputs that are secret by themselves. */
  readonly secrets?: readonly string[];
  /** Fills in what the provider's check fills in beside the defaults. Values may be unknown. */
  fill?(inputs: Properties): Properties;
  /** Faults that the provider finds in a check. Values may be unknown. */
  check?(inputs: Properties): readonly Fault[];
  /** Whether wish and actual value of an input mean the same although they are written differently. */
  readonly same?: Readonly<Record<string, (wish: unknown, actual: unknown, seen: Seen) => boolean>>;
  /** Whether a change of an input that usually does not replace does so here. */
  replaces?(property: string, seen: Seen): boolean;
  /** A reason why the change cannot even be planned. */
  refusesPlan?(seen: Seen, changed: readonly string[]): string | undefined;
  create(request: CreateRequest): NewResource;
  /** Before the changed inputs are written; what it returns replaces them. */
  update?(request: UpdateRequest): UpdateResult | undefined;
  /** Outputs that an update of these inputs makes unknown in its preview. */
  unknownAfter?(changed: readonly string[]): readonly string[];
  /** Before the resource is gone. */
  delete?(request: DeleteRequest): DeleteResult | undefined;
  /** Outputs that follow from other things in the cloud, or from the last state (`known`; on a create the inputs). */
  read?(resource: CloudResource, cloud: CloudRegion, known: Properties): Properties;
  /** The resource an import names, where it is not by its id. */
  findForImport?(name: string, cloud: CloudRegion): CloudResource | undefined;
  /** What an import takes for inputs that AWS does not hold. */
  readonly importDefaults?: Properties;
}

export interface Autoname {
  readonly property: string;
  /** @default "-" */
  readonly separator?: string;
  readonly maxLength?: number;
  /** Not named where this input is given. */
  readonly prefixProperty?: string;
  readonly transform?: (name: string) => string;
}

export interface Seen {
  readonly state: Properties;
  readonly inputs: Properties;
}

export interface UpdateResult {
  /** The inputs that are to be written now; without it all that changed. */
  readonly apply?: readonly string[];
  /** Further attributes, which win. */
  readonly attributes?: Properties;
  /** Where the resource became another. */
  readonly newId?: string;
}

/** "kept": the resource stays in the cloud in another form, which the behaviour stored itself. */
export type DeleteResult = "kept";
