/** The stand-in for Pulumi's postgresql provider, as a process. */
import { serveProvider } from "../stand-in/serve-provider.js";
import { isWorking } from "./server.js";
import { postgresqlService } from "./service.js";

serveProvider({ service: () => postgresqlService(), isBusy: isWorking });
