/**
 * Decides whether a gateway believes an SCMP message that reports an interface down.
 *
 * Anybody can send such a message. It accuses a path only when it comes from the AS that owns the
 * named interface and quotes a packet that left on that path within the last second. If that AS
 * signed the message, the path dies at once; otherwise only when it misses an answer afterwards. The
 * quote also keeps signed messages from being replayed later. `doubles/trusting-scmp.ts` shows how
 * forged messages and ordinary loss together exploit weaker rules.
 *
 * @module
 */
import { type PathInterface, requireIsdAs } from '../../scion/index.ts';
import type { InterfaceDownAccusation, PathStatus } from './types.ts';

/** A received message about an interface. */
export interface InterfaceDownReport {
  readonly isdAs: string;
  readonly ifId: number;
  /** True if the message came from an address in the AS `isdAs`. */
  readonly isFromThere: boolean;
  /** True if the AS from which the message came signed it. */
  readonly isAuthentic: boolean;
  /** Head of the packet that caused the message. */
  readonly quote: Uint8Array;
}

/** Why a message is not believed. */
export type ScmpDropReason = 'scmp-source' | 'scmp-quote';

/** Decides whether an SCMP message is believed, and what it changes. */
export interface ScmpPolicy {
  /** @param quotedPath Finds the path on which the quoted packet left; undefined for none. */
  weigh(
    report: InterfaceDownReport,
    quotedPath: (quote: Uint8Array) => string | undefined,
  ): InterfaceDownAccusation | ScmpDropReason;
}

/** The rules of this project. */
export const CHECKED_SCMP_POLICY: ScmpPolicy = {
  weigh(report, quotedPath): InterfaceDownAccusation | ScmpDropReason {
    const { isdAs, ifId, isFromThere, isAuthentic, quote } = report;
    if (!isFromThere) return 'scmp-source';
    const path = quotedPath(quote);
    if (path === undefined) return 'scmp-quote';
    return { isdAs, ifId, path, countsEarlierMisses: false, isProven: isAuthentic };
  },
};

/**
 * The interface that an accusation names, if the accused path is dead: then the path's own probes have confirmed the
 * message, which anybody could have sent.
 */
export function confirmedInterface(
  { isdAs, ifId, path }: InterfaceDownAccusation,
  paths: readonly Pick<PathStatus, 'id' | 'health'>[],
): PathInterface | undefined {
  const isDead = paths.some(({ id, health }) => id === path && health === 'dead');
  return isDead ? { isdAs: requireIsdAs(isdAs), ifId } : undefined;
}
