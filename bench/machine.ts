import { readFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { join } from "node:path";

/** What the figures of a run were measured on, and with which peers. Nothing that names the machine. */
export function describeMachine(): Readonly<Record<string, string | number>> {
  const versionOf = (name: string): string => {
    const text = readFileSync(join(__dirname, "node_modules", name, "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  };
  return {
    ...{ platform: platform(), arch: arch(), cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
    node: process.version,
    ...{ pg: versionOf("pg"), dbmate: versionOf("dbmate"), "node-pg-migrate": versionOf("node-pg-migrate") },
  };
}
