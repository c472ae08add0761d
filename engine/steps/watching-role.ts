/**
 * The role in which a session sees what others do: who logged in, or one of the server's monitoring roles where the login is a
 * member of it that inherits nothing (NOINHERIT, so that it takes each of its roles on purpose).
 */
export const WATCHING_ROLE = `CASE
  WHEN pg_has_role(session_user, 'pg_read_all_stats', 'USAGE') THEN 'none'
  WHEN pg_has_role(session_user, 'pg_monitor', 'MEMBER') THEN 'pg_monitor'
  WHEN pg_has_role(session_user, 'pg_read_all_stats', 'MEMBER') THEN 'pg_read_all_stats'
  ELSE 'none' END`;
