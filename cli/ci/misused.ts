import { HoldfastError } from "../../engine/index.js";

export function misused(command: string, what: string, next: string): HoldfastError {
  return new HoldfastError("invalid_usage", `holdfast ${command}: ${what}.`, { next });
}
