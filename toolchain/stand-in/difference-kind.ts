import * as proto from "@pulumi/pulumi/proto/provider_pb.js";

export type DifferenceKind = "add" | "delete" | "update";

const KINDS: Readonly<Record<DifferenceKind, { plain: proto.PropertyDiff.Kind; replace: proto.PropertyDiff.Kind }>> = {
  add: { plain: proto.PropertyDiff.Kind.ADD, replace: proto.PropertyDiff.Kind.ADD_REPLACE },
  delete: { plain: proto.PropertyDiff.Kind.DELETE, replace: proto.PropertyDiff.Kind.DELETE_REPLACE },
  update: { plain: proto.PropertyDiff.Kind.UPDATE, replace: proto.PropertyDiff.Kind.UPDATE_REPLACE },
};

/** One difference as the engine's protocol names it. */
export function differenceKind(kind: DifferenceKind, replaces: boolean): proto.PropertyDiff.Kind {
  return replaces ? KINDS[kind].replace : KINDS[kind].plain;
}
