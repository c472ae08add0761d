import type { LintFinding } from "../lint/lint-finding.js";
import { destructiveCommand, destructiveStatement } from "./destructive-commands.js";
import { expandScripts, isProductionScript, readPackageScripts, type PackageScripts } from "./package-scripts.js";
import { findingAt, isProse, isTestPath, type TextFile } from "./text-file.js";

/**
 * What would empty the database where production runs. Production runs: the scripts of a package.json that hosts and installers
 * start by themselves or whose name says production, with everything those start; files a host deploys by; pipelines called
 * deploy, release or production. A seed counts where one of those runs it.
 */
export function destructiveSeedingFindings(tracked: readonly TextFile[]): LintFinding[] {
  const files = tracked.filter(({ path }) => !isTestPath(path) && !isProse(path));
  const packages = files.filter(({ path }) => /(^|\/)package\.json$/.test(path));
  const starts = [...packages.flatMap(scriptStarts), ...files.filter(isDeployFile).map(deployStart(packages))];
  const commands = starts.flatMap(({ file, offset, texts, what }) => {
    const found = texts.flatMap((text) => destructiveCommand(text) ?? [])[0];
    return found === undefined ? [] : [findingAt(file, offset(found.command), complain(what, found.command))];
  });
  return [...commands, ...seedFindings(files, starts)];
}

/** A place where production begins to run something. */
interface Start {
  readonly file: TextFile;
  readonly what: string;
  /** The command itself, and those it runs. */
  readonly texts: readonly string[];
  /** Where to point for a command; the start itself, where that is in another file. */
  readonly offset: (command: string) => number;
}

function scriptStarts(file: TextFile): Start[] {
  const all = readPackageScripts(file.text);
  return Object.entries(all.scripts)
    .filter(([name]) => isProductionScript(name))
    .map(([name, command]) => ({
      file,
      what: `The script "${name}"`,
      texts: expandScripts(command, all),
      offset: () => Math.max(0, file.text.indexOf(`"${name}"`)),
    }));
}

const DEPLOY_FILE =
  /(^|\/)(Dockerfile[^/]*|[^/]+\.dockerfile|Procfile|vercel\.json|netlify\.toml|fly\.toml|render\.yaml|railway\.(json|toml)|app\.json|(docker-)?entrypoint[^/]*\.sh|(start|deploy|release)[^/]*\.sh|docker-compose\.prod[^/]*\.ya?ml)$/i;
const DEPLOY_PIPELINE = /(^|\/)\.(github\/workflows|gitlab|circleci)\/[^/]*(deploy|release|prod)[^/]*\.ya?ml$/i;

function isDeployFile({ path }: TextFile): boolean {
  return DEPLOY_FILE.test(path) || DEPLOY_PIPELINE.test(path);
}

/** It runs the scripts of the package.json beside it, or of the one at the root. */
function deployStart(packages: readonly TextFile[]): (file: TextFile) => Start {
  return (file) => {
    const folder = file.path.slice(0, file.path.lastIndexOf("/") + 1);
    const own = packages.find(({ path }) => path === `${folder}package.json`);
    const shared = own ?? packages.find(({ path }) => path === "package.json");
    const scripts: PackageScripts =
      shared === undefined ? { scripts: {}, seed: undefined } : readPackageScripts(shared.text);
    // Of Docker's exec form ["npm", "run", "seed"] the words are what counts.
    const text = file.text.replace(
      /^(\s*(?:CMD|ENTRYPOINT|RUN)\s*)\[([^\]]*)\]/gm,
      (_, head: string, words: string) => {
        return head + words.replaceAll(/["',]+/g, " ");
      },
    );
    return {
      file,
      what: file.path,
      texts: expandScripts(withoutComments(text), scripts),
      offset: (command) => Math.max(0, file.text.indexOf(command)),
    };
  };
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(#|\/\/).*$/gm, "");
}

const SEED_PATH = /(^|\/)(seed[^/]*|[^/]*[._-]seeds?\.[^/]+|(seeds|seeders)\/[^/]+)$/i;
const SEED_COMMAND = /\bdb:seed|\bseed:run\b|\bprisma\s+db\s+seed\b|\bmanage\.py\s+loaddata\b/;

function seedFindings(files: readonly TextFile[], starts: readonly Start[]): LintFinding[] {
  const texts = starts.flatMap((start) => start.texts.map((text) => ({ text, what: start.what })));
  return files
    .filter(({ path }) => SEED_PATH.test(path) && !/\.(json|lock)$/.test(path))
    .flatMap((file) => {
      const offset = destructiveStatement(file.text);
      const runBy = offset === undefined ? undefined : texts.find(({ text }) => runsSeed(text, file.path));
      if (offset === undefined || runBy === undefined) return [];
      return [findingAt(file, offset, complain(`${runBy.what} runs ${file.path}, which`, ""))];
    });
}

function runsSeed(command: string, path: string): boolean {
  const stem = path.replace(/\.[^./]+$/, "");
  const name = stem.slice(stem.lastIndexOf("/") + 1);
  return (
    SEED_COMMAND.test(command) || command.includes(stem) || new RegExp(`[\\s/]${escaped(name)}\\.\\w+`).test(command)
  );
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\*]/g, "\\$&");
}

function complain(what: string, command: string) {
  return {
    rule: "destructive-seeding",
    severity: "error" as const,
    message:
      command === ""
        ? `${what} destroys rows that are there, also in production.`
        : `${what} runs "${command}", which destroys the database it is pointed at.`,
    fix: "Keep it out of what production runs. A seed for production only adds: INSERT … ON CONFLICT DO NOTHING; one for development stops where NODE_ENV is production.",
  };
}
