import * as pulumi from "@pulumi/pulumi";
import type { ControlRow } from "./control-row.js";

/** An input that is taken out; or, with a value, weakened. */
export interface Loss {
  readonly input: string;
  readonly weak?: unknown;
}

/** One trial: with this loss, this row must fail. */
export interface Trial extends Loss {
  readonly row: ControlRow;
}

/** A trial for every input of every row. */
export function planTrials(rows: readonly ControlRow[]): Trial[] {
  return rows.flatMap((row) =>
    row.inputs.map((input) => {
      const masked = row.masked?.[input];
      return { row, input, ...(masked !== undefined && { weak: masked.weak }) };
    }),
  );
}

export function lossOf({ input, weak }: Loss): string {
  return weak === undefined ? `without ${input}` : `with ${input} ${JSON.stringify(weak)}`;
}

/** Takes inputs out of what a component registers, before the engine sees it: one of each type that is named. */
export function takeOut(losses: ReadonlyMap<string, Loss>): pulumi.ComponentResourceOptions {
  return {
    transforms: [
      ({ type, props, opts }) => {
        const loss = losses.get(type);
        return loss === undefined ? undefined : { props: without(props, loss), opts };
      },
    ],
  };
}

/** @throws Error for an input we do not give: the row would try nothing */
export function without(
  props: Readonly<Record<string, unknown>>,
  { input, weak }: Loss,
): Readonly<Record<string, unknown>> {
  const [name = "", field] = input.split(".");
  const { [name]: value, ...rest } = props;
  if (value === undefined) throw new Error(`there is no input ${name} to take out`);
  if (weak !== undefined) return { ...rest, [name]: weak };
  if (field === undefined) return rest;
  const members = (value as Record<string, unknown>[]).map((member) => without(member, { input: field }));
  return { ...rest, [name]: members };
}
