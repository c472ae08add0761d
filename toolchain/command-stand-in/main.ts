/** The stand-in for Pulumi's command provider, as a process. */
import { serveProvider } from "../stand-in/serve-provider.js";
import { connectEngineLog } from "./engine-log.js";
import { isRunning } from "./run-command.js";
import { commandService } from "./service.js";

serveProvider({ service: (engineAddress) => commandService(connectEngineLog(engineAddress)), isBusy: isRunning });
