/**
 * An error that keeps an outside program from taking part: a port is taken, or a command does not
 * exist.
 *
 * @module
 */

/** Thrown if the machine or the user's file, and not this program, is at fault; the message is one line. */
export class OutsideProgramError extends Error {
  override readonly name = 'OutsideProgramError';
  /** The host of the topology that cannot take part. */
  readonly host: string;

  constructor(message: string, about: { readonly host: string; readonly cause?: unknown }) {
    super(message, { cause: about.cause });
    this.host = about.host;
  }
}
