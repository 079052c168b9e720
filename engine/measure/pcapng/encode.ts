/**
 * Writes the blocks of a pcapng file (draft-ietf-opsawg-pcapng; docs/spec/run-files.md#the-folder),
 * little-endian, with stamps in nanoseconds.
 *
 * ```
 *  0          4               8                              n-4
 *  | type u32 | total u32     | body ... | options ...       | total u32 |
 *  option: | code u16 | length u16 | value, padded to 4 |    end: 0000 0000
 * ```
 * Makes bytes only; which packets are captured is decided elsewhere.
 *
 * @module
 */
import {
  BLOCK_OVERHEAD_BYTES,
  BLOCK_TYPES,
  BYTE_ORDER_MAGIC,
  INBOUND_FLAG,
  LINK_TYPE_RAW,
  NANOSECOND_RESOLUTION,
  OPTION_CODES,
  OUTBOUND_FLAG,
} from './geometry.ts';

const TWO_32 = 2 ** 32;
const encoder = new TextEncoder();

/** A captured packet, as the enhanced packet block of a capture file holds it. */
export interface CapturedPacket {
  /** Number of the interface: its position among the descriptions of interfaces, from 0. */
  readonly interfaceId: number;
  readonly timeNs: number;
  /** The packet from its IP header on. */
  readonly bytes: Uint8Array;
  /** Length before truncation, bytes; default: the length of `bytes`. */
  readonly originalLength?: number;
  readonly direction: 'inbound' | 'outbound';
  readonly comment?: string;
}

/** Numbers of packets of an interface, for the block at the end of a file. */
export interface InterfaceTotals {
  readonly interfaceId: number;
  readonly timeNs: number;
  /** Number of packets that the interface has seen, in both directions. */
  readonly received: number;
  readonly dropped: number;
}

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** Encodes the first block of a file; it leaves the length of the section open, so that the file can be streamed. */
export function encodeSectionHeader(application: string): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  view.setBigInt64(8, -1n, true);
  const value = encoder.encode(application);
  return block(BLOCK_TYPES.sectionHeader, [body], [{ code: OPTION_CODES.application, value }]);
}

/**
 * Encodes the description of an interface, whose number is its position among the descriptions of the file, from 0.
 */
export function encodeInterfaceDescription(name: string): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, LINK_TYPE_RAW, true);
  return block(
    BLOCK_TYPES.interfaceDescription,
    [body],
    [
      { code: OPTION_CODES.interfaceName, value: encoder.encode(name) },
      // Without this option, readers would take the time stamps for microseconds.
      { code: OPTION_CODES.timeResolution, value: Uint8Array.of(NANOSECOND_RESOLUTION) },
    ],
  );
}

/** Encodes an enhanced packet block. */
export function encodePacketBlock(packet: CapturedPacket): Uint8Array {
  const { interfaceId, timeNs, bytes, comment, direction } = packet;
  const body = new Uint8Array(20);
  const view = new DataView(body.buffer);
  view.setUint32(0, interfaceId, true);
  writeTime(view, 4, timeNs);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, packet.originalLength ?? bytes.length, true);
  const flags = direction === 'inbound' ? INBOUND_FLAG : OUTBOUND_FLAG;
  const options: Option[] = [
    { code: OPTION_CODES.packetFlags, value: Uint8Array.of(flags, 0, 0, 0) },
  ];
  if (comment !== undefined) {
    options.unshift({ code: OPTION_CODES.comment, value: encoder.encode(comment) });
  }
  return block(BLOCK_TYPES.enhancedPacket, [body, bytes], options);
}

/** Encodes the totals of an interface, for the end of a file. */
export function encodeInterfaceStatistics(totals: InterfaceTotals): Uint8Array {
  const body = new Uint8Array(12);
  const view = new DataView(body.buffer);
  view.setUint32(0, totals.interfaceId, true);
  writeTime(view, 4, totals.timeNs);
  return block(
    BLOCK_TYPES.interfaceStatistics,
    [body],
    [
      { code: OPTION_CODES.received, value: uint64(totals.received) },
      { code: OPTION_CODES.dropped, value: uint64(totals.dropped) },
    ],
  );
}

function block(type: number, body: readonly Uint8Array[], options: readonly Option[]): Uint8Array {
  let length = BLOCK_OVERHEAD_BYTES;
  for (const part of body) length += padded(part.length);
  for (const { value } of options) length += 4 + padded(value.length);
  length += 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  let at = 8;
  for (const part of body) {
    bytes.set(part, at);
    at += padded(part.length);
  }
  for (const { code, value } of options) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  // The end of options is four zero bytes, which are already there.
  view.setUint32(length - 4, length, true);
  return bytes;
}

/** Writes the high word first; both words are little-endian. */
function writeTime(view: DataView, at: number, timeNs: number): void {
  view.setUint32(at, Math.floor(timeNs / TWO_32), true);
  view.setUint32(at + 4, timeNs % TWO_32, true);
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, value % TWO_32, true);
  view.setUint32(4, Math.floor(value / TWO_32), true);
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
