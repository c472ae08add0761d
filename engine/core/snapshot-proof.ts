/** Why no contract runs on a database of AWS for the moment, as the end of a sentence. */
export function whySnapshotsAreUnproven(instance: string, lastProvenAt: Date | null, oldest: Date): string | undefined {
  if (lastProvenAt !== null && lastProvenAt >= oldest) return undefined;
  const last =
    lastProvenAt === null
      ? `no snapshot of ${instance} was ever proven by a drill`
      : `the last drill of a snapshot of ${instance} that succeeded was on ${lastProvenAt.toISOString().slice(0, 10)}`;
  return `${last}; drill it first: holdfast drill ${instance}`;
}
