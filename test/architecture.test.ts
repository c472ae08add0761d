import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { preProcessFile } from "typescript";

/** What each part may import of the others. A part not named here may be imported by nobody. */
const ARROWS: Record<string, readonly string[]> = {
  "index.ts": ["config.ts", "on-aws.ts", "start-providers.ts", "components"],
  "on-aws.ts": ["config.ts", "start-providers.ts", "components"],
  "start-providers.ts": ["config.ts", "components"],
  "config.ts": ["config-rules.ts", "config-combinations.ts", "engine/core"],
  "config-rules.ts": ["engine/core"],
  "config-combinations.ts": ["config-rules.ts", "engine/core"],
  components: ["components", "engine/core"],
  cli: ["cli", "engine/index.ts", "toolchain"],
  "cli/start.ts": ["cli", "cli/start"],
  "cli/start": ["cli", "cli/start", "engine/index.ts", "toolchain", "index.ts", "config.ts"],
  "engine/index.ts": [
    "engine/bind-access.ts",
    "engine/bind-adoption.ts",
    "engine/bind-role-password.ts",
    "engine/bind-backups.ts",
    "engine/bind-incidents.ts",
    "engine/bind-inspection.ts",
    "engine/bind-places.ts",
    "engine/bind-rehearsal.ts",
    "engine/bind-world.ts",
    "engine/bind-drill.ts",
    "engine/drill.ts",
    "engine/restore-beside.ts",
    "engine/switch-instance.ts",
    "engine/verify-backup.ts",
    "engine",
    "engine/steps",
    "engine/adapters",
    "engine/core",
  ],
  // The places that give the engine its adapters.
  "engine/bind-access.ts": ["engine", "engine/adapters", "engine/core"],
  "engine/bind-adoption.ts": ["engine/adapters", "engine/core"],
  "engine/bind-role-password.ts": ["engine/bind-access.ts", "engine", "engine/adapters", "engine/core"],
  "engine/bind-backups.ts": [
    "engine/bind-inspection.ts",
    "engine/bind-places.ts",
    "engine",
    "engine/steps",
    "engine/adapters",
    "engine/core",
  ],
  "engine/bind-places.ts": ["engine/adapters", "engine/core"],
  "engine/bind-inspection.ts": ["engine/steps", "engine/adapters", "engine/core"],
  "engine/drill.ts": [
    "engine/bind-inspection.ts",
    "engine/bind-backups.ts",
    "engine",
    "engine/steps",
    "engine/adapters",
    "engine/core",
  ],
  "engine/verify-backup.ts": ["engine", "engine/adapters", "engine/core"],
  "engine/bind-drill.ts": ["engine/drill.ts", "engine/verify-backup.ts", "engine/core"],
  "engine/bind-rehearsal.ts": ["engine/bind-world.ts", "engine", "engine/adapters", "engine/core"],
  "engine/switch-instance.ts": ["engine", "engine/steps", "engine/adapters", "engine/core"],
  "engine/restore-beside.ts": ["engine", "engine/steps", "engine/adapters", "engine/core"],
  "engine/bind-incidents.ts": ["engine/bind-backups.ts", "engine", "engine/adapters", "engine/core"],
  "engine/bind-world.ts": [
    "engine/bind-backups.ts",
    "engine/bind-incidents.ts",
    "engine",
    "engine/adapters",
    "engine/core",
  ],
  engine: ["engine", "engine/steps", "engine/core"],
  "engine/steps": ["engine/steps", "engine/core"],
  "engine/adapters": ["engine/adapters", "engine/core"],
  "engine/core": ["engine/core"],
  // The Lambda function: a bundle of its own.
  rotation: ["rotation", "engine/core"],
  toolchain: ["toolchain"],
};
/** Modules that let code touch the world; core has none of them, toolchain has nothing but Node's and the Pulumi SDK it provides for. */
const PURE = /^(?!node:|pg$|@pulumi|libpg-query|cli-|picocolors)/;

function partOf(file: string): string | undefined {
  const parts = Object.keys(ARROWS).sort((a, b) => b.length - a.length);
  return parts.find((part) => file === part || (file.startsWith(`${part}/`) && !part.endsWith(".ts")));
}

function imports(file: string): { resolved: string; isInternal: boolean }[] {
  return preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith(".")) return { resolved: fileName, isInternal: false };
    const target = posix.normalize(posix.join(posix.dirname(file), fileName));
    return { resolved: target.replace(/\.js$/, ".ts"), isInternal: true };
  });
}

describe("the import arrows", () => {
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => partOf(file) !== undefined);

  it("reads the whole source", () => {
    assert.ok(files.length > 20, `only ${files.length} files found`);
  });

  for (const file of files) {
    it(`${file} imports only what its layer may`, () => {
      const allowed = ARROWS[partOf(file)!]!;
      const wrong = imports(file)
        .filter(({ isInternal }) => isInternal)
        .map(({ resolved }) => resolved)
        .filter((resolved) => !allowed.includes(partOf(resolved) ?? ""));
      assert.deepEqual(wrong, [], `${file} may import ${allowed.join(", ")}`);
    });
  }

  for (const file of files.filter((name) => name.startsWith("engine/core/") || name.startsWith("engine/steps/"))) {
    it(`${file} touches the world only through the ports`, () => {
      const outside = imports(file).filter(({ isInternal }) => !isInternal);
      assert.deepEqual(
        outside.map(({ resolved }) => resolved).filter((name) => !PURE.test(name) && name !== "node:crypto"),
        [],
      );
    });
  }

  it("has no folder or file called utils or helpers", () => {
    assert.deepEqual(
      files.filter((file) => /(^|\/)(utils?|helpers?)(\/|\.ts$)/.test(file)),
      [],
    );
  });
});
