/**
 * Transfers that a TCPCL session sends (RFC 9174 section 5.2): one after the other in segments, the
 * next also before the one before is acknowledged.
 *
 * @module
 */
import type { TcpclMessage } from './tcpcl-wire.ts';

type Segment = Extract<TcpclMessage, { kind: 'segment' }>;
type Receipt = Extract<TcpclMessage, { kind: 'receipt' }>;

interface Outgoing {
  /** Number of the node, and on the wire; the wire counts from 0 in each session. */
  readonly transfer: number;
  readonly id: number;
  readonly bundle: Uint8Array;
  /** Octets in segments that have left. */
  sent: number;
}

/** Transfers in their order. */
export class TcpclOutgoing {
  /** What the peer takes, octets. */
  segmentMax = 0;
  transferMax = 0;
  /** The stream takes no segment now. */
  isBlocked = false;
  #open: Outgoing[] = [];
  #nextId = 0;

  /** Number of transfers that are not acknowledged. */
  get size(): number {
    return this.#open.length;
  }

  /** @returns false if the peer does not take as long a bundle. */
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
      // RFC 9174 section 5.2.5.1: stated where the first segment does not show it.
      ...(isStart && !isEnd && { total: bundle.length }),
      isForeign: false,
      data: bundle.subarray(sent, end),
    };
  }

  /**
   * The last segment of ours completes the length, so the flags, which some agents do not copy from
   * the segment as RFC 9174 section 5.2.3 asks, say nothing more.
   * @returns the transfer that is complete, if this receipt says so.
   */
  acknowledged({ transfer: id, received }: Receipt): number | undefined {
    const known = this.#open.find((each) => each.id === id);
    if (known === undefined || received !== known.bundle.length) return undefined;
    if (known.sent < known.bundle.length) return undefined;
    this.#open = this.#open.filter((each) => each !== known);
    return known.transfer;
  }

  /** @returns the transfer that the peer refuses, if there is one under this number. */
  refused(id: number): number | undefined {
    const known = this.#open.find((each) => each.id === id);
    this.#open = this.#open.filter((each) => each !== known);
    return known?.transfer;
  }

  /** Takes transfers back that have not begun. */
  unsent(): readonly number[] {
    const unsent = this.#open.filter(({ sent }) => sent === 0);
    this.#open = this.#open.filter(({ sent }) => sent > 0);
    return unsent.map(({ transfer }) => transfer);
  }

  /** Takes all transfers back. */
  all(): readonly number[] {
    return this.#open.splice(0).map(({ transfer }) => transfer);
  }
}
