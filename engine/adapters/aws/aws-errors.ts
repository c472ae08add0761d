import { HoldfastError, type ErrorCode } from "../../core/errors.js";

/** What was asked of AWS, for the error. */
export interface AwsRequest {
  /** The start of the sentence, without a secret: `The password of "prod" could not be read`. */
  readonly what: string;
  /** As IAM spells it: `secretsmanager:GetSecretValue`. */
  readonly action: string;
  readonly region: string;
}

interface Explanation {
  readonly code: ErrorCode;
  readonly why: (request: AwsRequest) => string;
  readonly next: (request: AwsRequest) => string;
}

const LOG_IN =
  "Log in (aws sso login), or name a profile (AWS_PROFILE). In CI give the job a role.\n" +
  "Whether it is there: aws sts get-caller-identity.";

const MISSING: Explanation = {
  code: "aws_credentials_missing",
  why: () => "there are no AWS credentials",
  next: () => LOG_IN,
};
const EXPIRED: Explanation = {
  code: "aws_credentials_expired",
  why: () => "the AWS credentials have expired, or AWS does not know them",
  next: () => `${LOG_IN}\nThen run it again.`,
};
const DENIED: Explanation = {
  code: "aws_access_denied",
  why: ({ action }) => `AWS does not allow ${action}`,
  next: ({ action }) => `Allow ${action} to the role this runs as, or run it as one that may (AWS_PROFILE).`,
};
const THROTTLED: Explanation = {
  code: "aws_unavailable",
  why: ({ region }) => `AWS has too many requests of this account in ${region}`,
  next: () => "Wait a minute, then run it again.",
};
const BROKEN: Explanation = {
  code: "aws_unavailable",
  why: ({ region }) => `AWS answers with faults of its own in ${region}`,
  next: () => "Look at https://health.aws.amazon.com, then run it again.",
};
const UNREACHABLE: Explanation = {
  code: "aws_unavailable",
  why: ({ region, action }) => `the ${action.split(":")[0] ?? ""} endpoint of ${region} cannot be reached from here`,
  next: () => "Check this machine's network and proxy, and that the region is right; in a VPC, its endpoints or NAT.",
};

/** By the error's name, as the services' API references and the SDK spell them. */
const BY_NAME: readonly (readonly [RegExp, Explanation])[] = [
  [/^(CredentialsProviderError|CredentialsError|NoCredentials|MissingAuthenticationToken.*)$/, MISSING],
  [
    /^(ExpiredToken.*|RequestExpired|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClientException|InvalidSignatureException|SignatureDoesNotMatch|TokenProviderError)$/,
    EXPIRED,
  ],
  [/^(AccessDenied.*|UnauthorizedOperation|NotAuthorized.*|AuthFailure)$/, DENIED],
  [/^(Throttl.*|TooManyRequests.*|RequestLimitExceeded|SlowDown|ProvisionedThroughputExceeded.*)$/, THROTTLED],
  [/^(TimeoutError|RequestTimeout.*)$/, UNREACHABLE],
];
const UNREACHABLE_CODES = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)$/;

/** Of an answer the SDK turned into an error. */
export interface AwsFault {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Why a request to AWS failed. The SDK's own error stays out: it holds the request, with its headers. */
export function awsError(error: unknown, request: AwsRequest): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const fault = error as AwsFault;
  const known = explain(fault);
  if (known === undefined) {
    return new HoldfastError("aws_unavailable", `${request.what}: AWS answered ${fault.name}.`, {
      hint: plain(fault.message),
      next: "Mend what AWS names, then run it again; nothing was changed.",
    });
  }
  const hint = known === DENIED ? { hint: plain(fault.message) } : {};
  return new HoldfastError(known.code, `${request.what}: ${known.why(request)}.`, {
    ...hint,
    next: known.next(request),
  });
}

/** Whether asking again may help: neither a refusal nor credentials that somebody has to renew. */
export function isPassing(error: unknown): boolean {
  const known = explain(error as AwsFault);
  return known === THROTTLED || known === BROKEN || known === UNREACHABLE;
}

function explain(fault: AwsFault): Explanation | undefined {
  const named = BY_NAME.find(([pattern]) => pattern.test(fault.name))?.[1];
  // A profile whose login has run out: the SDK finds no credentials, and says why in its message.
  if (named === MISSING && /expired|refresh/i.test(fault.message)) return EXPIRED;
  if (named !== undefined) return named;
  const status = fault.$metadata?.httpStatusCode ?? 0;
  if (status === 429) return THROTTLED;
  if (status >= 500) return BROKEN;
  return networkCode(fault) === undefined ? undefined : UNREACHABLE;
}

/** Node tries several addresses of a name and gives their errors together. */
function networkCode({ code, cause }: AwsFault): string | undefined {
  if (typeof code === "string" && UNREACHABLE_CODES.test(code)) return code;
  return cause === undefined ? undefined : networkCode(cause as AwsFault);
}

/** In one line, without what identifies a key. */
function plain(message: string): string {
  return message.replaceAll(/\s+/g, " ").replaceAll(/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, "$1…");
}
