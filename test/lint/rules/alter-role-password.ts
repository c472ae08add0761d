import type { RuleRows } from "../rule-rows.js";

const SERVER = "CREATE EXTENSION postgres_fdw; CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw;";

export const rows: RuleRows = {
  rule: "alter-role-password",
  unproven: "the harm is that somebody reads the file",
  unsafe: [
    {
      sql: "CREATE ROLE role_password_app LOGIN PASSWORD 'hunter2';",
      manner: "plain",
      says: /^(?!.*hunter2).*writes a password into the file/,
      fix: /^(?!.*hunter2).*Secrets Manager/,
    },
    {
      history: "CREATE ROLE role_password_b;",
      sql: "alter user role_password_b with encrypted password 'x';",
      manner: "plain",
    },
    { sql: "DO $$ BEGIN EXECUTE 'CREATE ROLE role_password_c PASSWORD ''x'''; END $$;", manner: "plain" },
    { history: SERVER, sql: "CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (user 'app', password 'x');" },
  ],
  safe: [
    { sql: "CREATE ROLE role_password_d LOGIN;" },
    { history: "CREATE ROLE role_password_e;", sql: "ALTER ROLE role_password_e PASSWORD NULL;" },
    { history: SERVER, sql: "CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (user 'app');" },
    { sql: "COMMENT ON SCHEMA public IS 'PASSWORD ''x''';" },
  ],
};
