import { ConnectionLost, ServerError } from "../core/ports.js";

/** pg's DatabaseError as far as it is read here. */
interface ErrorFields {
  readonly message: string;
  readonly code?: string;
  readonly severity?: string;
  readonly position?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** The session ends with these: shutdowns, and limits of the server on idle sessions and transactions (manual, appendix A). */
const ENDS_SESSION = /^(57P0[1-5]|25P0[34])$/;
/** A connection that failed: this one where the error is fatal; else one that the server itself has opened (dblink, a foreign table). */
const CONNECTION_FAILED = /^08...$/;

/** What pg threw, as the error the ports speak of. */
export function translateError(error: Error): ServerError | ConnectionLost {
  const fields = error as ErrorFields;
  if (fields.code === undefined || !SQLSTATE.test(fields.code))
    return new ConnectionLost(error.message, { cause: error });
  const isFatal = fields.severity === "FATAL" || fields.severity === "PANIC";
  if (ENDS_SESSION.test(fields.code) || (isFatal && CONNECTION_FAILED.test(fields.code)))
    return new ConnectionLost(fields.message, { cause: error });
  const { position, detail, hint, where, schema, table, column, constraint } = fields;
  return new ServerError(
    fields.message,
    fields.code,
    {
      ...(position !== undefined && { position: Number(position) }),
      ...(detail !== undefined && { detail }),
      ...(hint !== undefined && { hint }),
      ...(where !== undefined && { where }),
      ...(schema !== undefined && { schema }),
      ...(table !== undefined && { table }),
      ...(column !== undefined && { column }),
      ...(constraint !== undefined && { constraint }),
    },
    { cause: error },
  );
}
