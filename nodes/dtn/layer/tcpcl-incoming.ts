/**
 * The transfer that a TCPCL session receives (RFC 9174 section 5.2): segments of one bundle at a time.
 * Each segment but the last is acknowledged at once, the last when the node has stored the bundle.
 *
 * @module
 */
import { BUNDLE_BYTES_MAX } from '../geometry.ts';
import { TCPCL_REFUSAL_REASON, type TcpclMessage } from './tcpcl-wire.ts';

type Segment = Extract<TcpclMessage, { kind: 'segment' }>;
type Receipt = Extract<TcpclMessage, { kind: 'receipt' }>;

/** The consequence of a received segment. */
export type SegmentOutcome =
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  /**
   * The bundle is complete; once it is stored, {@link TcpclTransferReceiver.finished} gives the
   * acknowledgement.
   */
  | { readonly kind: 'bundle'; readonly bundle: Uint8Array }
  | { readonly kind: 'refuse'; readonly reason: number }
  /** The segment belongs to a transfer that was refused before. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unexpected' };

/** Receives the bundles of one session, one transfer at a time. */
export class TcpclTransferReceiver {
  /** Number of octets of the present transfer that have come. */
  bytes = 0;
  #transfer: number | undefined;
  #total: number | undefined;
  /** Grows with the bytes that have arrived, whatever total length was announced. */
  #buffer = new Uint8Array(0);
  #refused: number | undefined;
  #last: Receipt | undefined;

  /** True from the first segment of a transfer until its bundle is stored or refused. */
  get isBusy(): boolean {
    return this.#transfer !== undefined;
  }

  take(segment: Segment): SegmentOutcome {
    const { isStart, isEnd, transfer, total, data } = segment;
    if (transfer === this.#refused && !isStart) {
      if (isEnd) this.#refused = undefined;
      return { kind: 'ignored' };
    }
    if (isStart !== (this.#transfer === undefined)) return { kind: 'unexpected' };
    if (!isStart && transfer !== this.#transfer) return { kind: 'unexpected' };
    if (isStart) {
      this.#transfer = transfer;
      this.#total = total;
    }
    const received = this.bytes + data.length;
    const reason = this.#refusalOf(segment, received);
    if (reason !== undefined) {
      this.#refused = isEnd ? undefined : transfer;
      this.#clear();
      return { kind: 'refuse', reason };
    }
    this.#append(data, received);
    const receipt: Receipt = { kind: 'receipt', isStart, isEnd, transfer, received };
    if (!isEnd) return { kind: 'receipt', receipt };
    this.#last = receipt;
    return { kind: 'bundle', bundle: this.#buffer.slice(0, received) };
  }

  /** Called when the node has stored the bundle. @returns the acknowledgement of its last segment. */
  finished(): Receipt | undefined {
    const receipt = this.#last;
    this.#clear();
    return receipt;
  }

  #append(data: Uint8Array, received: number): void {
    if (received > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(received, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.bytes));
      this.#buffer = larger;
    }
    this.#buffer.set(data, this.bytes);
    this.bytes = received;
  }

  #refusalOf({ isForeign, isEnd }: Segment, received: number): number | undefined {
    if (isForeign) return TCPCL_REFUSAL_REASON.extensionFailure;
    const announced = Math.max(received, this.#total ?? 0);
    if (announced > BUNDLE_BYTES_MAX) return TCPCL_REFUSAL_REASON.noResources;
    const isWrong = received > (this.#total ?? received) || (isEnd && this.#isShort(received));
    return isWrong ? TCPCL_REFUSAL_REASON.notAcceptable : undefined;
  }

  #isShort(received: number): boolean {
    return this.#total !== undefined && received !== this.#total;
  }

  #clear(): void {
    this.#transfer = undefined;
    this.#total = undefined;
    this.#buffer = new Uint8Array(0);
    this.#last = undefined;
    this.bytes = 0;
  }
}
