/** A tool could not be made ready. `message` is one sentence: what failed, and where; `next` says what to do now. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";
  constructor(
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
