import type * as pulumi from "@pulumi/pulumi";
import { typeOf } from "./resource-tree.js";

/** With what a component asks the provider its children will use, before it is made. */
export function invokeOptions(opts: pulumi.ComponentResourceOptions | undefined): pulumi.InvokeOptions {
  const { parent, provider, providers } = opts ?? {};
  const given = [...(provider === undefined ? [] : [provider]), ...Object.values(providers ?? {})];
  const own = given.find((one) => typeOf(one) === "pulumi:providers:aws");
  return { ...(parent !== undefined && { parent }), ...(own !== undefined && { provider: own }) };
}
