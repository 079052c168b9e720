/**
 * Transfers that a TCPCL session sends (RFC 9174 section 5.2): one after the other in segments. The
 * next transfer may begin before the former is acknowledged.
 *
 * @module
 */
import type { TcpclMessage } from './tcpcl-wire.ts';

type Segment = Extract<TcpclMessage, { kind: 'segment' }>;
type Receipt = Extract<TcpclMessage, { kind: 'receipt' }>;

interface Outgoing {
  /** Number that the node gave the transfer, and number on the wire, from 0 in each session. */
  readonly transfer: number;
  readonly id: number;
  readonly bundle: Uint8Array;
  /** Octets in segments that have left. */
  sent: number;
}

/** The transfers of one session that are not acknowledged, in the order in which they are sent. */
export class TcpclTransferSender {
  /** Longest segment, and longest bundle, that the peer accepts, octets. */
  segmentMax = 0;
  transferMax = 0;
  /** True while the stream accepts no further segment. */
  isBlocked = false;
  #open: Outgoing[] = [];
  #nextId = 0;

  /** Number of transfers that are not acknowledged. */
  get size(): number {
    return this.#open.length;
  }

  /** Adds a transfer. @returns false if the bundle is longer than the peer accepts. */
  add(transfer: number, bundle: Uint8Array): boolean {
    if (bundle.length > this.transferMax) return false;
    this.#open.push({ transfer, id: this.#nextId, bundle, sent: 0 });
    this.#nextId += 1;
    return true;
  }

  /** The next segment, if the stream takes one. */
  next(): Segment | undefined {
    const current = this.#open.find(({ sent, bundle }) => sent < bundle.length);
    if (current === undefined || this.isBlocked) return undefined;
    this.isBlocked = true;
    return this.#segmentOf(current);
  }

  #segmentOf(current: Outgoing): Segment {
    const { bundle, id, sent } = current;
    const end = Math.min(bundle.length, sent + this.segmentMax);
    const isStart = sent === 0;
    const isEnd = end === bundle.length;
    current.sent = end;
    return {
      kind: 'segment',
      isStart,
      isEnd,
      transfer: id,
      // RFC 9174 section 5.2.5.1: the total length is stated if the bundle takes several segments.
      ...(isStart && !isEnd && { total: bundle.length }),
      isForeign: false,
      data: bundle.subarray(sent, end),
    };
  }

  /**
   * Takes a receipt. Only the length that it acknowledges counts, since some agents do not copy the
   * flags from the segment as RFC 9174 section 5.2.3 asks.
   * @returns the transfer that the peer has completely; undefined if the receipt completes none.
   */
  acknowledged({ transfer: id, received }: Receipt): number | undefined {
    const known = this.#open.find((each) => each.id === id);
    if (known === undefined || received !== known.bundle.length) return undefined;
    if (known.sent < known.bundle.length) return undefined;
    this.#open = this.#open.filter((each) => each !== known);
    return known.transfer;
  }

  /** The peer refuses a transfer. @returns its number at the node; undefined if it is unknown. */
  refused(id: number): number | undefined {
    const known = this.#open.find((each) => each.id === id);
    this.#open = this.#open.filter((each) => each !== known);
    return known?.transfer;
  }

  /** Takes transfers out that have not begun. @returns their numbers at the node. */
  unsent(): readonly number[] {
    const unsent = this.#open.filter(({ sent }) => sent === 0);
    this.#open = this.#open.filter(({ sent }) => sent > 0);
    return unsent.map(({ transfer }) => transfer);
  }

  /** Takes all transfers out. @returns their numbers at the node. */
  all(): readonly number[] {
    return this.#open.splice(0).map(({ transfer }) => transfer);
  }
}
