/** Whether a guarded resource may be deleted or made: pure, from what the last deploy left and what this program holds. */
import { isExpired, type BreakGlass } from "./break-glass.js";
import { MARKER_TYPE, type MarkedResource } from "./marker.js";

/** A component of this program that guards children. */
export interface GuardedComponent {
  /** Its class. */
  readonly type: string;
  readonly name: string;
  readonly breakGlass: readonly BreakGlass[];
  /** Its URN and the aliases it was given; undefined until the engine knows the component. */
  urns: readonly string[] | undefined;
  /** Names of the members that its clusters are to have, as children. */
  readonly members: string[];
}

/** What the engine is about to delete or make. */
export interface Attempt {
  readonly urn: string;
  /** Physical id; of a delete only. */
  readonly id?: string;
  readonly type: string;
}

export interface Situation {
  /** Of the last deploy. */
  readonly markers: readonly MarkedResource[];
  /** Of this program, as far as it has come. */
  readonly components: readonly GuardedComponent[];
  /** URNs of everything that the last deploy left in the state. */
  readonly stored: ReadonlySet<string>;
  readonly nowMs: number;
}

/** Why a delete is refused; undefined where break-glass allows it. */
export function judgeDelete({ urn, id = "", type }: Attempt, situation: Situation): string | undefined {
  const cluster = clusterOfMember(urn);
  if (cluster !== undefined) return judgeMemberDelete(urn, cluster, situation);
  const isMarker = type === MARKER_TYPE;
  const found = situation.markers.find((marker) => [marker.resource, marker.marker].includes(urn));
  const marked = found ?? unmarked(urn, id);
  if (found !== undefined && !isMarker && found.id !== id) return pendingDelete(found, id);
  if ((isMarker || marked.id === id) && mayBeLost(marked, situation)) return undefined;
  const owner = ownerOf(marked, situation.components);
  const what = `${marked.componentType} "${marked.componentName}" holds ${describe(isMarker ? marked : { ...marked, id })}`;
  if (owner === undefined) {
    return (
      `${what}, and is no longer in the program under this name and parent. ` +
      `If it was renamed or moved, say so: aliases: [{ name: "${marked.componentName}" }], or { parent: … } of where it was. ` +
      howToDelete(marked)
    );
  }
  return `${what}, which no deploy deletes or replaces. ${howToDelete(marked)}`;
}

/** The cluster's URN, from that of a member, whose name continues the cluster's. */
function clusterOfMember(urn: string): string | undefined {
  const [, path, name] = /^(.*)aws:rds\/clusterInstance:ClusterInstance::(.*)-member-\d+$/.exec(urn) ?? [];
  return path === undefined || name === undefined ? undefined : `${path}aws:rds/cluster:Cluster::${name}`;
}

/** A cluster is deleted after its members: without a refusal of theirs, one that stays would serve nobody. */
function judgeMemberDelete(urn: string, cluster: string, situation: Situation): string | undefined {
  const marked = situation.markers.find(({ resource }) => resource === cluster) ?? unmarked(cluster, "");
  if (mayBeLost(marked, situation)) return undefined;
  const [name, clusterName] = [urn, cluster].map((one) => one.split("::").slice(3).join("::"));
  const wanted = ownerOf(marked, situation.components)?.members ?? [];
  const isKept = wanted.some((member) => member.startsWith(`${clusterName ?? ""}-member-`));
  if (isKept && !wanted.includes(name ?? "")) return undefined;
  return `Member "${name ?? ""}" serves ${describe(marked)}, which no deploy deletes or replaces. ${howToDelete(marked)}`;
}

/** Why a guarded resource is not made; undefined where it may be. */
export function judgeCreate(
  { urn, type }: Attempt,
  owner: GuardedComponent,
  slot: string,
  situation: Situation,
): string | undefined {
  const kept = situation.markers.filter((marker) => isGuarded(marker) && !mayBeLost(marker, situation));
  const own = kept.find((marker) => isOf(marker, owner) && marker.slot === slot && marker.type === type);
  if (own !== undefined) return situation.stored.has(urn) ? notReplaced(own) : lostFromState(own, urn);
  return judgeComponentCreate(owner, situation);
}

/** Why a component is not made: it seems to be another's new name or place, and what that one holds would be made anew. */
export function judgeComponentCreate(owner: GuardedComponent, situation: Situation): string | undefined {
  const left = situation.markers.find(
    (marker) => isGuarded(marker) && isAbandoned(marker, owner, situation.components) && !mayBeLost(marker, situation),
  );
  if (left === undefined) return undefined;
  return (
    `${owner.type} "${owner.name}" would make a new, empty ${nounOf(left.type)}, while ${left.componentType} "${left.componentName}" ` +
    `with ${describe(left)} is missing from the program. If "${owner.name}" is its new name or place, say so: ` +
    `aliases: [{ name: "${left.componentName}" }], or { parent: … } of where it was. If both are meant to be, keep ` +
    `"${left.componentName}" in the program, above "${owner.name}".`
  );
}

/** Why a child may not be registered as it is asked for; undefined where it may. */
export function judgeRegistration(
  owner: GuardedComponent,
  child: { readonly slot: string; readonly isEphemeral: boolean; readonly importId: string | undefined },
  situation: Situation,
): string | undefined {
  const own = situation.markers.find((marker) => isOf(marker, owner) && marker.slot === child.slot);
  if (own === undefined || !isGuarded(own)) return undefined;
  if (child.isEphemeral && !mayBeLost(own, situation)) {
    return (
      `protection of ${owner.type} "${owner.name}" is "full" and cannot become "ephemeral": it holds ${describe(own)}. ` +
      howToDelete(own)
    );
  }
  if (child.importId === undefined || child.importId === own.id) return undefined;
  return (
    `${owner.type} "${owner.name}" holds ${describe(own)}; the id ${child.importId} cannot be imported in its place. ` +
    `Adopt that database beside it, as a generation with a name of its own.`
  );
}

/** Break-glass allows it: an earlier deploy lifted this very resource, and the program does not object. */
function mayBeLost(marked: MarkedResource, { components, nowMs }: Situation): boolean {
  if (marked.liftedUntil === undefined || isExpired(marked.liftedUntil, nowMs)) return false;
  const owner = ownerOf(marked, components);
  return owner === undefined || owner.breakGlass.some(({ id }) => namesOf(marked).includes(id));
}

/** By which names break-glass may call it. */
export function namesOf({ id, identifier, componentName, slot }: MarkedResource): string[] {
  return [id, identifier, `${componentName}${slot}`];
}

function isGuarded({ protection }: MarkedResource): boolean {
  return protection !== "ephemeral";
}

function ownerOf(marked: MarkedResource, components: readonly GuardedComponent[]): GuardedComponent | undefined {
  return components.find((component) => isOf(marked, component));
}

function isOf(marked: MarkedResource, { type, name, urns }: GuardedComponent): boolean {
  if (type !== marked.componentType) return false;
  // A component that waits for its inputs is not known to the engine yet; it is taken for the one of its name.
  return urns === undefined ? name === marked.componentName : urns.includes(marked.component);
}

function isAbandoned(
  marked: MarkedResource,
  owner: GuardedComponent,
  components: readonly GuardedComponent[],
): boolean {
  return marked.componentType === owner.type && ownerOf(marked, components) === undefined;
}

function lostFromState(marked: MarkedResource, urn: string): string {
  const moved = marked.resource === urn ? "" : " under its former name";
  return (
    `The stack's state has lost ${describe(marked)} of ${marked.componentType} "${marked.componentName}"${moved}: a refresh did not ` +
    `find that id. A deploy would now make an empty one in its place. If it was deleted or restored under the same name, ` +
    `restore it beside and adopt the restored one as a generation: databases: [{ name: …, lost: "${marked.id}" }, ` +
    `{ name: …, id: "<its id>" }]. If AWS still has it, take the state from before the refresh (pulumi stack history, ` +
    `pulumi stack export --version, pulumi stack import).`
  );
}

/** Asked for by a flag, since nothing that a program says makes the engine replace it. */
function notReplaced(marked: MarkedResource): string {
  return (
    `${marked.componentType} "${marked.componentName}" holds ${describe(marked)}, which no deploy replaces: run it without --replace ` +
    `(--target-replace), and "pulumi state untaint" what was tainted. For another database beside it, adopt a restored one as a generation.`
  );
}

/** Two resources under one name: the state keeps an older one that a replacement left behind. */
function pendingDelete(marked: MarkedResource, id: string): string {
  return (
    `The stack's state holds a pending delete of the ${nounOf(marked.type)} ${id}, left behind by a deploy that put ${describe(marked)} in its ` +
    `place. No deploy carries it out. Take it out of the state, which leaves it in AWS: docs/break-glass.md, "A pending delete".`
  );
}

function howToDelete(marked: MarkedResource): string {
  return (
    `To delete it for good takes two deploys: first breakGlass: [{ id: "${marked.identifier}", by, reason, expires }] ` +
    `beside everything as it is, which lifts its protections; then the deploy without it, or pulumi destroy --run-program.`
  );
}

const NOUNS: Readonly<Record<string, string>> = {
  "aws:rds/instance:Instance": "database",
  "aws:rds/cluster:Cluster": "database cluster",
  "aws:kms/key:Key": "key",
  "aws:backup/vault:Vault": "backup vault",
  "aws:secretsmanager/secret:Secret": "secret",
  "aws:s3/bucket:Bucket": "bucket",
};

function nounOf(type: string): string {
  return NOUNS[type] ?? type;
}

function describe({ type, identifier, id }: MarkedResource): string {
  return identifier === id ? `the ${nounOf(type)} ${id}` : `the ${nounOf(type)} "${identifier}" (${id})`;
}

/** A guarded resource whose deploy stopped before its marker was written. */
function unmarked(urn: string, id: string): MarkedResource {
  const [, , types = "", name = ""] = urn.split("::");
  const [type = "", parent = ""] = types.split("$").reverse();
  return {
    id,
    resource: urn,
    marker: "",
    type,
    identifier: name,
    component: "",
    componentType: parent.split(":").at(-1) ?? "",
    componentName: name,
    slot: "",
    protection: "full",
  };
}
