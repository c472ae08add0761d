import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "../support/build.js";
import { IacScanners, type Finding } from "../support/iac-scanners.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";
import { registeredResources, type RegisteredResource } from "../support/render/registered-resources.js";
import { createComponents } from "./controls/control-stack.js";
import { deployProduction } from "./controls/production-stack.js";
import { excuses, SCAN_EXCEPTIONS } from "./controls/scan-exceptions.js";
import { SCANNER_ROWS, type ScannerRow } from "./controls/scanner-rows.js";
import { without } from "./controls/take-out.js";

describe("a production stack under checkov and cfn-lint", function () {
  // The first run on a machine installs them.
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), "holdfast-scan-"));
  let harness: StackHarness;
  let passed: readonly Finding[];
  let failed: readonly Finding[];
  /** Of copies with something missing or wrong. */
  let weakFailed: readonly Finding[];

  before(async () => {
    const preparing = IacScanners.prepare(folder);
    await ensureBuilt();
    harness = await createStackHarness({ cloud: true });
    const prod = await deployProduction(harness);
    const defaults = await deployDefaults();
    const scanners = await preparing;
    const weak = weakCopies([...defaults, ...prod]);
    const [byCheckov, byCfnLint] = await Promise.all([
      scanners.checkov({
        prod,
        defaults,
        weak: weak.filter(({ row }) => row.scanner === "checkov").map(({ copy }) => copy),
      }),
      scanners.cfnLint({
        prod,
        defaults,
        weak: weak.filter(({ row }) => row.scanner === "cfn-lint").map(({ copy }) => copy),
      }),
    ]);
    const isWeak = ({ stack }: Finding): boolean => stack === "weak";
    const all = [...byCheckov.failed, ...byCfnLint.failed];
    passed = byCheckov.passed.filter((finding) => !isWeak(finding));
    failed = all.filter((finding) => !isWeak(finding));
    weakFailed = all.filter(isWeak);
  });
  after(() => {
    harness.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function deployDefaults(): Promise<RegisteredResource[]> {
    const program = (): Promise<Record<string, unknown>> => {
      createComponents();
      return Promise.resolve({});
    };
    const stack = await harness.createStack({ project: "shop", stack: "prod", program });
    await stack.up();
    return registeredResources(await stack.state());
  }

  it("fails no check but those that are listed with a reason", () => {
    const unexcused = failed.filter((finding) => !SCAN_EXCEPTIONS.some((exception) => excuses(exception, finding)));
    assert.deepEqual(unexcused, []);
  });

  for (const exception of SCAN_EXCEPTIONS) {
    it(`${exception.check} still fails, ${exception.demand}, since ${exception.reason}`, () => {
      assert.ok(failed.some((finding) => excuses(exception, finding)));
    });
  }

  for (const [index, row] of SCANNER_ROWS.entries()) {
    const kind = row.type.split(":").at(-1) ?? "";
    it(`${row.check} passes for ${kind}, and fails ${lossText(row)}`, () => {
      const isOfRow = ({ scanner, check, type }: Finding): boolean =>
        scanner === row.scanner && check === row.check && type === row.type;
      // What cfn-lint passes it does not tell: it is what it does not fail.
      assert.ok(row.scanner === "cfn-lint" || passed.some(isOfRow), "it was not looked at");
      assert.deepEqual(failed.filter(isOfRow), []);
      assert.ok(
        weakFailed.filter(isOfRow).some(({ name }) => name === weakName(index)),
        "it passes all the same",
      );
    });
  }
});

interface WeakCopy {
  readonly row: ScannerRow;
  readonly copy: RegisteredResource;
}

/** For every row a copy of a resource of its type, with what makes it fail. */
function weakCopies(resources: readonly RegisteredResource[]): WeakCopy[] {
  return SCANNER_ROWS.map((row, index) => {
    const one = resources.find(({ type }) => type === row.type) ?? assert.fail(`no ${row.type}`);
    const name = weakName(index);
    const inputs = row.loss === undefined ? one.inputs : without(one.inputs, row.loss);
    return { row, copy: { ...one, name, urn: name, inputs } };
  });
}

function weakName(index: number): string {
  return `weak-${String(index)}`;
}

function lossText({ loss }: ScannerRow): string {
  if (loss === undefined) return "where no other resource refers to it";
  return loss.weak === undefined ? `without ${loss.input}` : `with ${loss.input} ${JSON.stringify(loss.weak)}`;
}
