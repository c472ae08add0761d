import { asFields, asNodes, asText } from "../ast.js";

/** The columns that SET of UPDATE, MERGE or ON CONFLICT assigns, once each. */
export function updatedColumns(targetList: unknown): string[] {
  return [...new Set(asNodes(targetList).map((node) => asText(asFields(node["ResTarget"])["name"])))];
}
