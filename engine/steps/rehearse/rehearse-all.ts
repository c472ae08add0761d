import type { AnalysedMigration } from "../../core/analysed-migration.js";
import { HoldfastError } from "../../core/errors.js";
import type { CatalogPicture } from "../../core/rehearsal/compare-catalogs.js";
import { CannotRehearse, isRefusedByRows, missingRole, needsWhatIsMissing } from "../../core/rehearsal/obstacles.js";
import type { RehearsalDatabase } from "../../core/rehearsal/rehearsal-place.js";
import type { RehearsedFile } from "../../core/rehearsal/rehearsal-report.js";
import type { Planted } from "./plant-rows.js";
import { described, noRollback, rehearseFile, type FileRehearsed } from "./rehearse-file.js";
import { beginRehearsal, type ChosenFiles, type RehearsalRun } from "./rehearsal-run.js";
import type { Rehearsal } from "./rehearsal.js";
import { isOneTransaction, runFile } from "./run-file.js";

/**
 * Rehearses files one after the other, each on a database that holds the ones before it.
 * @throws HoldfastError interrupted; what the server itself is to blame for
 */
export async function rehearseAll(
  run: RehearsalRun,
  { history, pending, database }: ChosenFiles,
): Promise<RehearsedFile[]> {
  const all = new FilesInOrder(run, history);
  try {
    await all.begin(database ?? (await run.place.openDatabase()));
    const rehearsed: RehearsedFile[] = [];
    for (const [at, analysed] of pending.entries()) {
      if (run.signal.aborted) throw interrupted(analysed.migration.name);
      const { name } = analysed.migration;
      run.progress({ kind: "rehearsal", file: name, done: at, total: pending.length });
      rehearsed.push(await all.next(analysed));
    }
    return rehearsed;
  } finally {
    await all.end();
  }
}

/** A database and the files that are in it. */
class FilesInOrder {
  private rehearsal: Rehearsal | undefined;
  /** Those in the database, in order. */
  private readonly present: AnalysedMigration[] = [];
  /** Those that could not be brought there, by name. */
  private readonly missing: string[] = [];
  /** Why nothing more can be rehearsed, as a sentence. */
  private blocked: string | undefined;
  private planted: Planted = new Set();
  private readonly roles: string[] = [];
  /** As it is now; null: nobody has looked. */
  private catalog: CatalogPicture | null = null;

  constructor(
    private readonly run: RehearsalRun,
    private readonly history: readonly AnalysedMigration[],
  ) {}

  async begin(database: RehearsalDatabase): Promise<void> {
    this.rehearsal = await beginRehearsal(this.run, database);
    for (const analysed of this.history) {
      if (this.blocked === undefined) await this.bring(analysed);
    }
  }

  async end(): Promise<void> {
    await this.rehearsal?.database.close();
  }

  /** Rehearses the next file, which is in the database afterwards unless it cannot be. */
  async next(analysed: AnalysedMigration): Promise<RehearsedFile> {
    if (this.blocked !== undefined) return cannot(analysed, this.blocked);
    try {
      const { file, isThere, catalog } = await this.attempt(analysed, [], true);
      this.present.push(analysed);
      this.catalog = catalog;
      if (!isThere) await this.startOver(`${file.name} is not as it was before it, since its @rollback failed`);
      return file;
    } catch (error) {
      return this.obstacle(analysed, error);
    }
  }

  /** A second try where the first one failed for want of a role, or because of rows that only the rehearsal put there. */
  private async attempt(
    analysed: AnalysedMigration,
    notes: readonly string[],
    mayPlant: boolean,
  ): Promise<FileRehearsed> {
    const planted = mayPlant && this.run.place.isThrowAway ? this.planted : null;
    try {
      const rehearsed = await rehearseFile(this.current, { analysed, planted, notes, catalog: this.catalog });
      if (planted === null || rehearsed.file.error?.code !== "verify_failed") return rehearsed;
    } catch (error) {
      const role = missingRole(error);
      if (role !== undefined && (await this.makeRole(role))) {
        if (!isOneTransaction(analysed)) await this.startOver("");
        return this.attempt(
          analysed,
          [...notes, `role ${role} was made for the rehearsal: no file makes it`],
          mayPlant,
        );
      }
      if (planted === null || !isRefusedByRows(error)) throw error;
    }
    await this.startOver("");
    return this.attempt(
      analysed,
      [...notes, "rehearsed without rows of the rehearsal's own, which it does not take"],
      false,
    );
  }

  private async obstacle(analysed: AnalysedMigration, error: unknown): Promise<RehearsedFile> {
    if (error instanceof CannotRehearse) return this.skip(analysed, error.message);
    if (!(error instanceof HoldfastError)) throw error;
    if (this.isForWantOfAnother(error)) return this.skip(analysed, this.wantOfAnother(error));
    this.blocked = `${analysed.migration.name}, which comes before it, failed`;
    return {
      ...cannot(analysed, ""),
      ...{ outcome: "failed", reason: null, error },
    };
  }

  private async skip(analysed: AnalysedMigration, reason: string): Promise<RehearsedFile> {
    this.missing.push(analysed.migration.name);
    if (!isOneTransaction(analysed)) await this.startOver(`${analysed.migration.name} before it is half done`);
    return cannot(analysed, reason);
  }

  /** Runs a file of the history. */
  private async bring(analysed: AnalysedMigration): Promise<void> {
    try {
      await runFile(this.current, analysed);
      this.present.push(analysed);
    } catch (error) {
      const role = missingRole(error);
      if (role !== undefined && (await this.makeRole(role))) return this.bring(analysed);
      if (error instanceof CannotRehearse || this.isForWantOfAnother(error)) {
        this.missing.push(analysed.migration.name);
        return;
      }
      if (!(error instanceof HoldfastError)) throw error;
      this.blocked = `the files before it do not run on an empty database: ${error.message.replace(/\.$/, "")}`;
    }
  }

  private isForWantOfAnother(error: unknown): error is HoldfastError {
    return this.missing.length > 0 && needsWhatIsMissing(error);
  }

  private wantOfAnother({ message }: HoldfastError): string {
    return `${this.missing.join(", ")} could not be rehearsed before it: ${message.replace(/\.$/, "")}`;
  }

  /** Once each: a role that is still missing then is missing for another reason. */
  private async makeRole(name: string): Promise<boolean> {
    if (this.roles.includes(name)) return false;
    this.roles.push(name);
    this.catalog = null;
    return this.current.database.makeRole(name);
  }

  /** A database made anew from the files that are in this one. @param why nothing more can be rehearsed where that cannot be */
  private async startOver(why: string): Promise<void> {
    if (!this.run.place.isThrowAway) {
      this.blocked = why;
      return;
    }
    await this.end();
    this.rehearsal = await beginRehearsal(this.run, await this.run.place.openDatabase());
    this.planted = new Set();
    this.catalog = null;
    for (const analysed of this.present) await runFile(this.current, analysed);
  }

  private get current(): Rehearsal {
    if (this.rehearsal === undefined) throw new Error("the rehearsal has not begun");
    return this.rehearsal;
  }
}

function cannot(analysed: AnalysedMigration, reason: string): RehearsedFile {
  return {
    ...described(analysed),
    ...{ outcome: "cannot rehearse", reason, error: null, statements: [], verify: false },
    ...{ rollback: noRollback(analysed), contradictions: [], notes: [] },
  };
}

function interrupted(next: string): HoldfastError {
  return new HoldfastError("interrupted", `The rehearsal was stopped before ${next}.`, {
    next: "Run it again: it begins anew, and has left nothing behind.",
  });
}
