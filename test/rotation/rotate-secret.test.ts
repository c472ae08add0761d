import assert from "node:assert/strict";
import { startRotationWorld, type RotationWorld, type TestRole } from "./rotation-world.js";

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

describe("the rotation of a role's password", () => {
  let world: RotationWorld;

  before(async function () {
    this.timeout(180_000);
    world = await startRotationWorld();
  });
  after(() => world.stop());

  async function assertRotated(role: TestRole, version: string, before: string): Promise<void> {
    const { password, labels } = await world.read(role, version);
    assert.ok(labels.includes("AWSCURRENT"), labels.join());
    assert.notEqual(password, before);
    await (await world.logIn(role, password)).end();
    await assert.rejects(world.logIn(role, before), { code: "28P01" });
  }

  it("gives the role a new password, which logs in, and the secret's readers get it", async () => {
    const role = await world.createRole();
    const before = await world.current(role);
    const version = await world.beginRotation(role);
    await world.rotate(role, version);
    await assertRotated(role, version, before.password);
    assert.deepEqual((await world.read(role, before.version)).labels, ["AWSPREVIOUS"]);
    assert.equal((await world.current(role)).version, version);
  });

  it("works for a role that becomes another one at login", async () => {
    const role = await world.createRole();
    await world.asAdmin(
      `CREATE ROLE ${role.name}_owner`,
      `GRANT ${role.name}_owner TO ${role.name}`,
      `ALTER ROLE ${role.name} SET role = '${role.name}_owner'`,
    );
    const { password } = await world.current(role);
    const version = await world.beginRotation(role);
    await world.rotate(role, version);
    await assertRotated(role, version, password);
  });

  it("leaves the sessions that are open alone", async () => {
    const role = await world.createRole();
    const session = await world.logIn(role, (await world.current(role)).password);
    await world.rotate(role, await world.beginRotation(role));
    const { rows } = await session.query("SELECT current_user AS me");
    assert.deepEqual(rows, [{ me: role.name }]);
    await session.end();
  });

  for (const [index, last] of STEPS.entries()) {
    it(`converges when it is cut off after ${last} and run again from the start`, async () => {
      const role = await world.createRole();
      const before = await world.current(role);
      const version = await world.beginRotation(role);
      for (const name of STEPS.slice(0, index + 1)) await world.step(role, name, version);
      const made = (await world.read(role, version)).password;
      await world.kill();
      await world.rotate(role, version);
      assert.equal((await world.read(role, version)).password, made, "the password that was made stays the one");
      await assertRotated(role, version, before.password);
    });
  }

  it("recovers where an earlier rotation was given up after it had changed the server", async () => {
    const role = await world.createRole();
    const before = await world.current(role);
    const givenUp = await world.beginRotation(role);
    await world.step(role, "createSecret", givenUp);
    await world.step(role, "setSecret", givenUp);
    const lost = (await world.read(role, givenUp)).password;
    await assert.rejects(world.logIn(role, before.password), { code: "28P01" });
    const version = await world.beginRotation(role);
    assert.deepEqual((await world.read(role, givenUp)).labels, [], "the new rotation took the label");
    await world.rotate(role, version);
    await assertRotated(role, version, lost);
  });

  it("refuses a version that is not the pending one, an unknown version and an unknown step", async () => {
    const role = await world.createRole();
    const givenUp = await world.beginRotation(role);
    await world.step(role, "createSecret", givenUp);
    const version = await world.beginRotation(role);
    await assert.rejects(world.step(role, "setSecret", givenUp), /not the one labelled AWSPENDING/);
    await assert.rejects(world.step(role, "createSecret", "not-a-version-of-this-secret-at-all"), /has no version/);
    await assert.rejects(world.step(role, "dropSecret", version), /"dropSecret" is not a step/);
  });

  it("refuses a secret that is not set up to be rotated", async () => {
    const role = await world.createRole();
    const { version } = await world.current(role);
    await assert.rejects(world.step(role, "createSecret", version), /not set up to be rotated/);
  });

  it("makes nothing current that does not log in", async () => {
    const role = await world.createRole();
    const before = await world.current(role);
    const version = await world.beginRotation(role);
    await world.step(role, "createSecret", version);
    await assert.rejects(world.step(role, "testSecret", version), /does not let .* in/);
    await assert.rejects(world.step(role, "finishSecret", version), /does not let .* in/);
    assert.deepEqual(await world.current(role), before);
    await (await world.logIn(role, before.password)).end();
  });

  it("changes no other role's password, whatever the pending version says", async () => {
    const [role, other] = [await world.createRole(), await world.createRole()];
    await world.beginRotation(role);
    const planted = await world.putPending(role, { username: other.name, password: "chosen-by-someone" });
    await assert.rejects(world.step(role, "setSecret", planted), /another role/);
    await (await world.logIn(other, (await world.current(other)).password)).end();
  });

  it("says what to do where the password was changed by hand", async () => {
    const role = await world.createRole();
    const version = await world.beginRotation(role);
    await world.asAdmin(`ALTER ROLE ${role.name} PASSWORD NULL`);
    await world.step(role, "createSecret", version);
    await assert.rejects(world.step(role, "setSecret", version), /changed elsewhere.*holdfast secret create/);
  });

  it("may be set up before the first password is made, and says who makes it", async () => {
    const role = await world.createRole();
    const version = await world.beginRotation(role);
    await world.forgetCurrent(role);
    await world.step(role, "testSecret", version);
    await assert.rejects(world.step(role, "createSecret", version), /no value yet: `holdfast secret create`/);
  });

  it("sends the server a SCRAM verifier, never a password, and prints none", async () => {
    const role = await world.createRole();
    const version = await world.beginRotation(role);
    await world.rotate(role, version);
    await world.read(role, version);
    const server = world.serverLog();
    assert.match(server, new RegExp(`ALTER ROLE SESSION_USER PASSWORD 'SCRAM-SHA-256\\$4096:`));
    assert.ok(world.passwords.size > 10, `${world.passwords.size} passwords to look for`);
    for (const password of world.passwords) {
      assert.ok(!server.includes(password), "a password stands in the server's log");
      assert.ok(!world.functionLog().includes(password), "a password stands in the function's log");
    }
    assert.match(world.functionLog(), /"step":"finishSecret".*"outcome":"current now"/);
  });

  it("does not speak to a server whose certificate it cannot check", async () => {
    const role = await world.createRole();
    const version = await world.beginRotation(role);
    await world.step(role, "createSecret", version);
    await world.kill({ NODE_EXTRA_CA_CERTS: "" });
    await assert.rejects(world.step(role, "setSecret", version), /SELF_SIGNED_CERT/);
    await world.kill();
  });
});
