import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where tools are kept that any checkout can make again: `$XDG_CACHE_HOME/holdfast`, else `~/Library/Caches/holdfast`
 * on macOS and `~/.cache/holdfast` elsewhere (XDG Base Directory Specification 0.8: a relative value is ignored).
 */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const configured = env["XDG_CACHE_HOME"];
  if (configured?.startsWith("/") === true) return join(configured, "holdfast");
  const home = env["HOME"] ?? homedir();
  return platform === "darwin" ? join(home, "Library", "Caches", "holdfast") : join(home, ".cache", "holdfast");
}
