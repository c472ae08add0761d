/** What settings mean together: each alone is well-formed, and some say nothing beside others. */
import type { z } from "zod";
import type { rules } from "./config-rules.js";
import { HoldfastError } from "./engine/core/errors.js";

type Rules = z.infer<typeof rules>;
type Key = keyof Rules;

/** Of a database on AWS, and of what stands around it. */
const ONLY_ON_AWS: readonly Key[] = [
  ...(["network", "database", "databases", "activeDatabase"] as const),
  ...(["breakGlass", "backups", "alarms"] as const),
];

/**
 * @param given the keys that were set, which differ from those that hold a default
 * @param file the stack's settings file
 */
export function combinationFaults(settings: Rules, given: ReadonlySet<string>, file: string): HoldfastError[] {
  return settings.engine === "embedded" ? embeddedFaults(settings, given, file) : awsFaults(settings, file);
}

function embeddedFaults(
  { execution, protection, files }: Rules,
  given: ReadonlySet<string>,
  file: string,
): HoldfastError[] {
  const foreign: readonly string[] = [
    ...ONLY_ON_AWS.filter((key) => given.has(key)),
    ...(execution === "codebuild" ? ["execution codebuild"] : []),
    ...(protection === "ephemeral" ? ["protection ephemeral"] : []),
    ...(files?.kind === "s3" ? ["files of kind s3"] : []),
  ];
  return foreign.map((what) => {
    const [key = ""] = what.split(" ");
    return new HoldfastError(
      "invalid_config",
      `holdfast:${what} is for a database on AWS, and holdfast:engine is embedded.`,
      { next: `${takenOut(key, file)}, or set holdfast:engine to postgres or aurora-postgresql.` },
    );
  });
}

function awsFaults({ engine, port, ...settings }: Rules, file: string): HoldfastError[] {
  const faults: HoldfastError[] = [];
  if (port !== 0) {
    const sentence = `holdfast:port is the embedded database's, and holdfast:engine is ${engine}.`;
    const way = `pulumi config set --path holdfast:database.port ${port}`;
    faults.push(
      new HoldfastError("invalid_config", sentence, { next: `${takenOut("port", file)}; on AWS it is: ${way}.` }),
    );
  }
  const names = settings.databases?.map(({ name }) => name) ?? ["main"];
  const { activeDatabase } = settings;
  if (activeDatabase !== undefined && !names.includes(activeDatabase)) {
    const sentence = `holdfast:activeDatabase is "${activeDatabase}", and holdfast:databases has ${names.join(", ")}.`;
    const way = `Name one of them in ${file}, or list every database in holdfast:databases, the first as {name: main}.`;
    faults.push(new HoldfastError("invalid_config", sentence, { next: way }));
  }
  return faults;
}

function takenOut(key: string, file: string): string {
  return `Take it out of ${file} (pulumi config rm holdfast:${key})`;
}
