/**
 * In live runs: how late a source may be and still send. The backlog of a busy event loop is in
 * front of its sources, and is bounded by time there (ADR 0029).
 *
 * After a pause of the process everything is late once and then recovers: a packet may be late by
 * {@link SOURCE_LATE_MAX_NS}. If nothing has been on time for a while, the loop has more to do than it
 * can, and waiting longer only makes all others wait (a standing queue, RFC 8289): then the bound
 * is {@link BACKLOG_LATE_MAX_NS}.
 *
 * @module
 */

/** A packet that is later than this is not sent, ns: an application may wait 250 ms in total. */
export const SOURCE_LATE_MAX_NS = 200_000_000;
/**
 * The limit while a backlog persists, ns: the rest is needed for the packet's route and its queues.
 */
export const BACKLOG_LATE_MAX_NS = 100_000_000;
/** A source that is less late than this has not waited behind a backlog, ns. */
const SHORT_NS = 50_000_000;
/**
 * The backlog is standing if no source was less late for this long, ns: longer than most pauses of
 * a process.
 */
const STANDING_AFTER_NS = 300_000_000;

/** Shared by all sources of one event loop. */
export class SourceAdmission {
  #shortAtNs = 0;

  // hot: once per packet of a source.
  /**
   * True if a packet is sent, false if it is rejected.
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
