/** A deploy as a process of its own, to be killed: `node --import tsx deploy-process.ts <JSON of DeployJob>`. */
import { killSwitch } from "../../engine/adapters/kill-switch.js";
import { deploy, type Folder, type TestRequest } from "./engine.js";
import type { TestDatabase } from "./postgres.js";

export interface DeployJob {
  readonly database: Pick<TestDatabase, "name" | "host" | "port" | "user" | "password">;
  readonly folder: Folder;
  readonly request: Pick<TestRequest, "release" | "approvals">;
}

const { database, folder, request } = JSON.parse(process.argv[2] ?? "{}") as DeployJob;
void deploy(database as TestDatabase, folder, { ...request, world: { killPoint: killSwitch(process.env) } });
