/**
 * Controls of AWS Security Hub that a database's stack must meet by its defaults. Source: AWS Security Hub user guide, the pages
 * "Security Hub controls for" Amazon RDS, AWS KMS, Secrets Manager, AWS Backup, Amazon S3, CloudWatch, Amazon SNS, Amazon ECS
 * and Amazon EC2; of RDS all that are about PostgreSQL, on an instance or on Aurora, and that need nothing only the user has.
 */
const BY_SERVICE = {
  RDS: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30].concat([
    31, 32, 33, 35, 36, 37, 38, 47, 50,
  ]),
  SecretsManager: [1, 3, 4, 5],
  KMS: [1, 2, 3, 4, 5],
  S3: [2, 3, 5, 8, 12, 13, 14, 17],
  Backup: [1, 2, 3, 5],
  CloudWatch: [16],
  SNS: [1],
  ECS: [2, 3, 4, 5, 8, 9, 12],
  EC2: [2, 8, 9],
} as const;

export const DEFAULT_CONTROLS: readonly string[] = Object.entries(BY_SERVICE).flatMap(([service, numbers]) =>
  numbers.map((number) => `${service}.${String(number)}`),
);

export interface ControlWithoutInput {
  readonly demand: string;
  readonly heldBy: string;
  /** As in a row. */
  readonly weakenedBy?: string;
}

/** Of these, those that no single input makes hold, and what does; each is looked at by a test of its own. */
export const WITHOUT_AN_INPUT: Readonly<Record<string, ControlWithoutInput>> = {
  "RDS.15": {
    demand: "a cluster lies in several zones",
    heldBy: "PersistentDatabase with Aurora: a reader beside the writer, in another zone",
    weakenedBy: "`readers: 0`",
  },
  "KMS.3": {
    demand: "no key waits for its deletion",
    heldBy: "EncryptionKey: the guards, which no deploy passes",
    weakenedBy: '`protection: "ephemeral"`; `breakGlass`, for one key and a time',
  },
  "SecretsManager.3": {
    demand: "no secret that nobody reads",
    heldBy: "DatabaseSecrets: a secret for each password role that was asked for, none without one",
    weakenedBy: "`roles`: whether each is used is the program's business",
  },
  "ECS.2, ECS.3, ECS.4, ECS.5, ECS.8, ECS.9, ECS.12": {
    demand: "tasks are private, unprivileged, logged",
    heldBy: "no component makes a task or a cluster of them",
  },
  "EC2.8, EC2.9": {
    demand: "machines have IMDSv2 and no public address",
    heldBy: "no component makes a machine",
  },
};

/** Controls that need something which only the user has, and the way to them. */
export const OPT_IN: Readonly<Record<string, { readonly demand: string; readonly way: string }>> = {
  "RDS.43": { demand: "a proxy wants TLS", way: "no component makes a proxy" },
  "RDS.46": {
    demand: "no database in a subnet with a way to the internet",
    way: "`cidrBlock` of DatabaseNetwork makes none; of an existing VPC a preview refuses the subnets whose route leads to an internet gateway",
  },
  "SecretsManager.2": {
    demand: "the last rotation worked",
    way: "DatabaseAlarms tells of each that failed, to `emails` or `topicArn`",
  },
  "S3.9": { demand: "an access log of the bucket", way: "`accessLog` of FileStorage, with a bucket of yours" },
  "S3.15": { demand: "files that cannot be deleted for a time", way: "`objectLock` of FileStorage" },
};

/** The controls that a row names: "RDS.1, RDS.4". */
export function controlsOf(text: string): string[] {
  return text.split(", ");
}
