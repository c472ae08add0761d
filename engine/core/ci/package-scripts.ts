/** A package.json's scripts, and what runs them. */
export interface PackageScripts {
  readonly scripts: Readonly<Record<string, string>>;
  /** `prisma.seed`: what `prisma db seed` runs. */
  readonly seed: string | undefined;
}

export function readPackageScripts(text: string): PackageScripts {
  const json = parse(text);
  const scripts = Object.entries(recordOf(json["scripts"])).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const seed = recordOf(json["prisma"])["seed"];
  return { scripts: Object.fromEntries(scripts), seed: typeof seed === "string" ? seed : undefined };
}

/** Scripts that hosts and installers run by themselves, and those that say that they are for production. */
const PRODUCTION_SCRIPT =
  /^(?:pre|post)?(?:install|prepare|build|start|deploy|release|vercel-build|now-build|heroku-postbuild|gcp-build)$|(?:^|[:._-])prod(?:uction)?(?:$|[:._-])/;

export function isProductionScript(name: string): boolean {
  return PRODUCTION_SCRIPT.test(name);
}

/** A command with every script that it runs, also by way of others. */
export function expandScripts(command: string, { scripts, seed }: PackageScripts): string[] {
  const [seen, todo] = [new Set<string>(), [command]];
  for (let text = todo.pop(); text !== undefined; text = todo.pop()) {
    if (seen.has(text)) continue;
    seen.add(text);
    const named = scriptsIn(text).flatMap((name) => [`pre${name}`, name, `post${name}`]);
    todo.push(...named.flatMap((name) => (Object.hasOwn(scripts, name) ? (scripts[name] ?? []) : [])));
    if (seed !== undefined && /\bprisma\s+db\s+seed\b/.test(text)) todo.push(seed);
  }
  return [...seen];
}

function scriptsIn(command: string): string[] {
  const run = /\b(?:npm|pnpm|yarn|bun)\s+(?:run(?:-script)?\s+)?(?:-\S+\s+)*([\w:.-]+)/g;
  const several = /\b(?:npm-run-all|run-s|run-p)\s+([^\n&|;]+)/g;
  return [
    ...[...command.matchAll(run)].map(([, name = ""]) => name),
    ...[...command.matchAll(several)].flatMap(([, names = ""]) => names.split(/\s+/)),
  ];
}

function parse(text: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
