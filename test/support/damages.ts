import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A damage of one file, and its undoing. */
export interface TestDamage {
  /** `byte 17 of base.tar flipped` */
  readonly what: string;
  undo(): void;
}

/** Bytes `from` to `to` are what a reader looks at; by default all. */
export function flipSomewhere(file: string, random: () => number, from = 0, to?: number): TestDamage {
  const whole = readFileSync(file);
  const offset = from + Math.floor(random() * ((to ?? whole.length) - from));
  const bit = 1 << Math.floor(random() * 8);
  const broken = Buffer.from(whole);
  broken[offset] = (broken[offset] ?? 0) ^ bit;
  return replaced(file, whole, broken, `bit ${bit} of byte ${offset} flipped`);
}

export function truncated(file: string, random: () => number): TestDamage {
  const whole = readFileSync(file);
  const length = Math.floor(random() * whole.length);
  return replaced(file, whole, whole.subarray(0, length), `cut to ${length} of ${whole.length} bytes`);
}

export function emptied(file: string): TestDamage {
  return replaced(file, readFileSync(file), Buffer.alloc(0), "emptied");
}

export function appended(file: string): TestDamage {
  const whole = readFileSync(file);
  return replaced(file, whole, Buffer.concat([whole, Buffer.alloc(512)]), "512 zeros appended");
}

export function missing(file: string): TestDamage {
  const away = join(dirname(file), `.away-${basename(file)}`);
  // As root the server is another user: the file must stay the server's.
  renameSync(file, away);
  return { what: `${file} removed`, undo: () => renameSync(away, file) };
}

/** The contents of two files, exchanged. */
export function swapped(one: string, other: string): TestDamage {
  const [first, second] = [readFileSync(one), readFileSync(other)];
  writeFileSync(one, second);
  writeFileSync(other, first);
  return {
    what: `${one} and ${other} exchanged`,
    undo: () => {
      writeFileSync(one, first);
      writeFileSync(other, second);
    },
  };
}

export function rewritten(file: string, text: string, what: string): TestDamage {
  return replaced(file, readFileSync(file), Buffer.from(text), what);
}

function replaced(file: string, whole: Buffer, broken: Buffer, what: string): TestDamage {
  writeFileSync(file, broken);
  return { what: `${file}: ${what}`, undo: () => writeFileSync(file, whole) };
}
