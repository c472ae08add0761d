import type { Session } from "../../core/ports.js";

/** An object that would stand in the way of a DROP without CASCADE. */
export interface Dependent {
  /** As a person names it: `view public.active_users`. */
  readonly name: string;
  /** `class:oid` of itself and of the table or view it belongs to. */
  readonly ids: readonly string[];
}

/** What a contract's earlier statements take away, as `class:oid`; it is still in the catalog while the later ones are looked at. */
export type Gone = Set<string>;

export const goneId = (catalog: string, oid: string | null | undefined): string => `${catalog}:${oid ?? ""}`;

/**
 * Objects that depend on a column (`attribute` from 1) or on a whole table (`attribute` 0) and would not simply go with it.
 * PostgreSQL's pg_depend: `n` needs CASCADE; an object that also has an `a` or `i` entry goes with the column by itself.
 */
const DEPENDENTS = `
SELECT DISTINCT
  CASE d.classid
    WHEN 'pg_rewrite'::regclass THEN pg_describe_object('pg_class'::regclass, r.ev_class, 0)
    WHEN 'pg_attrdef'::regclass THEN 'generated column ' || a.attname || ' of ' || f.adrelid::regclass
    ELSE pg_describe_object(d.classid, d.objid, d.objsubid)
  END AS name,
  d.classid::regclass || ':' || d.objid AS id,
  'pg_class:' || coalesce(r.ev_class, k.conrelid, p.polrelid, t.tgrelid, f.adrelid, d.objid) AS owner
FROM pg_depend d
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
LEFT JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
WHERE d.deptype = 'n'
  -- What is published stays so under its new name, which is warned of.
  AND d.classid <> 'pg_publication_rel'::regclass
  AND (
    (d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND ($2::int = 0 OR d.refobjsubid = $2::int))
    OR ($2::int = 0 AND d.refclassid = 'pg_type'::regclass
        AND d.refobjid IN (SELECT unnest(ARRAY[y.oid, y.typarray]) FROM pg_type y WHERE y.typrelid = $1::oid))
  )
  AND NOT EXISTS (
    SELECT FROM pg_depend o
    WHERE (o.classid, o.objid, o.objsubid) = (d.classid, d.objid, d.objsubid) AND o.deptype IN ('a', 'i')
      AND o.refclassid = 'pg_class'::regclass AND o.refobjid = $1::oid AND ($2::int = 0 OR o.refobjsubid = $2::int)
  )
ORDER BY 1`;

/** What stands in the way of dropping a table (`attribute` 0) or one of its columns, without what is gone already. */
export async function findDependents(
  session: Session,
  table: string,
  attribute: string,
  gone: Gone,
): Promise<Dependent[]> {
  const rows = await session.query(DEPENDENTS, [table, attribute]);
  return rows
    .map(({ name, id, owner }) => ({ name: name ?? "", ids: [id ?? "", owner ?? ""] }))
    .filter(({ ids }) => !ids.some((id) => gone.has(id)));
}
