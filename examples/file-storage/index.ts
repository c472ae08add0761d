import { EncryptionKey, FileStorage } from "holdfast";

const key = new EncryptionKey("key");

const files = new FileStorage("files", {
  kind: "s3",
  keyArn: key.arn,
  // CloudFront in front of the bucket, which itself is private.
  baseUrl: "https://files.shop.example",
  // No shorter than the database's backups: a restored row finds its file.
  noncurrentVersionDays: 120,
});

const avatars = new FileStorage("avatars", {
  kind: "vercel-blob",
  baseUrl: "https://abcdef012345.public.blob.vercel-storage.com",
  tokenSecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/blob-token-AbCdEf",
});

/** For a service's environment: values, and where the token is. */
export const filesEnvironment = files.environment;
export const avatarsEnvironment = avatars.environment;
