/** The kinds of statements that give something a name. */
export const DEFINITION_KINDS: readonly string[] = [
  "AlterDomainStmt",
  "AlterEnumStmt",
  "AlterTableStmt",
  "CompositeTypeStmt",
  "CreateDomainStmt",
  "CreateEnumStmt",
  "CreateFunctionStmt",
  "CreatePolicyStmt",
  "CreateSchemaStmt",
  "CreateSeqStmt",
  "CreateStmt",
  "CreateTableAsStmt",
  "CreateTrigStmt",
  "IndexStmt",
  "RenameStmt",
  "ViewStmt",
];
