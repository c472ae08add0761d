import { setImmediate as nextTurn } from "node:timers/promises";
import type { Region } from "@pulumi/aws/index.js";
import { Provider } from "@pulumi/aws/provider.js";
import { placeOf } from "./components/aws-place.js";
import type { Config } from "./config.js";

/** The providers of a stack on AWS, beside its own. */
export interface AwsProviders {
  /** Of the region to which backups are copied; undefined where they are not. */
  readonly copy: Provider | undefined;
}

/**
 * A provider takes a second or more to start, and the engine starts one when it is first asked for. So all are asked for at
 * once, before anything else, and start while the program loads its components and makes them.
 */
export async function startProviders({ backups: { copyRegion } }: Config): Promise<AwsProviders> {
  placeOf().region.apply(() => undefined);
  const copy = copyRegion === undefined ? undefined : new Provider("copy-region", { region: copyRegion as Region });
  for (let turn = 0; turn < TURNS_UNTIL_SENT; turn++) await nextTurn();
  return { copy };
}

/** Of the event loop: between them the SDK puts what it was asked on its way. */
const TURNS_UNTIL_SENT = 5;
