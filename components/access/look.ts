import * as pulumi from "@pulumi/pulumi";
import type { AccessWish } from "../../engine/core/access/access-wish.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { runEntry } from "../entry-point.js";

/** What the database has of the roles that are asked for. */
export interface AccessFound {
  readonly roles: readonly {
    readonly name: string;
    readonly canLogin: boolean;
    readonly inherits: boolean;
    readonly memberOf: readonly string[];
  }[];
  /** Statements that are missing. */
  readonly statements: readonly string[];
}

type LookAnswer = ({ readonly ok: true } & AccessFound) | { readonly ok: false; readonly message: string };

/** How the command line finds the database again: an embedded one by its identity, since where it listens differs by machine. */
export function identityOf(connection: DatabaseConnection): object {
  const { kind, project, instance, resourceId } = connection;
  return kind === "embedded" ? { kind, project, instance, resourceId } : connection;
}

/**
 * Looks at the database from the program, also in a preview. Undefined where it cannot be reached, which a preview tells.
 */
export async function lookAtAccess(
  connection: DatabaseConnection,
  wish: AccessWish,
  component: pulumi.Resource,
): Promise<AccessFound | undefined> {
  const asked = { action: "look", connection: identityOf(connection), wish };
  const answer = (await runEntry("access", asked)) as LookAnswer;
  if (answer.ok) return answer;
  if (pulumi.runtime.isDryRun()) {
    await pulumi.log.warn(`Roles and grants were not compared with the database. ${answer.message}`, component);
  }
  return undefined;
}

/** An output's value, or undefined where a preview cannot know it yet. */
export async function knownValue<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  // The SDK keeps both on every output, and leaves them out of its types.
  const inner = output as unknown as { readonly isKnown: Promise<boolean>; promise(): Promise<T> };
  return (await inner.isKnown) ? inner.promise() : undefined;
}
