import { asFields, asNodes, asText } from "../../ast.js";
import { droppedObjects } from "../dropped-objects.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { printId } from "../statement-facts.js";

/** A subscriber is told nothing: it just gets no further rows. */
export const dropFromPublication: Rule = {
  id: "drop-from-publication",
  severity: "error",
  harm: "break",
  about: "takes tables out of a publication: their subscribers get no further rows",
  kinds: ["AlterPublicationStmt", "DropStmt"],
  isContractsWork: true,
  check: (statement) => (statement.kind === "DropStmt" ? dropped(statement) : altered(statement)),
};

function dropped(statement: JudgedStatement): Violation[] {
  if (statement.fields["removeType"] !== "OBJECT_PUBLICATION") return [];
  const names = droppedObjects(statement).map(({ name }) => name);
  return [{ message: `drops publication ${names.join(", ")}: its subscribers fail, or get no further rows` }];
}

function altered({ fields, schema }: JudgedStatement): Violation[] {
  const publication = asText(fields["pubname"]);
  const names = asNodes(fields["pubobjects"]).map((node) => {
    const object = asFields(node["PublicationObjSpec"]);
    const relation = asFields(object["pubtable"])["relation"];
    return relation === undefined ? `schema ${asText(object["name"])}` : printId(schema.tableId(relation));
  });
  if (fields["action"] === "AP_DropObjects") {
    return [
      { message: `takes ${names.join(", ")} out of publication ${publication}: subscribers get no further rows of it` },
    ];
  }
  if (fields["action"] !== "AP_SetObjects") return [];
  const message = `sets publication ${publication} to ${names.join(", ")}: what it published before and is not listed ends`;
  return [{ message, severity: "warning", fix: `ALTER PUBLICATION ${publication} ADD TABLE ${names.join(", ")};` }];
}
