import { accessRequestOf, type AccessWish } from "../../engine/core/access/access-wish.js";

/**
 * What a change of the roles would leave behind: a role that vanishes from the data would stay in the database, with its login
 * and its grants, and a renamed one as well.
 */
export function forgottenRoles(before: AccessWish, now: AccessWish): string[] {
  const [old, wanted] = [accessRequestOf(before, "none"), accessRequestOf(now, "none")];
  const names = new Set(wanted.roles.map(({ name }) => name));
  const forgotten = old.roles.filter(({ name, isRetired }) => !isRetired && !names.has(name));
  const owner =
    old.ownerRole === wanted.ownerRole
      ? []
      : [
          `ownerRole is "${old.ownerRole}" and cannot become "${wanted.ownerRole}": it owns the objects. ` +
            `Keep the name; to change it in the database itself: ALTER ROLE, in a quiet moment, and the same name here.`,
        ];
  return [
    ...owner,
    ...forgotten.map(
      ({ name }) =>
        `The role "${name}" is no longer among the roles, and would keep its login and its grants. ` +
        `List it under roles with retired: true and deploy; after that its line can go. It is never dropped, nor what it owns.`,
    ),
  ];
}
