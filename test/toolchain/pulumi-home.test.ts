import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureProviderPlugin, PROVIDER_NAMES, type ProviderPlugin } from "../../toolchain/provider-plugin.js";
import { ensurePulumiCli } from "../../toolchain/pulumi-cli.js";
import { preparePulumiHome, pulumiEnvironment } from "../../toolchain/pulumi-home.js";
import { linkCheckout } from "../../toolchain/work-directory.js";

const CHECKOUT = join(__dirname, "..", "..");

describe("the private Pulumi home", () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), "holdfast home 100% "))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  it("lets only its owner in, and everybody through to the databases beside it", () => {
    const home = preparePulumiHome(join(root, "data", "shop", "pulumi"));
    for (const path of [join(root, "data/shop/pulumi"), home.directory, home.stateDirectory, home.workDirectory]) {
      assert.equal(modeOf(path), "700", path);
    }
    assert.deepEqual([modeOf(join(root, "data")), modeOf(join(root, "data/shop"))], ["755", "755"]);
    assert.equal(modeOf(home.passphraseFile), "600");
  });

  it("keeps its passphrase, without which its states could not be read", () => {
    const { passphraseFile } = preparePulumiHome(join(root, "pulumi"));
    const first = readFileSync(passphraseFile, "utf8");
    assert.match(first, /^[\w-]{43}\n$/);
    preparePulumiHome(join(root, "pulumi"));
    assert.equal(readFileSync(passphraseFile, "utf8"), first);
    assert.deepEqual(readdirSync(join(root, "pulumi")).sort(), ["home", "passphrase", "state", "work"]);
  });

  it("names its backend by a URL that holds whatever its path holds", () => {
    const home = preparePulumiHome(join(root, "pulumi"));
    const url = pulumiEnvironment(home)["PULUMI_BACKEND_URL"] ?? "";
    assert.match(url, /^file:\/\/\/.*holdfast%20home%20100%25%20/);
  });

  describe("its work directory", () => {
    it("links a checkout, leaves Pulumi's own files to be copied, and follows another checkout", () => {
      const [one, two, work] = ["one", "two", "work"].map((name) => join(root, name)) as [string, string, string];
      for (const checkout of [one, two]) {
        mkdirSync(join(checkout, "migrations"), { recursive: true });
        for (const name of ["index.ts", "Pulumi.yaml", "Pulumi.dev.yaml", ".env"])
          writeFileSync(join(checkout, name), "");
      }
      writeFileSync(join(one, "only-here.ts"), "");
      linkCheckout(work, one);
      assert.deepEqual(readdirSync(work).sort(), ["index.ts", "migrations", "only-here.ts"]);
      writeFileSync(join(work, "Pulumi.dev.yaml"), "encryptionsalt: x");
      linkCheckout(work, two);
      assert.deepEqual(readdirSync(work).sort(), ["Pulumi.dev.yaml", "index.ts", "migrations"]);
      assert.equal(readlinkSync(join(work, "migrations")), join(two, "migrations"));
      assert.equal(lstatSync(join(work, "Pulumi.dev.yaml")).isFile(), true);
    });
  });

  for (const name of PROVIDER_NAMES) {
    describe(`its ${name} provider`, () => {
      let cli: string;
      before(async () => {
        cli = (await ensurePulumiCli({ projectRoot: CHECKOUT })).command;
      });

      const ensure = (source: string): Promise<ProviderPlugin> =>
        ensureProviderPlugin({ name, cli, pulumiHome: root, source });

      it("is put in place once", async () => {
        const first = await ensure("stand-in");
        assert.deepEqual([first.origin, first.isNew], ["stand-in", true]);
        const again = await ensure("any");
        assert.deepEqual([again.origin, again.isNew], ["stand-in", false]);
      });

      it("is put in place again where it is only half there, or from another version of its source", async () => {
        const { directory } = await ensure("stand-in");
        writeFileSync(`${directory}.partial`, "");
        assert.equal((await ensure("stand-in")).isNew, true);
        rmSync(join(directory, `pulumi-resource-${name}`));
        assert.equal((await ensure("stand-in")).isNew, true);
        truncateSync(join(directory, "main.js"), 1000);
        assert.equal((await ensure("stand-in")).isNew, true);
        writeFileSync(join(directory, "holdfast-stand-in.json"), JSON.stringify({ source: "another" }));
        assert.equal((await ensure("stand-in")).isNew, true);
        assert.equal((await ensure("stand-in")).isNew, false);
      });

      it("gives way to the official one with the next version of its source, where that can be had by then", async () => {
        const { directory } = await ensure("stand-in");
        writeFileSync(join(directory, "holdfast-stand-in.json"), JSON.stringify({ source: "another" }));
        const folder = join(root, "official");
        mkdirSync(folder);
        writeFileSync(join(folder, `pulumi-resource-${name}`), "#!/bin/sh\n", { mode: 0o755 });
        // Pulumi's command line, whose download succeeds.
        const downloads = join(root, "pulumi");
        writeFileSync(downloads, `#!/bin/sh\nexec '${cli}' "$@" --file '${folder}'\n`, { mode: 0o755 });
        const { origin } = await ensureProviderPlugin({ name, cli: downloads, pulumiHome: root });
        assert.equal(origin, "official");
        assert.deepEqual(readdirSync(directory), [`pulumi-resource-${name}`]);
      });

      it("stays the official one where that is there", async () => {
        const folder = join(root, "official");
        mkdirSync(folder);
        writeFileSync(join(folder, `pulumi-resource-${name}`), "#!/bin/sh\n", { mode: 0o755 });
        assert.deepEqual((await ensure(folder)).origin, "official");
        const again = await ensure("any");
        assert.deepEqual([again.origin, again.isNew], ["official", false]);
        assert.equal(existsSync(join(again.directory, "main.js")), false);
      });
    });
  }
});
