/**
 * What keeps an outside program from taking part: a port that is taken, a command that is not there.
 *
 * @module
 */

/** The machine or the user's file is at fault, not we; the message is one line. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  /** The host of the topology that cannot take part. */
  readonly host: string;

  constructor(message: string, about: { readonly host: string; readonly cause?: unknown }) {
    super(message, { cause: about.cause });
    this.host = about.host;
  }
}
