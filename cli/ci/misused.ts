import { HoldfastError } from "../../engine/index.js";

export function misused(what: string, next: string): HoldfastError {
  return new HoldfastError("invalid_usage", `holdfast ci: ${what}.`, { next });
}
