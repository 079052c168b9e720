/**
 * When a source that is late still sends, in live: the loop's backlog stands in front of its sources, and is bounded
 * by time there.
 *
 * After a pause of the process everything is late once and will not be again: it may be late by
 * {@link LATE_MAX_NS}. When nothing was on time for a while the loop has more to do than it can, and who waits longer
 * only makes all others wait (a standing queue, RFC 8289): then it is {@link STANDING_MAX_NS}.
 *
 * @module
 */

/** Nothing is sent later than this, ns: 250 ms is what an application may wait in all. */
export const LATE_MAX_NS = 200_000_000;
/** The same while the backlog stands, ns: its way and its queues need the rest. */
export const STANDING_MAX_NS = 100_000_000;
/** Somebody less late than this has met no backlog, ns. */
const SHORT_NS = 50_000_000;
/** A backlog stands when nobody was less late for so long, ns: longer than most pauses of a process. */
const STANDING_AFTER_NS = 300_000_000;

/** Of all sources of one loop. */
export class SourcePatience {
  #shortAtNs = 0;

  // hot: once per packet of a source.
  /**
   * True when a packet is sent, false when it is turned away.
   * @param nowNs By the clock on the wall.
   * @param dueNs When it was to be sent.
   */
  admits(nowNs: number, dueNs: number): boolean {
    const lateNs = nowNs - dueNs;
    if (lateNs < SHORT_NS) {
      this.#shortAtNs = nowNs;
      return true;
    }
    const isStanding = nowNs - this.#shortAtNs > STANDING_AFTER_NS;
    return lateNs <= (isStanding ? STANDING_MAX_NS : LATE_MAX_NS);
  }
}
