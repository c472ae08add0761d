/** Why no contract runs on a database of AWS, as the end of a sentence. */
export const WHY_SNAPSHOTS_ARE_UNPROVEN = "Holdfast cannot yet restore a snapshot of RDS or Aurora to prove it";
