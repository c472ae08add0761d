import { asFields, asNodes, asText, fieldsOf, kindOf } from "../ast.js";
import type { AstNode } from "../ports.js";

/** What a statement does with extensions. */
export interface ExtensionStatement {
  readonly action: "create" | "other";
  readonly names: readonly string[];
}

/** Undefined for a statement that makes, changes and drops no extension. */
export function extensionStatement(node: AstNode): ExtensionStatement | undefined {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "CreateExtensionStmt":
      return { action: "create", names: [asText(fields["extname"])] };
    case "AlterExtensionStmt":
    case "AlterExtensionContentsStmt":
      return { action: "other", names: [asText(fields["extname"])] };
    case "DropStmt":
      if (fields["removeType"] !== "OBJECT_EXTENSION") return undefined;
      return { action: "other", names: asNodes(fields["objects"]).map(nameOf) };
    default:
      return undefined;
  }
}

function nameOf(node: AstNode): string {
  return asText(asFields(node["String"])["sval"]);
}
