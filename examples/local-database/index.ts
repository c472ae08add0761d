import { LocalDatabase } from "holdfast";

const database = new LocalDatabase("main");

/** psql, an ORM or a service connects here; the password lies in `passwordFile`, below the data root. */
export const connection = database.connection;
export const backupsAt = database.backupsAt;
