/**
 * What a gateway believes of an SCMP message that says an interface is down.
 *
 * Anybody can send one. It accuses a path only when it comes from the AS whose interface it names, and
 * quotes a packet that left on that path within the last second; and even then the path dies only
 * when it misses an answer afterwards. `double-trusting.ts` is what forged messages and ordinary loss
 * together exploit.
 *
 * @module
 */
import type { Accusation } from './types.ts';

/** A message as it came. */
export interface InterfaceReport {
  readonly isdAs: string;
  readonly ifId: number;
  /** The packet that brought it has an address of that AS. */
  readonly isFromThere: boolean;
  /** Head of the packet that caused it. */
  readonly quote: Uint8Array;
}

/** Why a message is not believed. */
export type ScmpDrop = 'scmp-source' | 'scmp-quote';

/** What is made of a message. */
export interface ScmpPolicy {
  /** @param quotedPath Finds the path on which the quoted packet left; undefined when none did. */
  weigh(
    report: InterfaceReport,
    quotedPath: (quote: Uint8Array) => string | undefined,
  ): Accusation | ScmpDrop;
}

/** The rules of this project. */
export const CHECKED_SCMP: ScmpPolicy = {
  weigh({ isdAs, ifId, isFromThere, quote }, quotedPath): Accusation | ScmpDrop {
    if (!isFromThere) return 'scmp-source';
    const path = quotedPath(quote);
    if (path === undefined) return 'scmp-quote';
    return { isdAs, ifId, path, countsEarlierMisses: false };
  },
};
