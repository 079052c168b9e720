/**
 * UDP convergence layer, version 2 (draft-ietf-dtn-udpcl-03): a datagram holds messages back to back,
 * each told by its first byte; a bundle that is longer than a datagram goes in pieces.
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
import { endOfItem } from '../../_kit/cbor-end-of-item.ts';
import { CBOR_ARRAY, CBOR_BYTES, CBOR_MAP, CBOR_UINT, CborReader } from '../../_kit/cbor-reader.ts';
import { CborWriter } from '../../_kit/cbor-writer.ts';
import {
  BUNDLE_BYTES_MAX,
  BUNDLE_START,
  DEPTH_MAX,
  TRANSFER_NS,
  TRANSFERS_MAX,
} from '../geometry.ts';
import { PartialPayload } from '../wire/partial-payload.ts';

const PADDING = 0x00;
const MAP_FIRST = 0xa0;
const MAP_LAST = 0xbf;
/** Extension key of a transfer (draft-ietf-dtn-udpcl-03 section 3.5.2). */
const TRANSFER = 2;
/** Bytes around a piece: map, key, array, four heads of at most five bytes. */
const PIECE_HEAD = 23;

/** Bytes of the datagrams of a bundle. */
export function udpclBytes(bundleBytes: number, datagramMax: number): number {
  if (bundleBytes <= datagramMax) return bundleBytes;
  return bundleBytes + PIECE_HEAD * Math.ceil(bundleBytes / (datagramMax - PIECE_HEAD));
}

/**
 * The datagrams of a bundle.
 * @param datagramMax Longest datagram, bytes.
 * @param transfer Number of the transfer, if it takes several; below 2^32.
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

interface Transfer {
  readonly whole: PartialPayload;
  readonly sinceNs: Nanoseconds;
}

/** Why a part of a datagram is dropped. */
export type UdpclDrop = 'unknown-message' | 'bad-transfer' | 'transfers-full';

/** What a datagram brings. */
export interface UdpclHandlers {
  /** A whole bundle; the callee owns the bytes. */
  readonly onBundle: (bundle: Uint8Array) => void;
  readonly onDrop: (reason: UdpclDrop) => void;
}

/** Reads the datagrams of one neighbour. */
export class UdpclReader {
  readonly #handlers: UdpclHandlers;
  readonly #reader = new CborReader();
  /** Transfers of which pieces are missing, oldest first, by sender and number. */
  readonly #transfers = new Map<string, Transfer>();
  /** Sender of the datagram that is being read. */
  #sender = 0;

  constructor(handlers: UdpclHandlers) {
    this.#handlers = handlers;
  }

  /**
   * Reads one datagram; its bytes are copied.
   * @param sender Where it comes from: each port of a neighbour numbers its own transfers.
   */
  read(
    now: Nanoseconds,
    bytes: Uint8Array,
    { offset, length, sender }: { offset: number; length: number; sender: Endpoint },
  ): void {
    const end = offset + length;
    this.#sender = sender;
    for (let at = offset; at < end && bytes[at] !== PADDING; ) {
      const next = endOfItem(bytes, at, end, DEPTH_MAX);
      const first = bytes[at] as number;
      const isMap = first >= MAP_FIRST && first <= MAP_LAST;
      if (next < 0 || (first !== BUNDLE_START && !isMap)) {
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
      const after = endOfItem(bytes, value, end, DEPTH_MAX);
      if (isTransfer && !this.#piece(now, reader)) this.#handlers.onDrop('bad-transfer');
      reader.open(bytes, after, end);
    }
  }

  /** Takes a piece of a transfer; false if it is malformed or disagrees with the others. */
  #piece(now: Nanoseconds, reader: CborReader): boolean {
    if (!reader.expect(CBOR_ARRAY) || reader.argument !== 4) return false;
    if (!reader.expect(CBOR_UINT)) return false;
    const id = `${this.#sender}/${reader.argument}`;
    if (!reader.expect(CBOR_UINT)) return false;
    const total = reader.argument;
    if (!reader.expect(CBOR_UINT)) return false;
    const offset = reader.argument;
    if (!reader.string(CBOR_BYTES)) return false;
    const piece = reader.bytes.subarray(reader.at - reader.argument, reader.at);
    if (total > BUNDLE_BYTES_MAX || offset + piece.length > total) return false;
    const transfer = this.#transferOf(now, id, total);
    if (transfer === undefined) return true;
    if (transfer.whole.total !== total) return false;
    if (!transfer.whole.add(offset, piece)) return false;
    const { payload } = transfer.whole;
    if (payload === undefined) return true;
    this.#transfers.delete(id);
    this.#handlers.onBundle(payload);
    return true;
  }

  #transferOf(now: Nanoseconds, id: string, total: number): Transfer | undefined {
    for (const [old, { sinceNs }] of this.#transfers) {
      if (now - sinceNs <= TRANSFER_NS) break;
      this.#transfers.delete(old);
    }
    const known = this.#transfers.get(id);
    if (known !== undefined) return known;
    let bytes = total;
    for (const { whole } of this.#transfers.values()) bytes += whole.total;
    if (this.#transfers.size >= TRANSFERS_MAX || bytes > BUNDLE_BYTES_MAX) {
      this.#handlers.onDrop('transfers-full');
      return undefined;
    }
    const transfer = { whole: new PartialPayload(total), sinceNs: now };
    this.#transfers.set(id, transfer);
    return transfer;
  }
}
