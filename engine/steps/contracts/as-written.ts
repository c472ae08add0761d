import { createdObject } from "../../core/created-object.js";
import type { RetiredObject } from "../../core/retired-object.js";
import { findAddress } from "./drop-object.js";
import { readDefinition } from "./read-definition.js";
import type { Resolution, Resolved } from "./resolved.js";

/** Runs the statement as the file says. Of what it replaces the definition is kept; what it makes, undo takes away again. */
export async function resolveAsWritten({ session, action, position }: Resolution<"as-written">): Promise<Resolved> {
  const { sql, isFinal, statement } = action;
  const created = createdObject(statement.kind, statement.node);
  const objects: RetiredObject[] = [];
  if (created?.isReplace === true) {
    const address = await findAddress(session, { ...created, args: null });
    if (address !== undefined) {
      const facts = {
        type: created.objectType,
        ...(await readDefinition(session, created.objectType, address["oid"] ?? "")),
      };
      objects.push({ position, kind: "dropped", object: `${created.objectType} ${address["identity"] ?? ""}`, facts });
    }
  }
  if (created?.drop != null) {
    objects.push({ position: position + 1, kind: "created", object: created.spelled, facts: { drop: created.drop } });
  } else if (objects.length === 0) {
    objects.push({ position, kind: "as written", object: sql, facts: { sql, isFinal } });
  }
  return { action, effects: [{ sql }], objects, locks: [], notes: [] };
}
