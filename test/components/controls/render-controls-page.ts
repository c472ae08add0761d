import type { ComponentName, ControlRow } from "./control-row.js";
import { CONTROL_ROWS } from "./control-rows.js";
import { OPT_IN, WITHOUT_AN_INPUT } from "./default-controls.js";
import { SCAN_EXCEPTIONS, type ScanException } from "./scan-exceptions.js";

const COMPONENTS: Readonly<Record<ComponentName, string>> = {
  rds: "PersistentDatabase",
  aurora: "PersistentDatabase with Aurora",
  network: "DatabaseNetwork",
  key: "EncryptionKey",
  secrets: "DatabaseSecrets",
  backup: "BackupPlan",
  alarms: "DatabaseAlarms",
  files: "FileStorage",
};

/** docs/controls.md, of the rows that the tests try. */
export function renderControlsPage(): string {
  const sections = Object.entries(COMPONENTS).map(([name, title]) => {
    const rows = CONTROL_ROWS.filter(({ component }) => component === name).map(renderRow);
    return `## ${title}\n\n${table(["control", "demand", "what holds it", "what weakens it"], rows)}`;
  });
  const others = Object.entries(WITHOUT_AN_INPUT).map(([control, { demand, heldBy, weakenedBy = "nothing" }]) => [
    control,
    demand,
    heldBy,
    weakenedBy,
  ]);
  const optIn = Object.entries(OPT_IN).map(([control, { demand, way }]) => [control, demand, way]);
  return [
    HEAD,
    ...sections,
    `## What holds by more than one input\n\n${table(["control", "demand", "what holds it", "what weakens it"], others)}`,
    `## What needs something that only you have\n\n${table(["control", "demand", "the way"], optIn)}`,
    SCANNERS,
    table(["scanner", "check", "what it asks for", "on", "why it may fail"], SCAN_EXCEPTIONS.map(renderException)),
    "",
  ].join("\n\n");
}

function renderRow({ control, demand, type, inputs, weakenedBy = "nothing" }: ControlRow): string[] {
  const list = inputs.map((input) => `\`${input}\``).join(", ");
  return [control, demand, `${type.split(":").at(-1) ?? ""}: ${list}`, weakenedBy];
}

function renderException({ scanner, check, demand, type, names, reason }: ScanException): string[] {
  const which = names === undefined ? "" : ` named ${names.source.replace(/^-|\$$/g, "")}`;
  return [scanner, check, demand, `${type.split(":").at(-1) ?? ""}${which}`, reason];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

const HEAD = `# Controls

What AWS Security Hub asks of a database, its keys, secrets, backups, files and network, and which argument of which component can
weaken it. With their own defaults the components meet every control below.

Checked on a simulated cloud: a test deploys the components with the real Pulumi engine, looks at what the simulated AWS holds then, and
makes every resource anew without each input that is named here, which must fail its control. **Not verified on real AWS**: no account
was looked at by Security Hub.

"What holds it" names the resource and its inputs, which the component sets by itself. "What weakens it" names the component's argument
with which the control no longer holds, or holds only as far as you say; "nothing": no argument does. Whatever a transformation of your
own program takes out is out.

Source: AWS Security Hub user guide, the lists of controls for Amazon RDS, AWS KMS, Secrets Manager, AWS Backup, Amazon S3, CloudWatch,
Amazon SNS and Amazon EC2. Controls that are about MySQL, MariaDB or SQL Server only are left out.

This page is written by \`npx tsx test/components/controls/write-controls-page.ts\` from the rows that the test tries.`;

const SCANNERS = `## Scanners

The resources of a production stack, as Terraform under checkov and as CloudFormation under cfn-lint with its advice: no check fails but
these. A test holds both ways: another failed check fails it, and so does a line here that no longer fails.`;
