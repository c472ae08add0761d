import type { RDSClient, Tag } from "@aws-sdk/client-rds";
import { clientSettings } from "./client-settings.js";

/** A client of its own for each call: credentials that were renewed meanwhile are read anew. */
export async function withRds<T>(region: string, call: (client: RDSClient) => Promise<T>): Promise<T> {
  const { RDSClient } = await import("@aws-sdk/client-rds");
  const client = new RDSClient(clientSettings(region));
  try {
    return await call(client);
  } finally {
    client.destroy();
  }
}

export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagsIn(list: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((list ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}
