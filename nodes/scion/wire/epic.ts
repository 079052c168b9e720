/**
 * Computes the parts of an EPIC-HP path that differ for each packet: time stamp, counter, and the
 * validation fields, which prove that the sender knows the full MACs of the last two hop fields.
 *
 * SCION header specification "Path Type: EPIC-HP", reference pkg/experimental/epic. The layout of the path is in
 * path.ts, the router's checks are in ../router/epic-checks.ts.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { CalendarTime } from '../../../engine/host/time.ts';
import { readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import {
  EPIC_FIELD_LENGTH,
  EPIC_PACKET_ID_LENGTH,
  EPIC_TIME_UNIT_NS,
  ISD_AS_LENGTH,
  SOURCE_ISD_AS_OFFSET,
} from '../geometry.ts';
import { computeCbcMac } from '../mac.ts';
import type { HostAddress } from './host-address.ts';
import { type IsdAs, writeIsdAs } from './isd-as.ts';
import type { PacketView } from './packet-view.ts';
import { type EpicPacketId, type EpicPath, type SegmentedPath, writeEpicPacketId } from './path.ts';

const NS_PER_SECOND = 1_000_000_000;
const UINT32_VALUES = 2 ** 32;
const COUNTER_BITS = 24;
/** Mask of the bits of a host address's type that say its length: units of 4 bytes, minus one ("Address Header"). */
const HOST_LENGTH_MASK = 0x3;
const TIMESTAMP_OFFSET = 1;
const PACKET_ID_OFFSET = 5;
const SOURCE_OFFSET = PACKET_ID_OFFSET + EPIC_PACKET_ID_LENGTH;
const HOST_OFFSET = SOURCE_OFFSET + ISD_AS_LENGTH;

/** The data of a packet that its hop validation fields authenticate. */
export interface EpicCovered {
  /** Timestamp of the first info field, seconds since 1970. */
  readonly timestamp: number;
  readonly packetId: EpicPacketId;
  readonly source: IsdAs;
  readonly sourceHost: HostAddress;
  /** PayloadLen of the header. */
  readonly payloadLength: number;
}

/** The full MACs of a path's last two hop fields, 16 bytes each: the keys of the fields of an EPIC-HP path. */
export interface EpicAuthenticators {
  readonly penultimate: Uint8Array;
  readonly last: Uint8Array;
}

/** The source of packets on one EPIC-HP path, the path, and the keys of its validation fields. */
export interface EpicSender extends EpicAuthenticators {
  readonly source: IsdAs;
  readonly sourceHost: HostAddress;
  /** The SCION path that the EPIC-HP path contains. */
  readonly path: SegmentedPath;
}

/**
 * Computes the time stamp of a packet that is sent `ageNs` after the timestamp of its first info
 * field.
 * @returns undefined if `ageNs` is negative, or exceeds what 32 bits can represent, 25 hours and 3
 * minutes.
 */
export function epicTimestamp(ageNs: number): number | undefined {
  // As in reference CreateTimestamp, the time stamp is one unit less, but not negative.
  const units = Math.max(0, Math.floor(ageNs / EPIC_TIME_UNIT_NS) - 1);
  return ageNs < 0 || units >= UINT32_VALUES ? undefined : units;
}

/**
 * Makes the counter of a packet: 8 bits for the number of the sending thread, 24 bits for the
 * number of its packets (reference PktCounterFromCore).
 */
export function epicCounter(thread: number, packets: number): number {
  return thread * 2 ** COUNTER_BITS + (packets % 2 ** COUNTER_BITS);
}

/**
 * Returns how long ago a packet was sent according to its time stamp, ns; negative if that is in
 * the future.
 */
export function epicSentAgoNs(packet: PacketView, now: CalendarTime): number {
  const ageNs = (now.seconds - packet.firstTimestamp) * NS_PER_SECOND + now.nanos;
  return ageNs - (1 + readUint32(packet.buffer, packet.pathOffset)) * EPIC_TIME_UNIT_NS;
}

/** Returns the offset of the validation field that hop `hop`, one of the last two, checks. */
export function epicFieldOffset(packet: PacketView, hop: number): number {
  const isLast = hop + 1 === packet.hopCount;
  return packet.pathOffset + EPIC_PACKET_ID_LENGTH + (isLast ? EPIC_FIELD_LENGTH : 0);
}

/**
 * Computes a validation field: the first four bytes of the MAC over `input`.
 * @param authenticator The full MAC of the hop field, 16 bytes.
 */
export function computeEpicField(
  crypto: CryptoProvider,
  authenticator: Uint8Array,
  input: Uint8Array,
): Uint8Array {
  return computeCbcMac(crypto, authenticator, input).subarray(0, EPIC_FIELD_LENGTH);
}

/**
 * Makes the input of the validation fields of a packet (reference prepareMacInput), padded with
 * zeros to whole blocks.
 *
 *     | SL (1) | Timestamp of the first info field (4) | Identifier (8) |
 *     | SrcISD-AS (8) | SrcHost 4·(1+SL) | PayloadLen (2) |
 */
export function epicInputOf(packet: PacketView): Uint8Array {
  const { buffer, start, sourceHostOffset, pathOffset, payloadLength } = packet;
  const source = buffer.subarray(sourceHostOffset, pathOffset);
  const input = beginInput(packet.sourceHostType, packet.firstTimestamp, source);
  input.set(buffer.subarray(pathOffset, pathOffset + EPIC_PACKET_ID_LENGTH), PACKET_ID_OFFSET);
  const isdAsOffset = start + SOURCE_ISD_AS_OFFSET;
  input.set(buffer.subarray(isdAsOffset, isdAsOffset + ISD_AS_LENGTH), SOURCE_OFFSET);
  writeUint16(input, HOST_OFFSET + source.length, payloadLength);
  return input;
}

/** Makes the input of the validation fields (see {@link epicInputOf}) for a packet that is to be sent. */
export function encodeEpicInput(covered: EpicCovered): Uint8Array {
  const { type, bytes } = covered.sourceHost;
  const input = beginInput(type, covered.timestamp, bytes);
  writeEpicPacketId(input, PACKET_ID_OFFSET, covered.packetId);
  writeIsdAs(input, SOURCE_OFFSET, covered.source);
  writeUint16(input, HOST_OFFSET + bytes.length, covered.payloadLength);
  return input;
}

/**
 * Makes the EPIC-HP path of one packet; undefined if the SCION path was made in the future, or more
 * than a day ago.
 */
export function makeEpicPath(
  crypto: CryptoProvider,
  sender: EpicSender,
  packet: { readonly now: CalendarTime; readonly counter: number; readonly payloadLength: number },
): EpicPath | undefined {
  const { path: inner, penultimate, last } = sender;
  const infoTimestamp = inner.infos[0]?.timestamp ?? 0;
  const { now, counter, payloadLength } = packet;
  const timestamp = epicTimestamp((now.seconds - infoTimestamp) * NS_PER_SECOND + now.nanos);
  if (timestamp === undefined) return undefined;
  const packetId = { timestamp, counter };
  const { source, sourceHost } = sender;
  const covered = { source, sourceHost, timestamp: infoTimestamp, packetId, payloadLength };
  const input = encodeEpicInput(covered);
  return {
    kind: 'epic',
    packetId,
    penultimateField: computeEpicField(crypto, penultimate, input),
    lastField: computeEpicField(crypto, last, input),
    inner,
  };
}

/** Makes the paths of the packets that one host sends on one EPIC-HP path. */
export class EpicPathMaker {
  readonly #crypto: CryptoProvider;
  readonly #sender: EpicSender;
  readonly #clock: () => CalendarTime;
  #packets = 0;

  constructor(crypto: CryptoProvider, sender: EpicSender, clock: () => CalendarTime) {
    this.#crypto = crypto;
    this.#sender = sender;
    this.#clock = clock;
  }

  /**
   * The path with zeros for the fields that differ by packet, for header templates of the right
   * length.
   */
  get blank(): EpicPath {
    const field = new Uint8Array(EPIC_FIELD_LENGTH);
    const packetId = { timestamp: 0, counter: 0 };
    const inner = this.#sender.path;
    return { kind: 'epic', packetId, penultimateField: field, lastField: field, inner };
  }

  /** The path of the next packet, sent now; undefined if the path is dated in the future or older than a day. */
  next(payloadLength: number): EpicPath | undefined {
    // Reference pkg/snet/path/epic.go, SetPath: the first packet has the number 1.
    this.#packets += 1;
    const counter = epicCounter(0, this.#packets);
    return makeEpicPath(this.#crypto, this.#sender, { now: this.#clock(), counter, payloadLength });
  }
}

function beginInput(hostType: number, timestamp: number, host: Uint8Array): Uint8Array {
  const input = new Uint8Array(HOST_OFFSET + host.length + 2);
  input[0] = hostType & HOST_LENGTH_MASK;
  writeUint32(input, TIMESTAMP_OFFSET, timestamp);
  input.set(host, HOST_OFFSET);
  return input;
}
