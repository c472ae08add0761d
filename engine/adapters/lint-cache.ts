import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { LintMemory, RememberedLint } from "../core/lint/lint-memory.js";
import { checksumOf } from "../core/normalise-text.js";

/**
 * Verdicts of one folder, kept in a file that only its owner reads: findings quote the migrations.
 *
 * @param directory the folder that is judged
 * @param cache where files that can be made again lie
 */
export function lintCache(directory: string, cache: string): LintMemory {
  const folder = join(cache, "lint");
  const file = join(folder, checksumOf(resolve(directory)).slice(0, 32));
  return {
    load: () => {
      try {
        return deserialize(readFileSync(file)) as RememberedLint;
      } catch {
        return undefined;
      }
    },
    save: (lint) => {
      try {
        mkdirSync(folder, { recursive: true });
        const half = `${file}.${process.pid}`;
        // As plain data: what is read again has no methods.
        writeFileSync(half, serialize({ ...lint, schema: Object.assign({}, lint.schema) }), { mode: 0o600 });
        renameSync(half, file);
      } catch {
        // A read-only home costs the next run its head start, and nothing else.
      }
    },
  };
}
