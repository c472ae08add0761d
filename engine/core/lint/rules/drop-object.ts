import { asText } from "../../ast.js";
import { droppedObjects } from "../dropped-objects.js";
import { mildInPlain } from "../mild-in-plain.js";
import { objectWord } from "../object-names.js";
import type { JudgedStatement, Rule } from "../rule.js";

/** Those that have a rule of their own. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(
  "TABLE FOREIGN_TABLE VIEW MATVIEW FUNCTION PROCEDURE ROUTINE AGGREGATE SEQUENCE SCHEMA TYPE DOMAIN EXTENSION INDEX TRIGGER RULE EVENT_TRIGGER POLICY PUBLICATION".split(
    " ",
  ),
);

export const dropObject: Rule = {
  id: "drop-object",
  severity: "error",
  harm: "break",
  about: "drops an operator, cast, collation, server, subscription or the like",
  kinds: ["DropStmt", "DropTableSpaceStmt", "DropSubscriptionStmt", "DropUserMappingStmt"],
  isContractsWork: true,
  check: (statement) => {
    const what = droppedBy(statement);
    if (what === undefined) return [];
    return [{ message: `drops ${what}: what of the release still running needs it fails`, ...mildInPlain(statement) }];
  },
};

function droppedBy(statement: JudgedStatement): string | undefined {
  const { kind, fields } = statement;
  switch (kind) {
    case "DropTableSpaceStmt":
      return `tablespace ${asText(fields["tablespacename"])}`;
    case "DropSubscriptionStmt":
      return `subscription ${asText(fields["subname"])}`;
    case "DropUserMappingStmt":
      return `a user mapping of server ${asText(fields["servername"])}`;
    default: {
      if (TOLD_ELSEWHERE.has(asText(fields["removeType"]).replace("OBJECT_", ""))) return undefined;
      const names = droppedObjects(statement).map(({ name }) => name);
      return `${objectWord(fields["removeType"])} ${names.join(", ")}`.trim();
    }
  }
}
