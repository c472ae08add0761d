/**
 * What the AWS provider knows of a resource type, in the names Pulumi uses.
 * Sources: `inputs`, `required` and `outputs` are the type declarations of the installed @pulumi/aws (a test compares them);
 * the rest is the schema of terraform-provider-aws v6.58.0 (`ForceNew`, `Optional` + `Computed`, `Default`, `TypeSet`),
 * with what pulumi-aws 7.48 changes of it.
 */
export interface TypeFacts {
  readonly inputs: readonly string[];
  readonly required?: readonly string[];
  /** Inputs of which a change replaces the resource (`ForceNew`). */
  readonly replaces?: readonly string[];
  /** The same for fields of a block which does not replace by itself, for example `s3Import.bucketName`. */
  readonly nestedReplaces?: readonly string[];
  /** Leaving the input out keeps the stored value and is no change (`Optional` + `Computed`). */
  readonly keeps?: readonly string[];
  /** What the provider takes for an input that is left out. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Output only. */
  readonly outputs?: readonly string[];
  /** Inputs that only the provider knows: AWS does not hold them, so no read brings them back. */
  readonly providerOnly?: readonly string[];
  /** Lists whose order means nothing (`TypeSet`). */
  readonly sets?: readonly string[];
}

/** The words of a text. */
export function words(text = ""): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
