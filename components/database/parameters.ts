import type { DatabaseParameter } from "./server.js";

/** What a program cannot turn off: the controls that read the parameter group want it (Security Hub RDS.38). */
const OURS: readonly DatabaseParameter[] = [{ name: "rds.force_ssl", value: "1", applyMethod: "immediate" }];

/** Unless the program says otherwise; checkov's CKV2_AWS_30 wants both stated. Statements that take a second are logged; of the others the schema's changes. */
const DEFAULTS: readonly DatabaseParameter[] = [
  { name: "log_statement", value: "ddl", applyMethod: "immediate" },
  { name: "log_min_duration_statement", value: "1000", applyMethod: "immediate" },
];

export const FIXED_PARAMETERS = OURS.map(({ name }) => name);

/** The program's parameters between our defaults and what is not for it to change, by name. */
export function parametersWith(given: readonly DatabaseParameter[]): DatabaseParameter[] {
  const byName = new Map([...DEFAULTS, ...given, ...OURS].map((parameter) => [parameter.name, parameter]));
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}
