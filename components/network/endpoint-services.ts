/** What a runner without a way to the internet may need, as AWS names the services in `com.amazonaws.<region>.<service>`. */
export const ENDPOINT_SERVICES: readonly string[] = [
  "backup",
  "codebuild",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "events",
  "kms",
  "logs",
  "monitoring",
  "rds",
  "s3",
  "secretsmanager",
  "sns",
  "ssm",
  "ssmmessages",
  "sts",
];

/** S3 is reached by a gateway in the route table, which costs nothing; every other one by an interface in each subnet. */
export function isGateway(service: string): boolean {
  return service === "s3";
}
