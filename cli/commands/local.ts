import {
  HoldfastError,
  isLocalInstanceRunning,
  startLocalInstance,
  stopLocalInstance,
  type LocalInstance,
} from "../../engine/index.js";
import { defineCommand, type Answer } from "../command.js";
import { findTarget } from "../instances.js";

const ACTIONS: Readonly<Record<string, (instance: LocalInstance) => Promise<void>>> = {
  start: startLocalInstance,
  stop: stopLocalInstance,
  where: () => Promise.resolve(),
};

export const command = defineCommand({
  about: "Starts or stops the embedded PostgreSQL of an instance, or says where it is. Its data is never removed.",
  words: [
    { name: "start|stop|where", about: "what to do" },
    { name: "instance", about: "a local database of this project" },
  ],
  flags: {},
  examples: [
    ["holdfast local where dev", "address, data folder, log"],
    ["holdfast local stop dev", "until the next command that needs it"],
  ],
  async run({ words: [action = "", name = ""] }) {
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (act === undefined) {
      throw new HoldfastError("invalid_usage", `holdfast local: "${action}" is not one of start, stop and where.`, {
        next: "See: holdfast local --help",
      });
    }
    const { local } = await findTarget(name, {});
    if (local === undefined) {
      throw new HoldfastError("invalid_usage", `${name} is no embedded database of this machine.`, {
        next: "Start and stop it where it runs.",
      });
    }
    await act(local);
    return answer(local, await isLocalInstanceRunning(local));
  },
});

function answer(local: LocalInstance, isRunning: boolean): Answer {
  const { host, port, database, user, ownerRole, dataDirectory, walDirectory, logFile, passwordFile, resourceId } =
    local;
  const facts = {
    ...{ instance: local.name, project: local.project, isRunning, host, port, database, user, ownerRole },
    ...{ dataDirectory, walDirectory, logFile, passwordFile, resourceId },
  };
  const lines = [
    `${local.name} is ${isRunning ? "running" : "stopped"}.`,
    `  address   postgres://${user}@${host}:${port}/${database}`,
    `  password  in ${passwordFile}`,
    `  data      ${dataDirectory}`,
    `  wal       ${walDirectory}`,
    `  log       ${logFile}`,
  ];
  return { json: facts, text: () => lines.join("\n") };
}
