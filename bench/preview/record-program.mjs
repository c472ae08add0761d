/** Loaded into every Node process of a run by NODE_OPTIONS: the one that is the Pulumi program writes down what it took. */
import { writeFileSync } from "node:fs";

const file = process.env.HOLDFAST_BENCH_RECORD;
if (file !== undefined && /@pulumi.pulumi.cmd.run\b/.test(process.argv[1] ?? "")) {
  process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const record = { ms: performance.now(), cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMiB: maxRSS / 1024 };
    writeFileSync(file, JSON.stringify(record));
  });
}
