/**
 * A short, slow run for `live-protocols.slow-wall.test.ts`: `live-cases/NAME.ts` exports it as `liveCase`.
 *
 * @module
 */

export interface LiveCase {
  /** The protocols whose runs it stands for. */
  readonly protocols: readonly string[];
  /** A file in scenarios/, unless `text` is given. */
  readonly file: string;
  /** A scenario for this test alone; `BLOCK` stands for addresses of this machine, 127.x.y. */
  readonly text?: string;
  readonly set: Readonly<Record<string, string>>;
  /** The metric of which at least 99 % are required. */
  readonly delivery: string;
  /** Counters that must not remain zero. */
  readonly counted?: readonly string[];
}
