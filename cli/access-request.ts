import { accessFaults, accessRequestOf, HoldfastError, type AccessRequest, type AccessWish } from "../engine/index.js";

/** How roles prove themselves: on this machine by passwords in the data root, on AWS by tokens. */
export function loginKindOf(kind: string | undefined): AccessRequest["login"] {
  if (kind === "embedded") return "file";
  return kind === undefined ? "none" : "iam";
}

/** @throws HoldfastError invalid_config with everything that is wrong with the roles */
export function readAccessWish(wish: AccessWish, login: AccessRequest["login"]): AccessRequest {
  const faults = accessFaults(wish);
  if (faults.length === 0) return accessRequestOf(wish, login);
  const [first, ...others] = faults.map(
    ({ property, value, allowed }) =>
      new HoldfastError("invalid_config", `${property} is "${value}".`, { next: `Allowed: ${allowed}.` }),
  );
  throw new HoldfastError("invalid_config", first?.message ?? "", { ...first?.details, faults: others });
}
