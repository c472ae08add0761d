import type { SingleBar } from "cli-progress";
import type { Share } from "./describe-event.js";

/** One bar at the foot of the screen, made when something first has a size. */
export class ProgressBar {
  private bar: SingleBar | undefined;
  private latest: Share | undefined;
  private isLoading = false;

  show(share: Share): void {
    this.latest = share;
    if (this.bar !== undefined) this.bar.update(share.done, { text: share.text });
    else if (!this.isLoading) void this.open();
  }

  hide(): void {
    this.latest = undefined;
    this.bar?.stop();
    this.bar = undefined;
  }

  private async open(): Promise<void> {
    this.isLoading = true;
    const { SingleBar } = await import("cli-progress");
    this.isLoading = false;
    // It may have ended while the library was read.
    if (this.latest === undefined) return;
    this.bar = new SingleBar({
      format: "  {bar} {percentage} %  {text}",
      barsize: 24,
      clearOnComplete: true,
      hideCursor: true,
    });
    this.bar.start(Math.max(1, this.latest.total), this.latest.done, { text: this.latest.text });
  }
}
