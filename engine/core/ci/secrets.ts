import type { LintFinding } from "../lint/lint-finding.js";
import { findingAt, isTestPath, type TextFile } from "./text-file.js";

interface SecretPattern {
  /** As a sentence names it: `a private key`. */
  readonly what: string;
  /** The group `secret`, where there is one, is the secret itself; else the whole match is. */
  readonly pattern: RegExp;
  /** True for a match that is no secret. */
  readonly isHarmless?: (groups: Readonly<Record<string, string | undefined>>) => boolean;
}

/**
 * Secrets that can be told from their shape, as their issuers document it. A word such as `password =` alone is no sign: it stands
 * in front of placeholders far more often than of passwords.
 */
const PATTERNS: readonly SecretPattern[] = [
  {
    what: "a private key",
    pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\n|\\r)+[A-Za-z0-9+/=]{40,}/g,
  },
  { what: "an AWS access key", pattern: /\b(?<secret>(?:AKIA|ASIA)[A-Z2-7]{16})\b/g },
  {
    what: "an AWS secret key",
    pattern: /aws_?secret_?access_?key["']?\s*[:=]\s*["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  },
  {
    what: "a database password",
    pattern: /\bpostgres(?:ql)?(?:\+\w+)?:\/\/[^\s:/@"'`<>]+:(?<secret>[^\s@/"'`<>]+)@(?<host>[^\s/:"'`?,<>]+)/g,
    isHarmless: ({ secret = "", host = "" }) => isPlaceholder(secret) || isNowhere(host),
  },
  { what: "a GitHub token", pattern: /\b(?<secret>gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\b/g },
  { what: "a Slack token", pattern: /\b(?<secret>xox[abeoprs]-[A-Za-z0-9-]{20,})\b/g },
  { what: "a Stripe key", pattern: /\b(?<secret>[rs]k_live_[A-Za-z0-9]{20,})\b/g },
  { what: "a Google API key", pattern: /\b(?<secret>AIza[A-Za-z0-9_-]{35})\b/g },
  { what: "an npm token", pattern: /\b(?<secret>npm_[A-Za-z0-9]{36})\b/g },
  { what: "a PyPI token", pattern: /\b(?<secret>pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,})/g },
  { what: "a Pulumi access token", pattern: /\b(?<secret>pul-[a-f0-9]{40})\b/g },
  { what: "a Vercel Blob token", pattern: /\b(?<secret>vercel_blob_rw_[A-Za-z0-9]{8,}_[A-Za-z0-9]{20,})\b/g },
  { what: "a SendGrid key", pattern: /\b(?<secret>SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})\b/g },
  { what: "an Anthropic key", pattern: /\b(?<secret>sk-ant-[A-Za-z0-9_-]{40,})/g },
  { what: "an OpenAI key", pattern: /\b(?<secret>sk-(?:proj-[A-Za-z0-9_-]{40,}|[A-Za-z0-9]{48}))\b/g },
];

/** One finding for each secret; never with a part of it. A secret in a test is a warning: most are made up, and the rest leaked all the same. */
export function secretFindings(file: TextFile): LintFinding[] {
  return PATTERNS.flatMap(({ what, pattern, isHarmless }) =>
    [...file.text.matchAll(pattern)]
      .filter(({ 0: whole, groups = {} }) => {
        const secret = groups["secret"] ?? whole;
        return !isMadeUp(secret) && isHarmless?.(groups) !== true;
      })
      .map(({ index }) =>
        findingAt(file, index, {
          rule: "secret-in-file",
          severity: isTestPath(file.path) ? "warning" : "error",
          message: `There is ${what} in a file under version control.`,
          fix: "Make it invalid where it was issued: whoever has the repository has it. Then take it out, and read it from the environment or a secret store.",
        }),
      ),
  );
}

/** `AKIAIOSFODNN7EXAMPLE`, `ghp_xxxx…`, `0000…`. */
function isMadeUp(secret: string): boolean {
  return (
    /example|placeholder|your[_-]|xxxx|redacted|dummy|changeme/i.test(secret) || new Set(secret).size < SOME_VARIETY
  );
}

/** Of different characters. */
const SOME_VARIETY = 4;

/** What people write where the password goes. */
function isPlaceholder(password: string): boolean {
  return (
    /^(\$|%|\{|\[|\*|x+$|\.\.\.|…)/i.test(password) ||
    /^(pass(word|wd)?|pw|pwd|secret|postgres(ql)?|admin|root|user(name)?|test(ing)?|dev|local|app|db|example|my.*|your.*)$/i.test(
      password,
    ) ||
    // A template's hole anywhere in it: ${password}, {{ password }}, {password}.
    /[${}]/.test(password)
  );
}

/** This machine, a name inside a container network, or a name reserved for examples (RFC 2606, RFC 6761). */
function isNowhere(host: string): boolean {
  return (
    !host.includes(".") ||
    /^(127\.|0\.0\.0\.0|\[?::1)/.test(host) ||
    /(^|\.)(example|test|invalid|localhost|internal|local)$/i.test(host) ||
    /(^|\.)example\.(com|net|org)$/i.test(host) ||
    /[${}]/.test(host)
  );
}
