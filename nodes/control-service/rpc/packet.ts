/**
 * Packets of calls between control services, the payload of UDP/SCION.
 *
 * The reference speaks Connect over HTTP/3 between ASes (scionproto/scion, doc/dev/design/). This is the smallest
 * protocol that carries the same messages: fragments, and the acknowledgements of RFC 9002's loss recovery.
 *
 * @module
 */
import {
  readUint16,
  readUint32,
  readUint48,
  writeUint16,
  writeUint32,
  writeUint48,
} from '../../_kit/bytes.ts';
import type { Acknowledgement } from '../../_kit/loss-recovery/received-packets.ts';
import {
  RPC_ACK_HEADER_BYTES,
  RPC_FRAGMENTS_MAX,
  RPC_HEADER_BYTES,
  RPC_RANGE_BYTES,
  RPC_RANGES_MAX,
  RPC_ROOM_MIN,
  RPC_VERSION,
} from './geometry.ts';

/** Part of a message. */
export interface RpcFragment {
  /** Index of the fragment in its message, from 0. */
  readonly index: number;
  /** Number of fragments of the message, 1 … 512. */
  readonly count: number;
  /** Bytes of the fragment, at least one; a view of the packet that was read. */
  readonly data: Uint8Array;
}

/** A packet of a call. */
export interface RpcPacket {
  /** Drawn by the caller, 48 bits. */
  readonly callId: number;
  /** True if the called node sends the packet. */
  readonly isAnswer: boolean;
  /** True if the caller does not know the call or has its answer already, so that nothing more needs to be sent. */
  readonly isOver: boolean;
  /** Largest packet of a call that fits the path, bytes, as far as the sender knows. */
  readonly room: number;
  /** Counts the packets of one end of a call, from 0. */
  readonly number: number;
  readonly ack: Acknowledgement | undefined;
  readonly fragment: RpcFragment | undefined;
}

/** Why a datagram is refused as a packet of a call. */
export type RpcPacketRefusal = 'rpc-truncated' | 'rpc-version' | 'rpc-malformed';

const FLAG = { ack: 1, fragment: 2, answer: 4, over: 8 } as const;
const FLAGS_ALL = 15;
const CALL_ID_AT = 2;
const NUMBER_AT = 8;
const FRAGMENT_AT = 12;
const COUNT_AT = 14;
const ROOM_AT = 16;
const NS_PER_US = 1_000;
const UINT32_MAX = 0xffff_ffff;

/**
 * Encodes a packet.
 *
 *     |    Version    |     Flags     |            CallId             |
 *     |                            CallId                             |
 *     |                            Number                             |
 *     |           Fragment            |            Count              |
 *     |             Room              |
 *     |              Delay (us), Ranges (8), each First, Last …       |
 *     |                            data …                             |
 */
export function encodeRpcPacket(packet: RpcPacket): Uint8Array {
  const { ack, fragment } = packet;
  const ranges = ack?.ranges.slice(0, RPC_RANGES_MAX) ?? [];
  const ackBytes = ack === undefined ? 0 : RPC_ACK_HEADER_BYTES + RPC_RANGE_BYTES * ranges.length;
  const dataAt = RPC_HEADER_BYTES + ackBytes;
  const bytes = new Uint8Array(dataAt + (fragment?.data.length ?? 0));
  bytes[0] = RPC_VERSION;
  bytes[1] =
    (ack === undefined ? 0 : FLAG.ack) |
    (fragment === undefined ? 0 : FLAG.fragment) |
    (packet.isAnswer ? FLAG.answer : 0) |
    (packet.isOver ? FLAG.over : 0);
  writeUint48(bytes, CALL_ID_AT, packet.callId);
  writeUint32(bytes, NUMBER_AT, packet.number);
  writeUint16(bytes, ROOM_AT, packet.room);
  if (ack !== undefined) {
    const delayUs = Math.min(Math.floor(ack.delayNs / NS_PER_US), UINT32_MAX);
    writeUint32(bytes, RPC_HEADER_BYTES, delayUs);
    bytes[RPC_HEADER_BYTES + 4] = ranges.length;
    for (const [index, [first, last]] of ranges.entries()) {
      const at = RPC_HEADER_BYTES + RPC_ACK_HEADER_BYTES + RPC_RANGE_BYTES * index;
      writeUint32(bytes, at, first);
      writeUint32(bytes, at + 4, last);
    }
  }
  if (fragment !== undefined) {
    writeUint16(bytes, FRAGMENT_AT, fragment.index);
    writeUint16(bytes, COUNT_AT, fragment.count);
    bytes.set(fragment.data, dataAt);
  }
  return bytes;
}

/** Decodes a packet that fills `bytes` exactly. */
export function decodeRpcPacket(bytes: Uint8Array): RpcPacket | RpcPacketRefusal {
  if (bytes.length < RPC_HEADER_BYTES) return 'rpc-truncated';
  if (bytes[0] !== RPC_VERSION) return 'rpc-version';
  const flags = bytes[1] as number;
  if (flags > FLAGS_ALL) return 'rpc-malformed';
  const ack = (flags & FLAG.ack) === 0 ? undefined : decodeAck(bytes);
  if (typeof ack === 'string') return ack;
  const dataAt = RPC_HEADER_BYTES + (ack?.length ?? 0);
  const fragment = decodeFragment(bytes, dataAt);
  const hasFragment = (flags & FLAG.fragment) !== 0;
  if (hasFragment !== (fragment !== undefined) || fragment === 'rpc-malformed') {
    return 'rpc-malformed';
  }
  const room = readUint16(bytes, ROOM_AT);
  if (room < RPC_ROOM_MIN) return 'rpc-malformed';
  return {
    room,
    callId: readUint48(bytes, CALL_ID_AT),
    isAnswer: (flags & FLAG.answer) !== 0,
    isOver: (flags & FLAG.over) !== 0,
    number: readUint32(bytes, NUMBER_AT),
    ack: ack?.ack,
    fragment,
  };
}

/** The fragment of a packet; undefined if it has none. */
function decodeFragment(
  bytes: Uint8Array,
  dataAt: number,
): RpcFragment | 'rpc-malformed' | undefined {
  const index = readUint16(bytes, FRAGMENT_AT);
  const count = readUint16(bytes, COUNT_AT);
  if (count === 0 && index === 0 && bytes.length === dataAt) return undefined;
  const isRight = index < count && count <= RPC_FRAGMENTS_MAX && bytes.length > dataAt;
  return isRight ? { index, count, data: bytes.subarray(dataAt) } : 'rpc-malformed';
}

function decodeAck(
  bytes: Uint8Array,
): { readonly ack: Acknowledgement; readonly length: number } | RpcPacketRefusal {
  const rangesAt = RPC_HEADER_BYTES + RPC_ACK_HEADER_BYTES;
  if (bytes.length < rangesAt) return 'rpc-truncated';
  const count = bytes[rangesAt - 1] as number;
  if (count === 0 || count > RPC_RANGES_MAX) return 'rpc-malformed';
  const length = RPC_ACK_HEADER_BYTES + RPC_RANGE_BYTES * count;
  if (bytes.length < RPC_HEADER_BYTES + length) return 'rpc-truncated';
  const ranges: (readonly [number, number])[] = [];
  let below = Number.POSITIVE_INFINITY;
  for (let index = 0; index < count; index += 1) {
    const at = rangesAt + RPC_RANGE_BYTES * index;
    const [first, last] = [readUint32(bytes, at), readUint32(bytes, at + 4)];
    if (first > last || last >= below) return 'rpc-malformed';
    ranges.push([first, last]);
    below = first;
  }
  const delayNs = NS_PER_US * readUint32(bytes, RPC_HEADER_BYTES);
  return { ack: { largest: ranges[0]?.[1] ?? 0, delayNs, ranges }, length };
}
