/** How a contender reaches the server. */
export type Wire = "loopback" | "slow";

/** What the proxy adds to a round trip, as between two zones of a cloud. */
export const SLOW_MS = 2;

export function wireName(wire: Wire): string {
  return wire === "slow" ? `${SLOW_MS} ms added to a round trip` : wire;
}
