/**
 * The truth carried inside each application packet: flow, sequence, send time and checksum.
 *
 * Because the receiving application reads it, a packet counts as delivered only if its bytes
 * arrived unchanged, and `sim` and `live` measure alike. It is written and checked outside the
 * nodes; no protocol knows it.
 *
 * ```
 *  0       4     5      8               16              24      28      32
 *  | flow  |kind |digest|   sequence    |   send time   |length |checksum| body ...
 *  | u32   | u8  | u24  |   f64         |   f64 ns      | u32   | u32    |
 * ```
 * The checksum is CRC-32 over everything with its own field set to zero. In packets of flows of the
 * kind `ip` all of it follows the headers of IP and UDP or TCP, and lengths and offsets count from
 * there. The digest is that of addresses and ports that a capture gave; 0 if there are none, or if
 * the flow's number determines them.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import { crc32 as portableCrc32 } from '../../engine/pure/crc32.ts';
import {
  type IpFlow,
  ipHeadersBytes,
  ipPayloadAt,
  readIpPacket,
  writeIpHeaders,
} from '../../engine/pure/ip-headers.ts';
import { ipFlowOf } from './ip-headers.ts';

/** Length of the ground truth at the start of each application packet, bytes. */
export const TRUTH_BYTES = 32;
const CHECKSUM_OFFSET = 28;
const DIGEST_MASK = 0xff_ffff;
/**
 * Length of the pool of random bytes, of which the body of each packet is a slice, so that bodies
 * differ without a random draw per byte.
 */
const POOL_BYTES = 1 << 17;
/** Distance between the slices of two successive packets, bytes. */
const BODY_STEP = 4099;
const BODY_START_MASK = (1 << 16) - 1;

const eightBytes = new Uint8Array(8);
const eightView = new DataView(eightBytes.buffer);

/** The kind of an application packet: one-way data, a request, or the response to it. */
export type TruthKind = 'data' | 'request' | 'response';
/** All kinds of application packets, in the order of their numbers on the wire. */
export const TRUTH_KINDS: readonly TruthKind[] = ['data', 'request', 'response'];

/**
 * The ground truth in an application packet: its flow, kind, sequence number and send time. The
 * reader reuses the object, so copy what you keep.
 */
export interface GroundTruth {
  flow: number;
  kind: TruthKind;
  sequence: number;
  sentNs: number;
  /** True if the receiving node marked the packet as one that may have been delivered before. */
  isAgain?: boolean;
}

type Crc32 = (bytes: Uint8Array) => number;

/** Writes application packets. */
export class TruthWriter {
  readonly #pool: Uint8Array;
  readonly #crc32: Crc32;

  /**
   * @param stream The pool of bodies is drawn from it once.
   * @param crc32 The fastest one of the machine.
   */
  constructor(stream: RandomStream, crc32: Crc32 = portableCrc32) {
    this.#pool = stream.bytes(POOL_BYTES);
    this.#crc32 = crc32;
  }

  /** Fills all of `packet`, at least {@link TRUTH_BYTES} long. */
  write(packet: Uint8Array, truth: GroundTruth, digest = 0): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    view.setUint32(0, truth.flow);
    view.setUint32(4, TRUTH_KINDS.indexOf(truth.kind) * 0x1000000 + digest);
    view.setFloat64(8, truth.sequence);
    view.setFloat64(16, truth.sentNs);
    view.setUint32(24, packet.length);
    view.setUint32(CHECKSUM_OFFSET, 0);
    const start = (truth.sequence * BODY_STEP) & BODY_START_MASK;
    this.#fill(packet, start);
    view.setUint32(CHECKSUM_OFFSET, this.#crc32(packet));
  }

  /** Fills all of an IP packet of the flow's own addresses, at least {@link TRUTH_BYTES} and its headers long. */
  writeIp(packet: Uint8Array, own: IpFlow, truth: GroundTruth): void {
    this.#writeIp(packet, own, truth, 0);
  }

  /** Like `writeIp`, with other addresses and ports. */
  writeCaptured(packet: Uint8Array, captured: IpFlow, truth: GroundTruth): void {
    this.#writeIp(packet, captured, truth, digestOf(captured));
  }

  #writeIp(packet: Uint8Array, flow: IpFlow, truth: GroundTruth, digest: number): void {
    this.write(packet.subarray(ipHeadersBytes(flow)), truth, digest);
    writeIpHeaders(packet, flow);
  }

  /** Fills the body; a body longer than the pool repeats it. */
  #fill(packet: Uint8Array, start: number): void {
    let from = start;
    for (let at = TRUTH_BYTES; at < packet.length; ) {
      const part = this.#pool.subarray(from, from + packet.length - at);
      packet.set(part, at);
      at += part.length;
      from = 0;
    }
  }
}

/** The flow in a packet's truth, unchecked; -1 if the packet is too short. */
export function claimedFlow(whole: Uint8Array): number {
  const packet = truthIn(whole);
  if (packet.length < TRUTH_BYTES) return -1;
  // hot: without array destructuring, whose iterator took a tenth of a microsecond.
  const upper = ((packet[0] as number) << 24) | ((packet[1] as number) << 16);
  return (upper | ((packet[2] as number) << 8) | (packet[3] as number)) >>> 0;
}

/** The sequence number in a packet's truth, unchecked; the packet must not be too short. */
// hot: once per packet of a source; a view each time would be garbage.
export function claimedSequence(whole: Uint8Array): number {
  const packet = truthIn(whole);
  for (let i = 0; i < 8; i += 1) eightBytes[i] = packet[8 + i] as number;
  return eightView.getFloat64(0);
}

/**
 * Reads and checks a delivered packet in place. The checksum field is set to zero during the check
 * and then restored.
 * @param crc32 The fastest one of the machine.
 * @returns false if length, checksum or headers are wrong: such a packet does not count as delivered.
 */
export function readTruth(
  whole: Uint8Array,
  into: GroundTruth,
  crc32: Crc32 = portableCrc32,
): boolean {
  const packet = truthIn(whole);
  if (packet.length < TRUTH_BYTES) return false;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (view.getUint32(24) !== packet.length) return false;
  const stated = view.getUint32(CHECKSUM_OFFSET);
  view.setUint32(CHECKSUM_OFFSET, 0);
  const actual = crc32(packet);
  view.setUint32(CHECKSUM_OFFSET, stated);
  if (actual !== stated) return false;
  const kind = TRUTH_KINDS[view.getUint8(4)];
  if (kind === undefined) return false;
  into.flow = view.getUint32(0);
  into.kind = kind;
  into.sequence = view.getFloat64(8);
  into.sentNs = view.getFloat64(16);
  return packet === whole || hasIpHeaders(whole, into.flow, view.getUint32(4) & DIGEST_MASK);
}

/**
 * The part with the ground truth: in an IP packet what follows the headers, in any other packet the
 * whole. A flow number whose bytes look like an IP header would need 2^30 flows, which no run has.
 */
// hot: once per packet.
function truthIn(whole: Uint8Array): Uint8Array {
  const at = ipPayloadAt(whole);
  return at === 0 ? whole : whole.subarray(at);
}

/**
 * True if the packet has exactly the headers that were written for it; the check reads only the
 * packet's own bytes.
 */
function hasIpHeaders(packet: Uint8Array, number: number, digest: number): boolean {
  const read = readIpPacket(packet)?.flow;
  if (read === undefined) return false;
  const version = read.from.address.length === 4 ? 'ipv4' : 'ipv6';
  if (digest !== 0 && digest !== digestOf(read)) return false;
  const flow = digest === 0 ? ipFlowOf(version, number) : read;
  const found = packet.slice(0, ipHeadersBytes(read));
  if (ipHeadersBytes(flow) !== found.length) return false;
  writeIpHeaders(packet, flow);
  const isSame = found.every((byte, at) => byte === packet[at]);
  packet.set(found);
  return isSame;
}

/** A number of 24 bits made from addresses, ports and protocol; never 0. */
function digestOf({ from, to, protocol }: IpFlow): number {
  const numbers = [from, to].map(({ address, port }) => [...Array.from(address), port].join('.'));
  const text = [protocol, ...numbers].join(' ');
  return (portableCrc32(new TextEncoder().encode(text)) & DIGEST_MASK) | 1;
}
