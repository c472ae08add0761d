import { asFields, asText } from "../../ast.js";
import { domainUsers } from "../domain-users.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { listParts } from "../schema/schema.js";
import { printId, sqlName } from "../statement-facts.js";

/** SHARE on every table that has a column of the domain, while it is read; VALIDATE too (observed on PostgreSQL 18). */
export const domainConstraint: Rule = {
  id: "domain-constraint",
  severity: "error",
  harm: "stall",
  about: "checks a domain's condition in every table while their writes wait",
  kinds: ["AlterDomainStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const what = checked(statement);
    if (what === undefined) return [];
    const id = schema.idOf(listParts(fields["typeName"]), schema.types);
    const users = domainUsers(id, statement);
    if (users?.length === 0) return [];
    const tables = users?.map(({ name }) => name).join(", ") ?? "every table that has it, which no file shows,";
    const message = `${what} of the domain ${printId(id)}: every row of ${tables} is read while writes wait`;
    const fix = [
      "-- expand: asked of new values from here on. VALIDATE would let writes wait as well: leave it out, or put the condition",
      "-- on each table as a CHECK NOT VALID, whose VALIDATE lets writes go on.",
      `ALTER DOMAIN ${sqlName(id)} ADD CHECK (…) NOT VALID;`,
    ].join("\n");
    return [{ message, fix: fix.replace("ADD CHECK (…)", condition(statement)) }];
  },
};

/** What the statement asks of the values that are there; undefined: nothing. */
function checked({ fields }: JudgedStatement): string | undefined {
  const constraint = asFields(asFields(fields["def"])["Constraint"]);
  switch (fields["subtype"]) {
    case "C":
      return constraint["skip_validation"] === true ? undefined : "adds a condition";
    case "O":
      return "makes values NOT NULL";
    case "V":
      return `validates the condition ${asText(fields["name"])}`;
    default:
      return undefined;
  }
}

function condition({ text, fields, inside }: JudgedStatement): string {
  const written = inside === undefined ? /\bADD\s+((?:CONSTRAINT|CHECK)[\s\S]*)$/i.exec(text)?.[1] : undefined;
  if (fields["subtype"] === "C" && written !== undefined && /CHECK/i.test(written)) return `ADD ${written.trim()}`;
  return "ADD CHECK (VALUE IS NOT NULL)";
}
