import type { Session, SessionFactory } from "../ports.js";

/** Where files are rehearsed. */
export interface RehearsalPlace {
  /** As a person names it: `embedded PostgreSQL 18`. */
  readonly server: string;
  /** False for a database that somebody else made: it cannot be made anew, and its rows are its own. */
  readonly isThrowAway: boolean;
  /** An empty database for each call where the place is a throw-away one; else the one that is there, once. */
  openDatabase(): Promise<RehearsalDatabase>;
  /** Stops and removes what was made. */
  close(): Promise<void>;
}

export interface RehearsalDatabase {
  /** Runs the files, as the role that owns the objects. */
  readonly session: Session;
  /** Opens more sessions of that role. */
  readonly sessions: SessionFactory;
  /** Looks on; a superuser where the place is a throw-away one. */
  readonly watch: Session;
  /** Stands in the way of a statement, so that its locks can be seen while it waits. */
  readonly blocker: Session;
  /** The statement that does what `sql` says as the superuser, in the session of the files; null: it can only be tried as it is. */
  asSuperuser(sql: string): string | null;
  /** Makes a role that comes from outside the migrations; false where the place is not ours to change. */
  makeRole(name: string): Promise<boolean>;
  close(): Promise<void>;
}
