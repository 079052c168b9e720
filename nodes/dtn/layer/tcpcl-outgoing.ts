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
  /**
   * `transfer`: the node's number for the transfer. `id`: its number on the wire, from 0 in each
   * session.
   */
  readonly transfer: number;
  readonly id: number;
  readonly bundle: Uint8Array;
  /** Number of octets of the bundle that were sent. */
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

  /** Takes the next segment; undefined if there is none or the stream is full. */
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
   * Handles an acknowledgement. Only the acknowledged length is used, since some agents do not copy
   * the flags of the segment as RFC 9174 section 5.2.3 asks.
   * @returns the node's number of the transfer, if the peer now has the whole bundle; undefined
   * otherwise.
   */
  acknowledged({ transfer: id, received }: Receipt): number | undefined {
    const known = this.#open.find((each) => each.id === id);
    if (known === undefined || received !== known.bundle.length) return undefined;
    if (known.sent < known.bundle.length) return undefined;
    this.#open = this.#open.filter((each) => each !== known);
    return known.transfer;
  }

  /**
   * Called when the peer refuses a transfer. @returns the node's number of the transfer; undefined
   * if it is unknown.
   */
  refused(id: number): number | undefined {
    const known = this.#open.find((each) => each.id === id);
    this.#open = this.#open.filter((each) => each !== known);
    return known?.transfer;
  }

  /**
   * Removes the transfers of which nothing was sent. @returns the node's numbers of these
   * transfers.
   */
  unsent(): readonly number[] {
    const unsent = this.#open.filter(({ sent }) => sent === 0);
    this.#open = this.#open.filter(({ sent }) => sent > 0);
    return unsent.map(({ transfer }) => transfer);
  }

  /** Removes all transfers. @returns the node's numbers of these transfers. */
  all(): readonly number[] {
    return this.#open.splice(0).map(({ transfer }) => transfer);
  }
}
