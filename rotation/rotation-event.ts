/**
 * What Secrets Manager calls a rotation function with (AWS documentation, "Rotation by Lambda function"): four times in this
 * order for one rotation, and the whole from the start again when a step failed.
 */
export const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

export type Step = (typeof STEPS)[number];

export interface RotationEvent {
  readonly Step: string;
  /** ARN of the secret. */
  readonly SecretId: string;
  /** The new version's id. */
  readonly ClientRequestToken: string;
  /** Sent where the rotation runs under another account's role; handed back with the new value. */
  readonly RotationToken?: string | undefined;
}
