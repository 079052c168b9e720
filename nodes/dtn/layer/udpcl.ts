/**
 * UDP convergence layer, version 2 (draft-ietf-dtn-udpcl-03): a datagram contains messages back to
 * back, whose first byte is their type; a bundle that is longer than a datagram goes in pieces.
 *
 * ```
 * 00            padding up to the end                 ignored
 * 9f            a bundle
 * a0 … bf       a map of extensions: { 2: [transfer, total, offset, piece] }; other keys are ignored
 * else          version 6, DTLS, unknown: the rest is dropped
 * ```
 *
 * Nothing is acknowledged: a bundle counts as sent when its datagrams have left.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { endOfItem } from '../../../engine/pure/cbor-end-of-item.ts';
import {
  CBOR_ARRAY,
  CBOR_BYTES,
  CBOR_MAP,
  CBOR_UINT,
  CborReader,
} from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BUNDLE_BYTES_MAX, BUNDLE_FIRST_BYTE, CBOR_DEPTH_MAX } from '../geometry.ts';
import { type TransferDropReason, UdpclReassembler } from './udpcl-transfers.ts';

const PADDING = 0x00;
const MAP_FIRST = 0xa0;
const MAP_LAST = 0xbf;
/** Extension key of a transfer (draft-ietf-dtn-udpcl-03 section 3.5.2). */
const TRANSFER = 2;
/**
 * Largest number of bytes of a transfer message beside the piece itself: map, key, array, and four CBOR
 * heads of five bytes.
 */
const PIECE_HEAD = 23;

/** Total length of all datagrams of a bundle, bytes. */
export function udpclTotalDatagramBytes(bundleBytes: number, datagramMax: number): number {
  if (bundleBytes <= datagramMax) return bundleBytes;
  return bundleBytes + PIECE_HEAD * Math.ceil(bundleBytes / (datagramMax - PIECE_HEAD));
}

/**
 * Splits a bundle into UDPCL datagrams.
 * @param datagramMax Longest datagram, bytes.
 * @param transfer Number of the transfer, below 2^32; only used if the bundle takes several datagrams.
 */
export function udpclDatagrams(
  bundle: Uint8Array,
  datagramMax: number,
  transfer: number,
): readonly Uint8Array[] {
  if (bundle.length <= datagramMax) return [bundle];
  const datagrams: Uint8Array[] = [];
  const step = datagramMax - PIECE_HEAD;
  const writer = new CborWriter();
  for (let offset = 0; offset < bundle.length; offset += step) {
    writer.reset();
    writer.head(CBOR_MAP, 1);
    writer.uint(TRANSFER);
    writer.array(4);
    writer.uint(transfer);
    writer.uint(bundle.length);
    writer.uint(offset);
    writer.string(bundle, offset, Math.min(bundle.length, offset + step));
    datagrams.push(writer.taken());
  }
  return datagrams;
}

/** Why a part of a datagram is dropped. */
export type UdpclDropReason = 'unknown-message' | TransferDropReason;

/** Callbacks for what received datagrams contain. */
export interface UdpclHandlers {
  /** Called with a whole bundle; the caller must not reuse its bytes. */
  readonly onBundle: (bundle: Uint8Array) => void;
  readonly onDrop: (reason: UdpclDropReason) => void;
}

/** Reads the datagrams of one neighbour. */
export class UdpclReader {
  readonly #own: Endpoint;
  readonly #handlers: UdpclHandlers;
  readonly #reader = new CborReader();
  /**
   * `#transfers`: incomplete transfers from the neighbour's usual port on this link. `#others`: those
   * from all its other ports.
   */
  readonly #transfers: UdpclReassembler;
  readonly #others: UdpclReassembler;
  /** Endpoint that sent the datagram being read. */
  #sender = 0;

  /** @param own The port from which the neighbour sends on this link. */
  constructor(own: Endpoint, handlers: UdpclHandlers) {
    this.#own = own;
    this.#handlers = handlers;
    const onDrop = (reason: TransferDropReason): void => handlers.onDrop(reason);
    this.#transfers = new UdpclReassembler(onDrop);
    this.#others = new UdpclReassembler(onDrop);
  }

  /** When {@link expire} is due; Infinity if no transfer is incomplete. */
  nextAt(): Nanoseconds {
    return Math.min(this.#transfers.nextAt(), this.#others.nextAt());
  }

  /** Gives up transfers whose pieces did not come in time. */
  expire(now: Nanoseconds): void {
    this.#transfers.expire(now);
    this.#others.expire(now);
  }

  /**
   * Reads one datagram; its bytes are copied.
   * @param sender The endpoint that sent it; each port of a neighbour numbers its transfers separately.
   */
  read(
    now: Nanoseconds,
    bytes: Uint8Array,
    { offset, length, sender }: { offset: number; length: number; sender: Endpoint },
  ): void {
    const end = offset + length;
    this.#sender = sender;
    for (let at = offset; at < end && bytes[at] !== PADDING; ) {
      const next = endOfItem(bytes, at, end, CBOR_DEPTH_MAX);
      const first = bytes[at] as number;
      const isMap = first >= MAP_FIRST && first <= MAP_LAST;
      if (next < 0 || (first !== BUNDLE_FIRST_BYTE && !isMap)) {
        this.#handlers.onDrop('unknown-message');
        return;
      }
      if (isMap) this.#extensions(now, bytes, at, next);
      else this.#handlers.onBundle(bytes.slice(at, next));
      at = next;
    }
  }

  #extensions(now: Nanoseconds, bytes: Uint8Array, start: number, end: number): void {
    const reader = this.#reader;
    reader.open(bytes, start, end);
    if (!reader.expect(CBOR_MAP)) {
      this.#handlers.onDrop('unknown-message');
      return;
    }
    for (let pairs = reader.argument; pairs > 0; pairs -= 1) {
      const isTransfer = reader.expect(CBOR_UINT) && reader.argument === TRANSFER;
      const value = reader.at;
      const after = endOfItem(bytes, value, end, CBOR_DEPTH_MAX);
      if (isTransfer && !this.#piece(now, reader)) this.#handlers.onDrop('bad-transfer');
      reader.open(bytes, after, end);
    }
  }

  /** Reads a piece of a transfer from a message; false if it is malformed. */
  #piece(now: Nanoseconds, reader: CborReader): boolean {
    if (!reader.expect(CBOR_ARRAY) || reader.argument !== 4) return false;
    if (!reader.expect(CBOR_UINT)) return false;
    const number = reader.argument;
    if (!reader.expect(CBOR_UINT)) return false;
    const total = reader.argument;
    if (!reader.expect(CBOR_UINT)) return false;
    const offset = reader.argument;
    if (!reader.string(CBOR_BYTES)) return false;
    const bytes = reader.content;
    if (total > BUNDLE_BYTES_MAX || offset + bytes.length > total) return false;
    const sender = this.#sender;
    const transfers = sender === this.#own ? this.#transfers : this.#others;
    const bundle = transfers.take(now, { sender, number, total, offset, bytes });
    if (bundle !== undefined) this.#handlers.onBundle(bundle);
    return true;
  }
}
