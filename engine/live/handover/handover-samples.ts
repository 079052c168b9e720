/**
 * What one live world notes of the datagrams that it follows: when their link began and ought to have
 * ended, when the kernel got them, when the receiving node's handler got them, and, at both ends of
 * the way, the packet of an application inside. Rows are taken away a few times a second and put
 * together in a {@link HandoverBook}, which may be in another process.
 *
 * Instants are ns of the scenario's time, from the monotonic clock that event loops and processes of
 * a machine share. Bounded: what does not fit between two looks is counted and forgotten. Does not
 * match anything, and nodes never see it.
 *
 * @module
 */
import type { WallClock } from '../live-clock.ts';
import { isSampled, tagOf } from './tail-sample.ts';

/** Numbers in a row: kind, tag, two hosts, three instants. */
export const SAMPLE_ROW = 7;
/** Written to a socket: sender, receiver; link began, link ought to have ended, written. */
export const LEFT = 0;
/** Given to the receiver's handler: sender, receiver; when. */
export const TAKEN = 1;
/** Offered to a link by an application's own turn: host; when its turn was due, when it came. */
export const SOURCED = 2;
/** An application got a packet out of it: host, host of the source; sent, delivered. */
export const DELIVERED = 3;

/** No datagram that is followed. */
export const NO_TAG = -1;
/** A host that is not of this run. */
const NOBODY = -1;
/** Between two looks; a quarter of a second of 150 packets/s over six hops is 500. */
export const HANDOVER_ROWS_MAX = 16_384;
const FIRST_ROWS = 256;

/** Between which hosts a datagram was seen, by index; undefined: not one of the run. */
export interface HopEnds {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** Instants of the world's clock, ns. */
export interface LinkTimes {
  readonly offeredNs: number;
  readonly dueNs: number;
  readonly writtenNs: number;
}

/** Rows since the last look, and how many found no room. */
export interface SampleBatch {
  readonly rows: Float64Array;
  readonly untold: number;
}

/** See the module. */
export class HandoverSamples {
  /** The followed datagram whose handler runs now. */
  current = NO_TAG;
  /** The turn of an application that runs now, ns of the scenario's time; below 0: none. */
  sourceDueNs = -1;
  readonly #clock: WallClock;
  #rows = new Float64Array(SAMPLE_ROW * FIRST_ROWS);
  #used = 0;
  #untold = 0;
  #isOn = false;
  #mask = 0;
  #zeroNs = 0;

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  /**
   * The scenario's time begins: from here on datagrams are followed.
   * @param zeroNs Its time 0 on the world's clock, ns.
   * @param mask One less than a power of two; one datagram in `mask + 1` is followed.
   */
  begin(zeroNs: number, mask: number): void {
    this.#zeroNs = zeroNs;
    this.#mask = mask;
    this.#isOn = true;
  }

  // hot: twice per datagram and hop.
  /** True for a datagram that is followed; the others cost this question only. */
  follows(bytes: Uint8Array): boolean {
    return this.#isOn && isSampled(bytes, this.#mask);
  }

  /** A followed datagram goes to the kernel. */
  left(bytes: Uint8Array, ends: HopEnds, times: LinkTimes): void {
    const { offeredNs, dueNs, writtenNs } = times;
    this.#add(LEFT, tagOf(bytes), ends, [offeredNs, dueNs, writtenNs]);
  }

  /** A followed datagram goes to its handler, which begins now. */
  taken(bytes: Uint8Array, ends: HopEnds): void {
    this.current = tagOf(bytes);
    this.#add(TAKEN, this.current, ends, [this.#clock.now()]);
  }

  /**
   * A followed datagram is handed to its link within the turn of an application.
   * @param turnNs When that turn came, by the clock of the links.
   */
  sourced(bytes: Uint8Array, host: number, turnNs: number): void {
    const dueNs = this.sourceDueNs + this.#zeroNs;
    this.#add(SOURCED, tagOf(bytes), { from: host, to: host }, [dueNs, turnNs]);
  }

  /**
   * The handler of the current datagram gives a packet to an application.
   * @param times Of the scenario.
   */
  delivered(
    ends: { readonly source: number; readonly host: number },
    times: { readonly sentNs: number; readonly deliveredNs: number },
  ): void {
    const instants = [times.sentNs + this.#zeroNs, times.deliveredNs + this.#zeroNs];
    this.#add(DELIVERED, this.current, { from: ends.source, to: ends.host }, instants);
  }

  /** Everything since the last call. */
  take(): SampleBatch {
    const batch = { rows: this.#rows.slice(0, this.#used), untold: this.#untold };
    this.#used = 0;
    this.#untold = 0;
    return batch;
  }

  #add(kind: number, tag: number, ends: HopEnds, instants: readonly number[]): void {
    const at = this.#used;
    if (at >= HANDOVER_ROWS_MAX * SAMPLE_ROW) {
      this.#untold += 1;
      return;
    }
    if (at >= this.#rows.length) {
      const wider = new Float64Array(this.#rows.length * 2);
      wider.set(this.#rows);
      this.#rows = wider;
    }
    this.#used = at + SAMPLE_ROW;
    this.#rows[at] = kind;
    this.#rows[at + 1] = tag;
    this.#rows[at + 2] = ends.from ?? NOBODY;
    this.#rows[at + 3] = ends.to ?? NOBODY;
    for (let i = 0; i < 3; i += 1) this.#rows[at + 4 + i] = (instants[i] ?? 0) - this.#zeroNs;
  }
}
