import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { isAlive } from "./build-lock.js";

/** Whether the process runs and is a Pulumi CLI: after a reboot the same id may belong to anything. */
export function isPulumiProcess(pid: number): boolean {
  return pid > 0 && isAlive(pid) && /(^|\/)pulumi(\0|\s|$)/.test(commandLine(pid));
}

function commandLine(pid: number): string {
  try {
    if (existsSync("/proc/self/cmdline")) return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
