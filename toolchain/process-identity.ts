import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Whether the process runs. One of another user (EPERM) does. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const HAS_PROC = existsSync("/proc/self/stat");

/** When the process was started, and since which boot: with the id it names one process for ever. Empty where it is gone. */
export function processIdentity(pid: number): string {
  try {
    if (!HAS_PROC) return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // proc(5): the name stands in parentheses and may hold anything; starttime is the 20th field behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${boot}/${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
  } catch {
    return "";
  }
}

/** Whether the process runs and is a Pulumi CLI: the same id may belong to anything by now. */
export function isPulumiProcess(pid: number): boolean {
  return pid > 0 && isAlive(pid) && /(^|\/)pulumi(\0|\s|$)/.test(commandLine(pid));
}

function commandLine(pid: number): string {
  try {
    if (HAS_PROC) return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
