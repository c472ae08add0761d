/**
 * One database that a PersistentDatabase holds or held. A restored one is adopted as a further generation, beside the one it
 * was restored from; never in its place.
 */
export interface DatabaseGeneration {
  /** Stays for good. Letters, digits and "-". */
  readonly name: string;
  /** DBInstanceIdentifier or DBClusterIdentifier in AWS. Changing it later is refused. @default made from project, stack, component and name */
  readonly identifier?: string | undefined;
  /** Of an adopted database: its DbiResourceId, or a cluster's identifier. Changing it later is refused. @default a new, empty database */
  readonly id?: string | undefined;
  /**
   * Major version, where it is not the component's: of a former generation that stays behind, or of one restored from before
   * an upgrade. Rises with `majorUpgrade` only. @default engineVersion
   */
  readonly engineVersion?: string | undefined;
  /** The id of a database of this name that is gone from AWS and from the stack's state: nothing is made in its place. */
  readonly lost?: string | undefined;
}
