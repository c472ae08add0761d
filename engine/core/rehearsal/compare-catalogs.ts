/** A schema as it is, object by object: by kind and name, its definition as the server prints it. */
export type CatalogPicture = ReadonlyMap<string, string>;

export interface CatalogDifference {
  /** `column public.users.email` */
  readonly object: string;
  readonly change: "added" | "changed" | "removed";
}

export interface CatalogComparison {
  readonly differences: readonly CatalogDifference[];
  /** What differs without making a difference to what the database lets in and gives, as sentences without their full stop. */
  readonly harmless: readonly string[];
}

/** What differs from `before`, by name. */
export function compareCatalogs(before: CatalogPicture, after: CatalogPicture): CatalogComparison {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const differences: CatalogDifference[] = [];
  const harmless: string[] = [];
  for (const object of names) {
    const [old, now] = [before.get(object), after.get(object)];
    if (old === now) continue;
    if (old === undefined) differences.push({ object, change: "added" });
    else if (now === undefined) differences.push({ object, change: "removed" });
    else {
      const remark = remarkOn(object, old, now);
      if (remark === undefined) differences.push({ object, change: "changed" });
      else harmless.push(remark);
    }
  }
  return { differences, harmless };
}

/** What is to be said where only that differs which no rollback can put back without stopping writers. */
function remarkOn(object: string, old: string, now: string): string | undefined {
  if (object.startsWith("column ") && withoutPlace(old) === withoutPlace(now)) {
    return `${object} stands at another place among the columns`;
  }
  if (object.startsWith("constraint ") && withoutValidity(old) === withoutValidity(now)) {
    return isNotValid(now)
      ? `${object} is NOT VALID: new rows are checked, old ones once it is validated`
      : `${object} stays validated`;
  }
  return undefined;
}

/** A column's definition is a JSON array that begins with its place among the columns. */
function withoutPlace(definition: string): string {
  return JSON.stringify((JSON.parse(definition) as readonly unknown[]).slice(1));
}

/** A constraint's is a JSON array of its SQL and whether it is validated. */
function withoutValidity(definition: string): string {
  return sqlOf(definition).replace(NOT_VALID, "");
}

function isNotValid(definition: string): boolean {
  return NOT_VALID.test(sqlOf(definition));
}

function sqlOf(definition: string): string {
  const [sql] = JSON.parse(definition) as readonly unknown[];
  return String(sql);
}

const NOT_VALID = / NOT VALID$/;
