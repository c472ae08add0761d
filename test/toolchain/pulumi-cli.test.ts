import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../../toolchain/cache-directory.js";
import { ensurePulumiCli, type PulumiCli } from "../../toolchain/pulumi-cli.js";
import { isFittingVersion, PULUMI_VERSION } from "../../toolchain/pulumi-version.js";
import { ToolchainError } from "../../toolchain/toolchain-error.js";

const CHECKOUT = join(__dirname, "..", "..");
const ENTRY = `${PULUMI_VERSION}-${process.platform}-${process.arch}`;

/** A machine of its own: a PATH with only what a test puts there, an empty cache, a network that refuses everything. */
class Machine {
  readonly root = mkdtempSync(join(tmpdir(), "holdfast toolchain "));
  readonly bin = join(this.root, "bin");
  readonly messages: string[] = [];

  constructor() {
    mkdirSync(this.bin);
  }

  /** A program that is a shell script. */
  install(name: string, script: string): void {
    const path = join(this.bin, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  /** A Go that counts its calls, knows two packages and writes a Pulumi of `version` where it is asked to. */
  installGo({ version = PULUMI_VERSION } = {}): void {
    const made = join(this.root, "made");
    writeFileSync(made, `#!/bin/sh\necho v${version}\n`);
    this.install(
      "go",
      `/bin/echo "$@" >> "${this.root}/go.log"
       case "$1" in
         list) echo one; echo two;;
         build) shift; while [ "$1" != -o ]; do shift; done; /bin/cp "${made}" "$2"; /bin/chmod 755 "$2";;
       esac`,
    );
  }

  goCalls(): string[] {
    const path = join(this.root, "go.log");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  }

  get entry(): string {
    return join(this.root, "cache", "holdfast", "pulumi", ENTRY);
  }

  ensure(): Promise<PulumiCli> {
    return ensurePulumiCli({
      projectRoot: CHECKOUT,
      env: { PATH: this.bin, HOME: this.root, XDG_CACHE_HOME: join(this.root, "cache") },
      progress: (message) => this.messages.push(message),
      download: () => Promise.resolve("fetch failed"),
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

describe("Pulumi's command line", () => {
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.remove());

  it("is the one on PATH where that is of a fitting version", async () => {
    machine.install("pulumi", "echo v3.250.1");
    const cli = await machine.ensure();
    assert.deepEqual(cli, { command: join(machine.bin, "pulumi"), version: "3.250.1", origin: "path", isNew: false });
  });

  for (const [what, script] of [
    ["too old", "echo v3.100.0"],
    ["of another major version", "echo v4.0.0"],
    ["broken", "exit 1"],
  ] as const) {
    it(`is built where the one on PATH is ${what} and the download is refused`, async () => {
      machine.install("pulumi", script);
      machine.installGo();
      const cli = await machine.ensure();
      assert.deepEqual([cli.origin, cli.version, cli.isNew], ["built", PULUMI_VERSION, true]);
      assert.equal(cli.command, join(machine.entry, "bin", "pulumi"));
    });
  }

  it("is built once, says that it takes minutes, and is found in the cache afterwards", async () => {
    machine.installGo();
    await machine.ensure();
    assert.match(machine.messages.join("\n"), /the download was refused \(fetch failed\).*takes a few minutes once/);
    const calls = machine.goCalls().length;
    const again = await machine.ensure();
    assert.deepEqual([again.origin, again.isNew], ["built", false]);
    assert.equal(machine.goCalls().length, calls);
  });

  it("is the downloaded one where the download works", async () => {
    const download = (root: string): Promise<undefined> => {
      mkdirSync(join(root, "bin"));
      machine.install("pulumi-made", `echo v${PULUMI_VERSION}`);
      writeFileSync(join(root, "bin", "pulumi"), readFileSync(join(machine.bin, "pulumi-made")), { mode: 0o755 });
      return Promise.resolve(undefined);
    };
    const env = { PATH: machine.bin, XDG_CACHE_HOME: join(machine.root, "cache") };
    const cli = await ensurePulumiCli({ projectRoot: CHECKOUT, env, download });
    assert.equal(cli.origin, "downloaded");
  });

  describe("is made again where the cached copy is only half there", () => {
    const damages: Record<string, (entry: string) => void> = {
      "the executable is cut off": (entry) => truncateSync(join(entry, "bin", "pulumi"), 5),
      "the executable is gone": (entry) => rmSync(join(entry, "bin", "pulumi")),
      "the seal was never written": (entry) => rmSync(join(entry, "holdfast-seal.json")),
      "the seal is cut off": (entry) => truncateSync(join(entry, "holdfast-seal.json"), 9),
      "it is not executable": (entry) => chmodSync(join(entry, "bin", "pulumi"), 0o600),
    };
    for (const [what, damage] of Object.entries(damages)) {
      it(what, async () => {
        machine.installGo();
        await machine.ensure();
        damage(machine.entry);
        const cli = await machine.ensure();
        assert.equal(cli.isNew, true);
        assert.match(machine.messages.join("\n"), /the cached copy is incomplete; it is made again/);
        assert.equal((await machine.ensure()).isNew, false);
      });
    }
  });

  it("takes away what a killed build left beside it", async () => {
    machine.installGo();
    const dead = `${machine.entry}.partial-999999999`;
    mkdirSync(dead, { recursive: true });
    await machine.ensure();
    assert.deepEqual(readdirSync(dirname(machine.entry)), [ENTRY]);
  });

  it("goes on past the lock of a killed build", async () => {
    machine.installGo();
    mkdirSync(dirname(machine.entry), { recursive: true });
    writeFileSync(`${machine.entry}.lock`, JSON.stringify({ pid: 999999999, identity: "x" }));
    assert.equal((await machine.ensure()).isNew, true);
  });

  it("goes on past the lock of a build before a reboot, whose process id is another's now", async () => {
    machine.installGo();
    mkdirSync(dirname(machine.entry), { recursive: true });
    writeFileSync(`${machine.entry}.lock`, JSON.stringify({ pid: process.pid, identity: "another boot/1" }));
    assert.equal((await machine.ensure()).isNew, true);
  });

  it("goes on past a lock that was cut off in the writing", async () => {
    machine.installGo();
    mkdirSync(dirname(machine.entry), { recursive: true });
    writeFileSync(`${machine.entry}.lock`, '{"pi');
    assert.equal((await machine.ensure()).isNew, true);
  });

  it("is built by one of two runs at the same time; the other waits and takes it", async () => {
    machine.installGo();
    const [one, two] = await Promise.all([machine.ensure(), machine.ensure()]);
    assert.deepEqual([one.isNew, two.isNew].sort(), [false, true]);
    assert.equal(machine.goCalls().filter((call) => call.startsWith("build")).length, 1);
  });

  describe("cannot be had, and says what to do", () => {
    const failure = async (): Promise<ToolchainError> => {
      const error: unknown = await machine.ensure().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof ToolchainError, `it threw ${String(error)}`);
      assert.equal(existsSync(machine.entry), false);
      assert.deepEqual(readdirSync(dirname(machine.entry)), [], "nothing half-made is left");
      return error;
    };

    it("without Go", async () => {
      const { message, next } = await failure();
      assert.match(message, /the download failed \(fetch failed\), and so did the build\. Go cannot be started/);
      assert.match(next, /Install Go from https:\/\/go\.dev\/dl/);
    });

    it("without any network", async () => {
      machine.install("go", 'echo "dial tcp: lookup proxy.golang.org: no such host" >&2; exit 1');
      const { message, next } = await failure();
      assert.match(message, /Go modules cannot be fetched: dial tcp: lookup proxy\.golang\.org: no such host/);
      assert.match(next, /Check the network and GOPROXY/);
    });

    it("on a full disk", async () => {
      machine.install("go", '[ "$1" = list ] && echo one && exit 0; echo "write: no space left on device" >&2; exit 1');
      const { message, next } = await failure();
      assert.match(message, /does not build: write: no space left on device/);
      assert.match(next, /free disk space/);
    });

    it("where Go builds another version than it should", async () => {
      machine.installGo({ version: "3.1.0" });
      const { message } = await failure();
      assert.match(message, /does not answer as version/);
    });
  });
});

describe("the pinned version", () => {
  it("is the same in the toolchain, in go.mod and in the SDK that is locked", () => {
    const goMod = readFileSync(join(CHECKOUT, "toolchain", "pulumi-cli", "go.mod"), "utf8");
    assert.match(goMod, new RegExp(`github\\.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION.replaceAll(".", "\\.")} `));
    const sdk = JSON.parse(readFileSync(join(CHECKOUT, "node_modules/@pulumi/pulumi/package.json"), "utf8")) as {
      version: string;
    };
    assert.equal(sdk.version, PULUMI_VERSION);
  });

  for (const [text, fits] of [
    ["v3.245.0", true],
    ["3.245.0\n", true],
    ["v3.246.0-alpha.1", true],
    ["v3.300.0", true],
    ["v3.244.9", false],
    ["v2.999.0", false],
    ["v4.0.0", false],
    ["", false],
    ["command not found", false],
  ] as const) {
    it(`${JSON.stringify(text)} ${fits ? "fits" : "does not fit"}`, () =>
      assert.equal(isFittingVersion(text, "3.245.0"), fits));
  }
});

describe("the cache", () => {
  it("lies where the system keeps what can be made again", () => {
    assert.equal(cacheDirectory({ XDG_CACHE_HOME: "/caches", HOME: "/home/ada" }, "linux"), "/caches/holdfast");
    assert.equal(cacheDirectory({ HOME: "/home/ada" }, "linux"), "/home/ada/.cache/holdfast");
    assert.equal(
      cacheDirectory({ XDG_CACHE_HOME: "relative", HOME: "/home/ada" }, "linux"),
      "/home/ada/.cache/holdfast",
    );
    assert.equal(cacheDirectory({ HOME: "/Users/ada" }, "darwin"), "/Users/ada/Library/Caches/holdfast");
  });
});
