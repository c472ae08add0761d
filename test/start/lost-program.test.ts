import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";

describe("a program that loses an error", function () {
  this.timeout(120_000);
  let harness: StackHarness;

  before(async () => {
    harness = await createStackHarness({ linksCheckout: false });
  });
  after(() => harness.remove());

  it("ends its run, which finishes what is under way and tells the error", async () => {
    const program = (): Promise<void> => {
      new local.Command("slow", { create: "sleep 6; touch done" });
      const lost = pulumi.output(Promise.reject(new pulumi.RunError("the value never came")));
      new local.Command("never", { create: pulumi.interpolate`echo ${lost as pulumi.Output<string>}` });
      return Promise.resolve();
    };
    const stack = await harness.createStack({ stack: "lost", program });
    const { succeeded, errors } = await stack.up({ mayFail: true });
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /the value never came/);
    assert.ok(existsSync(join(harness.home.workDirectory, "done")));
    const { resources = [] } = (await stack.state()).deployment as { resources?: { urn: string }[] };
    assert.ok(resources.some(({ urn }) => urn.endsWith("::slow")));
  });
});
