import * as pulumi from "@pulumi/pulumi";
import type { ComponentName, ControlRow } from "./control-row.js";

/** Of one copy of a component: by type, the input that is taken out of each of its resources. */
export type TakenOut = ReadonlyMap<string, string>;

/** One trial: without this input, this row must fail. */
export interface Trial {
  readonly row: ControlRow;
  readonly input: string;
  /** The copy of the component in which the input is missing. */
  readonly copy: string;
}

/** A trial for every input of every row. A copy lacks one input of each type, so a component needs few, and each trial stands alone. */
export function planTrials(rows: readonly ControlRow[]): Trial[] {
  return rows.flatMap((row) =>
    row.inputs.map((input) => ({
      row,
      input,
      copy: `${row.component}-without-${inputsOf(rows, row).indexOf(input) + 1}`,
    })),
  );
}

/** The copies that trials need, and what each lacks. */
export function copiesFor(trials: readonly Trial[]): Map<string, { of: ComponentName; takenOut: TakenOut }> {
  const copies = new Map<string, { of: ComponentName; takenOut: Map<string, string> }>();
  for (const { row, input, copy } of trials) {
    const held = copies.get(copy) ?? { of: row.component, takenOut: new Map<string, string>() };
    held.takenOut.set(row.type, input);
    copies.set(copy, held);
  }
  return copies;
}

function inputsOf(rows: readonly ControlRow[], { component, type }: ControlRow): string[] {
  const same = rows.filter((row) => row.component === component && row.type === type);
  return [...new Set(same.flatMap(({ inputs }) => inputs))];
}

/** Takes inputs out of what a component registers, before the engine sees it. */
export function takeOut(takenOut: TakenOut): pulumi.ComponentResourceOptions {
  return {
    transforms: [
      ({ type, props, opts }) => {
        const input = takenOut.get(type);
        return input === undefined ? undefined : { props: without(props, input), opts };
      },
    ],
  };
}

/** @throws Error for an input we do not give: the row would try nothing */
export function without(props: Record<string, unknown>, path: string): Record<string, unknown> {
  const [name = "", field] = path.split(".");
  const { [name]: value, ...rest } = props;
  if (value === undefined) throw new Error(`there is no input ${name} to take out`);
  if (field === undefined) return rest;
  const members = (value as Record<string, unknown>[]).map((member) => without(member, field));
  return { ...rest, [name]: members };
}
