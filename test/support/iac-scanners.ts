import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool, type ToolResult } from "../../toolchain/run-tool.js";
import { pythonTool } from "./python-tool.js";
import { logicalId, renderCloudFormation } from "./render/cloudformation.js";
import type { RegisteredResource } from "./render/registered-resources.js";
import { renderTerraform, terraformAddress } from "./render/terraform.js";

/** What a scanner says of one resource. */
export interface Finding {
  readonly scanner: "checkov" | "cfn-lint";
  /** Its id of the check: CKV_AWS_16, E3682. */
  readonly check: string;
  /** Of the stacks that were scanned. */
  readonly stack: string;
  /** The resource's logical name, as the program gave it. */
  readonly name: string;
  /** For example `aws:rds/instance:Instance`. */
  readonly type: string;
  readonly message: string;
}

export interface ScanResult {
  readonly failed: readonly Finding[];
  /** checkov tells these; cfn-lint does not. */
  readonly passed: readonly Finding[];
}

/** Resources by the name of their stack. */
export type ScannedStacks = Readonly<Record<string, readonly RegisteredResource[]>>;

/** checkov and cfn-lint, which read files and need no account. The first use on a machine installs them, which takes minutes. */
export class IacScanners {
  private constructor(
    private readonly python: string,
    private readonly folder: string,
  ) {}

  /** @param folder for what they read; it exists and is the caller's to remove */
  static async prepare(folder: string): Promise<IacScanners> {
    const requirements = join(__dirname, "python", "iac-scanners.txt");
    const { python } = await pythonTool({ name: "iac-scanners", requirements });
    return new IacScanners(python, folder);
  }

  /** @throws Error where checkov could not read a file, or said nothing that can be read */
  async checkov(stacks: ScannedStacks): Promise<ScanResult> {
    const root = join(this.folder, "terraform");
    const names = new Map<string, Pick<Finding, "name" | "type">>();
    for (const [stack, resources] of Object.entries(stacks)) {
      mkdirSync(join(root, stack), { recursive: true });
      writeFileSync(join(root, stack, "main.tf"), renderTerraform(resources));
      for (const resource of resources) names.set(`/${stack}/main.tf ${terraformAddress(resource)}`, resource);
    }
    const args = ["-m", "checkov.main", "--directory", root, "--framework", "terraform", "--output", "json"];
    const result = await this.run([...args, "--skip-download"]);
    const { summary, results } = parse("checkov", result) as CheckovReport;
    if (summary.parsing_errors !== 0) throw new Error(`checkov could not read a file below ${root}`);
    const finding = ({ check_id, check_name, file_path, resource }: CheckovCheck): Finding => {
      const named = names.get(`${file_path} ${resource}`);
      if (named === undefined) throw new Error(`checkov names ${resource} in ${file_path}, which is not there`);
      const stack = file_path.split("/")[1] ?? "";
      return { scanner: "checkov", check: check_id, stack, name: named.name, type: named.type, message: check_name };
    };
    return { failed: results.failed_checks.map(finding), passed: results.passed_checks.map(finding) };
  }

  /** Errors, warnings and advice. @throws Error where cfn-lint said nothing that can be read */
  async cfnLint(stacks: ScannedStacks): Promise<ScanResult> {
    const names = new Map<string, Pick<Finding, "name" | "type" | "stack">>();
    const regions = new Set<string>();
    const files: string[] = [];
    for (const [stack, resources] of Object.entries(stacks)) {
      const folder = join(this.folder, "cloudformation", stack);
      mkdirSync(folder, { recursive: true });
      for (const [region, template] of renderCloudFormation(resources)) {
        const file = join(folder, `${region}.json`);
        writeFileSync(file, JSON.stringify(template, undefined, 1));
        files.push(file);
        regions.add(region);
        for (const { type, name } of resources)
          names.set(`${file} ${logicalId({ type, name })}`, { type, name, stack });
      }
    }
    const options = ["--include-checks", "I", "--format", "json", "--regions", ...regions];
    const result = await this.run(["-c", START_CFN_LINT, "--template", ...files, ...options]);
    const matches = parse("cfn-lint", result) as CfnLintMatch[];
    const failed = matches.map((match): Finding => {
      const named = names.get(`${match.Filename} ${match.Location.Path?.[1] ?? ""}`);
      if (named === undefined) throw new Error(`cfn-lint: ${match.Filename}: ${match.Message}`);
      return { scanner: "cfn-lint", check: match.Rule.Id, ...named, message: match.Message };
    });
    return { failed, passed: [] };
  }

  private run(args: readonly string[]): Promise<ToolResult> {
    // Nothing of this machine's own: neither its settings of the scanners nor its account.
    const env = { PATH: process.env["PATH"], HOME: this.folder, LOG_LEVEL: "ERROR" };
    return runTool({ command: this.python, args, cwd: this.folder, env });
  }
}

/** It is no module that `-m` could start. */
const START_CFN_LINT = "from cfnlint.runner import main; main()";

interface CheckovCheck {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
  readonly resource: string;
}

interface CheckovReport {
  readonly summary: { readonly parsing_errors: number };
  readonly results: { readonly failed_checks: CheckovCheck[]; readonly passed_checks: CheckovCheck[] };
}

interface CfnLintMatch {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: (string | number)[] | null };
}

/** Their exit codes say only that something was found. */
function parse(scanner: string, { code, stdout, stderr }: ToolResult): unknown {
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    throw new Error(`${scanner} ended with code ${String(code)}:\n${stdout}\n${stderr}`);
  }
}
