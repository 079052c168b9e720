/**
 * How late a source of a live run may be and still send. If an event loop is overloaded, its backlog is
 * in front of its sources, where it is bounded by time (ADR 0029).
 *
 * After a pause of the process, all packets are late once, and then the loop catches up: a packet may
 * be late by {@link SOURCE_LATE_MAX_NS}. If no packet has been on time for a while, the loop is
 * overloaded, and a longer wait only delays all other packets (a standing queue, RFC 8289): then the
 * bound is {@link BACKLOG_LATE_MAX_NS}.
 *
 * @module
 */

/** A packet that is later than this is not sent, ns. The whole delay of a packet may be 250 ms. */
export const SOURCE_LATE_MAX_NS = 200_000_000;
/**
 * The limit while a backlog persists, ns: the remaining time is needed for the packet's route and its
 * queues.
 */
export const BACKLOG_LATE_MAX_NS = 100_000_000;
/** A packet that is less late than this was not held up by a backlog, ns. */
const SHORT_NS = 50_000_000;
/**
 * The backlog counts as standing if, for this long, every packet was later than {@link SHORT_NS};
 * longer than most pauses of a process.
 */
const STANDING_AFTER_NS = 300_000_000;

/** Decides for all sources of one event loop whether a late packet is still sent. */
export class SourceAdmission {
  #shortAtNs = 0;

  // hot: once per packet of a source.
  /**
   * True if the packet may be sent, false if it must be rejected.
   * @param nowNs The wall-clock time.
   * @param dueNs When the packet was due.
   */
  admits(nowNs: number, dueNs: number): boolean {
    const lateNs = nowNs - dueNs;
    if (lateNs < SHORT_NS) {
      this.#shortAtNs = nowNs;
      return true;
    }
    const isStanding = nowNs - this.#shortAtNs > STANDING_AFTER_NS;
    return lateNs <= (isStanding ? BACKLOG_LATE_MAX_NS : SOURCE_LATE_MAX_NS);
  }
}
