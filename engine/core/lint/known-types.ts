import type { TypeName, UserType } from "./schema/objects.js";
import type { Schema } from "./schema/schema.js";

type Domain = Extract<UserType, { readonly kind: "domain" }>;

/** The domain of a type that has conditions, itself or in a domain it rests on. */
export function constrainedDomain(type: TypeName, schema: Schema): Domain | undefined {
  const layers = domainsOf(type, schema);
  return layers.some(({ isConstrained }) => isConstrained) ? layers[0] : undefined;
}

/** What a type's values are stored as: a domain's base type, that of a domain of a domain too. */
export function storedType(type: TypeName, schema: Schema): TypeName {
  return domainsOf(type, schema).at(-1)?.base ?? type;
}

/** The ids of the domains a type is, or rests on. */
export function domainIds(type: TypeName, schema: Schema): string[] {
  return domainsOf(type, schema).map(({ id }) => id);
}

/** PostgreSQL's own, of a file, or of a well-known extension. */
export function isKnownType(type: Pick<TypeName, "name">, schema: Schema): boolean {
  const name = type.name.slice(type.name.indexOf(".") + 1);
  return BUILT_IN_TYPES.has(type.name) || schema.type(type) !== undefined || EXTENSION_TYPES.has(name);
}

/** A domain and those it rests on, outermost first. A name that was given anew never leads in a circle. */
function domainsOf(type: TypeName, schema: Schema): Domain[] {
  const layers: Domain[] = [];
  for (let next: TypeName | undefined = type; next !== undefined; next = layers.at(-1)?.base) {
    const found: UserType | undefined = next.isArray || BUILT_IN_TYPES.has(next.name) ? undefined : schema.type(next);
    if (found?.kind !== "domain" || layers.includes(found)) break;
    layers.push(found);
  }
  return layers;
}

/** Of pg_catalog, as `TypeName` names them: the ones that can be a column's. */
const BUILT_IN_TYPES: ReadonlySet<string> = new Set(
  `bit bool box bpchar bytea char cid cidr circle date datemultirange daterange float4 float8 inet int2 int2vector int4
  int4multirange int4range int8 int8multirange int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money name
  numeric nummultirange numrange oid oidvector path pg_lsn pg_snapshot point polygon refcursor regclass regcollation regconfig
  regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype text tid time timestamp timestamptz
  timetz tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot uuid varbit varchar xid xid8 xml aclitem
  serial bigserial smallserial`.split(/\s+/),
);

/** Base types of extensions that come with PostgreSQL or that RDS has; earthdistance's domain `earth` is none. */
const EXTENSION_TYPES: ReadonlySet<string> = new Set(
  `citext hstore ltree lquery ltxtquery cube seg isbn isbn13 issn issn13 ismn ismn13 ean13 upc query_int
  geometry geography raster box2d box3d topogeometry vector halfvec sparsevec hll semver roaringbitmap ip4 ip4r ip6
  ip6r ipaddress iprange prefix_range`.split(/\s+/),
);
