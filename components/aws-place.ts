import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { getPartitionOutput } from "@pulumi/aws/getPartition.js";
import { getRegionOutput } from "@pulumi/aws/getRegion.js";
import * as pulumi from "@pulumi/pulumi";
import { invokeOptions } from "./invoke-options.js";

/** Where the resources of a provider are made. Each is asked for when somebody first wants to know it, and once. */
export class AwsPlace {
  private readonly answers = new Map<string, pulumi.Output<string>>();

  constructor(private readonly opts: pulumi.InvokeOptions) {}

  /** For example "eu-central-1". */
  get region(): pulumi.Output<string> {
    return this.ask("region", () => getRegionOutput({}, this.opts).region);
  }

  /** "aws", "aws-cn" or "aws-us-gov". */
  get partition(): pulumi.Output<string> {
    return this.ask("partition", () => getPartitionOutput({}, this.opts).partition);
  }

  /** Twelve digits. */
  get account(): pulumi.Output<string> {
    return this.ask("account", () => getCallerIdentityOutput({}, this.opts).accountId);
  }

  private ask(what: string, question: () => pulumi.Output<string>): pulumi.Output<string> {
    const answer = this.answers.get(what) ?? question();
    this.answers.set(what, answer);
    return answer;
  }
}

/** By run, then by provider; undefined is the stack's own. */
const places = new WeakMap<object, Map<pulumi.ProviderResource | undefined, AwsPlace>>();

/** The place of a component's children, by the options it is made with; for its children `{ parent: component }`. */
export function placeOf(opts?: pulumi.ComponentResourceOptions): AwsPlace {
  const run: object = pulumi.runtime.getMonitor() ?? places;
  const { parent, provider: given } = invokeOptions(opts);
  const provider: pulumi.ProviderResource | undefined = given ?? parent?.getProvider(ANY_FUNCTION);
  const known = places.get(run) ?? new Map<pulumi.ProviderResource | undefined, AwsPlace>();
  places.set(run, known);
  const place = known.get(provider) ?? new AwsPlace(provider === undefined ? {} : { provider });
  known.set(provider, place);
  return place;
}

/** The SDK finds a provider by the package in a function's or a resource's token. */
const ANY_FUNCTION = "aws:index/getRegion:getRegion";
