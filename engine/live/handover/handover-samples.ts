/**
 * The rows that one live world notes about sampled datagrams: when their link began and should
 * have ended, when the kernel got them, when the receiving node's handler got them, and, at both
 * ends of the route, the application packet inside. A {@link HandoverMatcher}, possibly in another
 * process, collects and matches the rows a few times a second.
 *
 * Instants are ns of the scenario's time, from the monotonic clock that event loops and processes
 * of a machine share. The number of rows between two collections is bounded; further rows are counted and
 * dropped. This file matches no rows, and nodes never see them.
 *
 * @module
 */
import type { WallClock } from '../live-clock.ts';
import { isSampled, readTailTag } from './tail-sample.ts';

/** Numbers in a row: kind, tag, two hosts, three instants. */
export const SAMPLE_ROW_LENGTH = 7;
/**
 * Kind of the row of a datagram that was written to a socket. Its hosts are sender and receiver; its instants are when
 * the link began, when it should have ended, and when the datagram was written.
 */
export const SAMPLE_KIND_SENT = 0;
/** Kind of the row of a datagram that was given to the receiver's handler: sender, receiver; instant. */
export const SAMPLE_KIND_HANDLED = 1;
/**
 * Kind of the row of a datagram that was offered to a link in an application's turn: host; when the turn was due, and
 * when it came.
 */
export const SAMPLE_KIND_SOURCED = 2;
/** Kind of the row of a packet that an application got from a datagram: host, source; when sent, when delivered. */
export const SAMPLE_KIND_DELIVERED = 3;

/** Stands for the tag of a datagram that is not sampled. */
export const NOT_SAMPLED = -1;
/** Index of a host that is not part of this run. */
const NOBODY = -1;
/** Largest number of rows between two collections; 150 packets/s over six hops make 500 in a quarter of a second. */
export const HANDOVER_ROWS_MAX = 16_384;
const FIRST_ROWS = 256;

/** Sender and receiver of a datagram on a link, by index; undefined for a host that is not part of the run. */
export interface HopEnds {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** Instants of a datagram on a link by the world's clock, ns. */
export interface LinkTimes {
  readonly offeredNs: number;
  readonly dueNs: number;
  readonly writtenNs: number;
}

/** Rows since the last collection, and how many did not fit. */
export interface SampleBatch {
  /** The rows, {@link SAMPLE_ROW_LENGTH} numbers each. */
  readonly rows: Float64Array;
  /** Number of rows that did not fit. */
  readonly untold: number;
}

/**
 * Notes when sampled datagrams were sent, received and handled, for a {@link HandoverMatcher} to
 * collect.
 */
export class DatagramTimings {
  /** Tag of the datagram whose handler is running; {@link NOT_SAMPLED} if it is not sampled or none runs. */
  current = NOT_SAMPLED;
  /** When the running turn of an application was due, ns of the scenario; negative if none runs. */
  sourceDueNs = -1;
  readonly #clock: WallClock;
  #rows = new Float64Array(SAMPLE_ROW_LENGTH * FIRST_ROWS);
  #used = 0;
  #untold = 0;
  #isOn = false;
  #mask = 0;
  #zeroNs = 0;

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  /**
   * Called when the scenario's time begins; datagrams are sampled from now on.
   * @param zeroNs Time 0 of the scenario on the world's clock, ns.
   * @param mask A power of two minus one; one datagram in `mask + 1` is sampled.
   */
  begin(zeroNs: number, mask: number): void {
    this.#zeroNs = zeroNs;
    this.#mask = mask;
    this.#isOn = true;
  }

  // hot: twice per datagram and hop.
  /** True for a sampled datagram; for all others, this test is the only cost. */
  follows(bytes: Uint8Array): boolean {
    return this.#isOn && isSampled(bytes, this.#mask);
  }

  /** Notes that a sampled datagram goes to the kernel now. */
  left(bytes: Uint8Array, ends: HopEnds, times: LinkTimes): void {
    const { offeredNs, dueNs, writtenNs } = times;
    this.#add(SAMPLE_KIND_SENT, readTailTag(bytes), ends, [offeredNs, dueNs, writtenNs]);
  }

  /** Notes that a sampled datagram goes to its handler, which begins now. */
  taken(bytes: Uint8Array, ends: HopEnds): void {
    this.current = readTailTag(bytes);
    this.#add(SAMPLE_KIND_HANDLED, this.current, ends, [this.#clock.now()]);
  }

  /**
   * Called when a sampled datagram is handed to its link during an application's turn.
   * @param turnNs When that turn came, by the clock of the links.
   */
  sourced(bytes: Uint8Array, host: number, turnNs: number): void {
    const dueNs = this.sourceDueNs + this.#zeroNs;
    this.#add(SAMPLE_KIND_SOURCED, readTailTag(bytes), { from: host, to: host }, [dueNs, turnNs]);
  }

  /**
   * Notes that the handler of the current datagram delivers a packet to an application.
   * @param times Instants of sending and of delivery, ns of the scenario's time.
   */
  delivered(
    ends: { readonly source: number; readonly host: number },
    times: { readonly sentNs: number; readonly deliveredNs: number },
  ): void {
    const instants = [times.sentNs + this.#zeroNs, times.deliveredNs + this.#zeroNs];
    this.#add(SAMPLE_KIND_DELIVERED, this.current, { from: ends.source, to: ends.host }, instants);
  }

  /** Takes the rows that were noted since the last call. */
  take(): SampleBatch {
    const batch = { rows: this.#rows.slice(0, this.#used), untold: this.#untold };
    this.#used = 0;
    this.#untold = 0;
    return batch;
  }

  #add(kind: number, tag: number, ends: HopEnds, instants: readonly number[]): void {
    const at = this.#used;
    if (at >= HANDOVER_ROWS_MAX * SAMPLE_ROW_LENGTH) {
      this.#untold += 1;
      return;
    }
    if (at >= this.#rows.length) {
      const wider = new Float64Array(this.#rows.length * 2);
      wider.set(this.#rows);
      this.#rows = wider;
    }
    this.#used = at + SAMPLE_ROW_LENGTH;
    this.#rows[at] = kind;
    this.#rows[at + 1] = tag;
    this.#rows[at + 2] = ends.from ?? NOBODY;
    this.#rows[at + 3] = ends.to ?? NOBODY;
    for (let i = 0; i < 3; i += 1) this.#rows[at + 4 + i] = (instants[i] ?? 0) - this.#zeroNs;
  }
}
