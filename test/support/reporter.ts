import Mocha from "mocha";

/** Mocha's own spec report, closed by the plain line that CI and people read: `N passed, N failed, N skipped`. */
class ReporterWithClosingLine extends Mocha.reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    Mocha.reporters.Base.consoleLog(`${passes} passed, ${failures} failed, ${pending} skipped`);
  }
}

export = ReporterWithClosingLine;
