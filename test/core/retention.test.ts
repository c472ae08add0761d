import assert from "node:assert/strict";
import fc from "fast-check";
import type { BaseManifest, PointManifest } from "../../engine/core/backup-manifest.js";
import { backupId, isBase, isPoint, type CatalogueEntry } from "../../engine/core/catalogue.js";
import { planRetention, type RetentionView } from "../../engine/core/retention.js";
import { expendableWal, segmentAfter, segmentsBetween } from "../../engine/core/wal-segments.js";

const MB = 1024 * 1024;
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const NOW = new Date("2026-03-18T12:00:00Z"); // a Wednesday

/** One backup an hour can be told apart by its segment: number `hour` of the cluster's life. */
interface Taken {
  readonly at: Date;
  readonly kind?: "base" | "point";
  /** Of a point. */
  readonly base?: CatalogueEntry;
  readonly provenAt?: Date;
  readonly pending?: boolean;
  readonly contracts?: boolean;
}

function segment(at: Date): string {
  const number = Math.floor((at.getTime() - (NOW.getTime() - 400 * DAY)) / HOUR) + 1;
  const [upper, lower] = [Math.floor(number / 1024), number % 1024];
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, "0");
  return `00000001${hex(upper)}${hex(lower)}`;
}

function taken({ at, kind = "base", base, provenAt, pending = false, contracts = false }: Taken): CatalogueEntry {
  const id = backupId(at, "0007");
  const own = segment(at);
  const head = {
    ...{ format: 1 as const, id, project: "shop", instance: "dev", resourceId: "local-a", environment: "dev" },
    ...{ takenAt: at.toISOString(), reason: "", schemaVersion: "0007", release: null, fingerprint: null },
    ...{ pendingVersions: pending ? ["0008"] : [], contracts: contracts ? ["0008"] : [], howToRestore: "" },
    ...{ server: { version: "18.4", systemIdentifier: "1" }, tables: [] },
  } as const;
  const manifest: BaseManifest | PointManifest =
    kind === "base"
      ? {
          ...{ ...head, kind, data: { file: "base.tar", bytes: 1, sha256: "" } },
          wal: { start: "", stop: "", firstSegment: own, lastSegment: own, restorePoint: "" },
        }
      : {
          ...{ ...head, kind, base: base?.id ?? "gone" },
          wal: {
            ...{ lsn: "", timeline: 1, restorePoint: "" },
            ...{ firstSegment: segmentAfter(segment(base?.takenAt ?? at), 4 * MB), lastSegment: own },
          },
        };
  return {
    ...{ id, instance: "dev", kind, takenAt: at, schemaVersion: "0007", release: null, sizeBytes: 1, path: `/${id}` },
    ...{ provenAt: provenAt ?? null, manifest },
  };
}

const ago = (days: number, hours = 0) => new Date(NOW.getTime() - days * DAY - hours * HOUR);
const wholeArchive = (entries: readonly CatalogueEntry[], now = NOW) => {
  const first = entries.map(({ takenAt }) => segment(takenAt)).toSorted()[0] ?? segment(now);
  return segmentsBetween(first, segment(now), 4 * MB);
};
const view = (entries: readonly CatalogueEntry[], changes: Partial<RetentionView> = {}): RetentionView => ({
  ...{ now: NOW, windowMs: 7 * DAY, archive: wholeArchive(entries), segmentBytes: 4 * MB, busy: new Set<string>() },
  ...changes,
});
const prune = (entries: readonly CatalogueEntry[], changes: Partial<RetentionView> = {}) => {
  const seen = view(entries, changes);
  const { kept, expendable, wal } = planRetention(entries, seen);
  const gone = new Set(expendableWal(seen.archive, wal));
  return { kept, expendable, walLeft: seen.archive.filter((file) => !gone.has(file)) };
};
const bases = (...at: readonly Date[]) => at.map((one) => taken({ at: one }));
const ids = (entries: readonly CatalogueEntry[]) => entries.map(({ id }) => id);
/** Enough new ones that an old one is not among the newest five. */
const FIVE_NEW = bases(ago(0, 1), ago(0, 2), ago(0, 3), ago(0, 4), ago(0, 5));

describe("which backups are kept", () => {
  it("the newest five, however old", () => {
    const old = bases(ago(300), ago(301), ago(302), ago(303), ago(304), ago(305));
    assert.deepEqual(ids(prune(old).kept), ids(old.slice(0, 5)));
    assert.deepEqual(ids(prune(old).expendable), ids(old.slice(5)));
  });

  it("the newest of each day of the window, of each of the last four weeks and three months", () => {
    const twiceADay = Array.from({ length: 120 }, (_, day) => bases(ago(day, 1), ago(day, 6))).flat();
    const days = prune(twiceADay).kept.map(({ takenAt }) => takenAt.toISOString().slice(0, 13));
    assert.deepEqual(days, [
      ...["2026-03-18T11", "2026-03-18T06", "2026-03-17T11", "2026-03-17T06", "2026-03-16T11"],
      ...["2026-03-15T11", "2026-03-14T11", "2026-03-13T11", "2026-03-12T11"],
      // Of the day the window begins in nothing is inside it; this one is the anchor from before it.
      "2026-03-11T11",
      // Sundays, then the last day of each month.
      ...["2026-03-08T11", "2026-03-01T11", "2026-02-28T11", "2026-01-31T11"],
    ]);
  });

  it("a base from before the window, since the WAL leads from there to its first instant", () => {
    const anchor = taken({ at: ago(25) });
    const { kept, walLeft } = prune([...FIVE_NEW, anchor, taken({ at: ago(26) })]);
    assert.ok(kept.includes(anchor));
    assert.deepEqual(walLeft, segmentsBetween(segment(anchor.takenAt), segment(NOW), 4 * MB));
  });

  it("each base behind a gap in the WAL: the ones before it do not reach across", () => {
    const [first, second, third] = bases(ago(3, 9), ago(3, 6), ago(3, 3));
    const entries = [...FIVE_NEW, third!, second!, first!];
    const archive = wholeArchive(entries).filter((file) => file !== segment(ago(3, 7)));
    assert.deepEqual(ids(prune(entries).expendable), [second!.id]);
    assert.deepEqual(prune(entries, { archive }).expendable, []);
  });

  it("with a restore point its base, and the WAL from one to the other", () => {
    const base = taken({ at: ago(40, 5) });
    const point = taken({ at: ago(40), kind: "point", base, provenAt: ago(39) });
    const between = taken({ at: ago(40, 3) });
    const anchor = taken({ at: ago(8) });
    const { kept, expendable, walLeft } = prune([...FIVE_NEW, anchor, point, between, base]);
    assert.deepEqual(ids(kept.slice(-3)), ids([anchor, point, base]));
    assert.deepEqual(ids(expendable), [between.id]);
    assert.deepEqual(walLeft, [
      ...segmentsBetween(segment(base.takenAt), segment(point.takenAt), 4 * MB),
      ...segmentsBetween(segment(anchor.takenAt), segment(NOW), 4 * MB),
    ]);
  });

  it("of a base that is older than the window only its own WAL: it needs no other", () => {
    const old = taken({ at: ago(100), contracts: true });
    const anchor = taken({ at: ago(8) });
    const { walLeft } = prune([...FIVE_NEW, anchor, old]);
    assert.deepEqual(walLeft, [
      segment(old.takenAt),
      ...segmentsBetween(segment(anchor.takenAt), segment(NOW), 4 * MB),
    ]);
  });

  for (const [what, given] of [
    ["the one before the last migration", { pending: true }],
    ["one that something destroyed relied on", { contracts: true }],
    ["the one that was proven last", { provenAt: ago(1) }],
  ] as const) {
    it(`${what}, however old, with its base`, () => {
      const base = taken({ at: ago(200, 1) });
      const point = taken({ at: ago(200), kind: "point", base, ...given });
      const entries = [...FIVE_NEW, taken({ at: ago(8) }), point, base, taken({ at: ago(201) })];
      assert.deepEqual(ids(prune(entries).kept.slice(-2)), ids([point, base]));
      const without = entries.map((entry) => (entry === point ? taken({ at: ago(200), kind: "point", base }) : entry));
      assert.ok(ids(prune(without).expendable).includes(point.id), "it is not that which keeps it");
    });
  }

  it("the last proven of each kind: a point's proof does not stand for a base's", () => {
    const provenBase = taken({ at: ago(210), provenAt: ago(209) });
    const base = taken({ at: ago(200, 1) });
    const provenPoint = taken({ at: ago(200), kind: "point", base, provenAt: ago(199) });
    const entries = [...FIVE_NEW, taken({ at: ago(8) }), provenPoint, base, provenBase];
    assert.deepEqual(prune(entries).expendable, []);
  });

  it("one that is being restored or drilled, and all WAL since", () => {
    const [anchor, busy, older] = bases(ago(8), ago(90), ago(91));
    const entries = [...FIVE_NEW, anchor!, busy!, older!];
    assert.deepEqual(ids(prune(entries).expendable), ids([busy!, older!]));
    const { expendable, walLeft } = prune(entries, { busy: new Set([busy!.id]) });
    assert.deepEqual(ids(expendable), [older!.id]);
    assert.deepEqual(walLeft, segmentsBetween(segment(busy!.takenAt), segment(NOW), 4 * MB));
  });

  it("no WAL goes where there is no base to count from", () => {
    const point = taken({ at: ago(1), kind: "point" });
    const archive = segmentsBetween(segment(ago(2)), segment(NOW), 4 * MB);
    assert.deepEqual(prune([], { archive }).walLeft, archive);
    assert.deepEqual(ids(prune([point], { archive }).kept), [point.id]);
  });
});

describe("which backups are kept, whatever was taken when", () => {
  /** A history of some four months, with points on the newest base before them. */
  const histories = fc
    .array(
      fc.record({
        hour: fc.integer({ min: 1, max: 24 * 110 }),
        isPoint: fc.boolean(),
        pending: fc.boolean(),
        contracts: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
        isProven: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      }),
      { maxLength: 60 },
    )
    .map((drafts) => {
      const byHour = new Map(drafts.map((draft) => [draft.hour, draft]));
      const entries: CatalogueEntry[] = [];
      for (const { hour, isPoint: wantsPoint, isProven, ...what } of [...byHour.values()].toSorted(
        (a, b) => b.hour - a.hour,
      )) {
        const at = ago(0, hour);
        const base = entries.findLast(isBase);
        const proof = isProven ? { provenAt: at } : {};
        const isFresh = base !== undefined && at.getTime() - base.takenAt.getTime() < DAY;
        entries.push(taken({ at, ...what, ...proof, ...(wantsPoint && isFresh && { kind: "point" as const, base }) }));
      }
      return entries.toReversed();
    });
  const windows = fc.integer({ min: 1, max: 60 }).map((days) => days * DAY);
  const holds = (check: (entries: CatalogueEntry[], windowMs: number) => void) =>
    fc.assert(fc.property(histories, windows, check), { numRuns: 100 });

  it("every instant of the window that could be restored before can be restored after", () => {
    /** From the newest base before it: the way from any other one is longer. */
    const reachable = (entries: readonly CatalogueEntry[], archived: ReadonlySet<string>, at: Date) => {
      const base = entries.filter(isBase).find(({ takenAt }) => takenAt <= at);
      if (base === undefined) return false;
      const way = segmentsBetween(base.manifest.wal.firstSegment, segment(at), 4 * MB);
      return way.every((file) => archived.has(file));
    };
    fc.assert(
      fc.property(
        histories,
        windows,
        fc.array(fc.integer({ min: 0, max: 24 * 110 }), { maxLength: 5 }),
        (entries, windowMs, lost) => {
          const gone = new Set(lost.map((hour) => segment(ago(0, hour))));
          const archive = wholeArchive(entries).filter((file) => !gone.has(file));
          const { kept, walLeft } = prune(entries, { windowMs, archive });
          const [before, after] = [new Set(archive), new Set(walLeft)];
          for (let hours = 0; hours * HOUR <= windowMs; hours += 11) {
            const at = ago(0, hours);
            assert.equal(reachable(kept, after, at), reachable(entries, before, at), at.toISOString());
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("each kept restore point has its base and all WAL between", () => {
    holds((entries, windowMs) => {
      const { kept, walLeft } = prune(entries, { windowMs });
      const left = new Set(walLeft);
      for (const point of kept.filter(isPoint)) {
        const base = kept.filter(isBase).find(({ id }) => id === point.manifest.base);
        assert.ok(base !== undefined, point.id);
        const way = segmentsBetween(base.manifest.wal.firstSegment, point.manifest.wal.lastSegment, 4 * MB);
        assert.ok(way.every((file) => left.has(file)));
      }
    });
  });

  it("the newest five, the last migration's, and all that something destroyed relied on are there", () => {
    holds((entries, windowMs) => {
      const { kept, expendable } = prune(entries, { windowMs });
      const never = [
        ...entries.slice(0, 5),
        ...entries.filter(({ manifest }) => manifest.pendingVersions.length > 0).slice(0, 1),
        ...entries.filter(({ manifest }) => manifest.contracts.length > 0),
      ];
      assert.deepEqual(
        never.filter((entry) => !kept.includes(entry)),
        [],
      );
      assert.equal(kept.length + expendable.length, entries.length);
    });
  });

  it("a second prune finds nothing more, and what is left does not grow without bound", () => {
    holds((entries, windowMs) => {
      const { kept, walLeft } = prune(entries, { windowMs });
      const again = prune(kept, { windowMs, archive: walLeft });
      assert.deepEqual([again.expendable, again.walLeft], [[], walLeft]);
      const reliedOn = kept.filter(({ manifest }) => manifest.contracts.length > 0).length;
      assert.ok(kept.length <= 2 * (5 + 62 + 4 + 3 + 1 + 2 + reliedOn));
    });
  });
});
