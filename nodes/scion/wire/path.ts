/**
 * SCION paths as plain objects: encodes, decodes and reverses SCION, one-hop and EPIC-HP paths, and
 * computes when hop fields expire.
 *
 * SCION header specification "Path Type: SCION", "Path Type: OneHopPath" and "Path Type: EPIC-HP".
 * For control code and tests; routers and gateways read each packet by packet-view.ts. MACs are not
 * checked.
 *
 * @module
 */
import type { CalendarTime } from '../../../engine/host/time.ts';
import { readUint16, readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import {
  EPIC_FIELD_LENGTH,
  EPIC_META_LENGTH,
  EPIC_PACKET_ID_LENGTH,
  EXP_TIME_MAX,
  EXP_TIME_UNIT_NS,
  HOP_EGRESS_ALERT_FLAG,
  HOP_EGRESS_OFFSET,
  HOP_EXP_TIME_OFFSET,
  HOP_FIELD_LENGTH,
  HOP_FIELDS_MAX,
  HOP_INGRESS_ALERT_FLAG,
  HOP_INGRESS_OFFSET,
  HOP_MAC_LENGTH,
  HOP_MAC_OFFSET,
  INFO_CONS_DIR_FLAG,
  INFO_FIELD_LENGTH,
  INFO_PEERING_FLAG,
  INFO_SEGMENT_ID_OFFSET,
  INFO_TIMESTAMP_OFFSET,
  ONE_HOP_PATH_LENGTH,
  PATH_META_LENGTH,
  PATH_TYPE_EMPTY,
  PATH_TYPE_EPIC,
  PATH_TYPE_ONE_HOP,
  PATH_TYPE_SCION,
} from '../geometry.ts';
import type { WireDropReason } from './drops.ts';

/** An info field, which has the data of a whole segment. */
export interface InfoField {
  /** P: the segment begins or ends with a peering hop. */
  readonly isPeering: boolean;
  /** C: the segment is used in the direction of beaconing. */
  readonly isConsDir: boolean;
  /** The MAC chain's accumulator at the current hop (beta), 16 bits. */
  readonly segmentId: number;
  /** Seconds since 1970 at which the segment was made, 32 bits. */
  readonly timestamp: number;
}

/** A hop field: the interfaces by which packets pass one AS, and their authentication. */
export interface HopField {
  /** Flag I: requests processing by the router at the ingress in construction direction. */
  readonly hasIngressAlert: boolean;
  /** Flag E: requests processing by the router at the egress in construction direction. */
  readonly hasEgressAlert: boolean;
  /** Lifetime in units of 337.5 s, minus one, 0 … 255. */
  readonly expTime: number;
  /** Interface on which the beacon arrived; 0 at the segment's first AS. */
  readonly consIngress: number;
  /** Interface on which the beacon left; 0 at the segment's last AS. */
  readonly consEgress: number;
  /** The first 6 bytes of the hop's MAC. */
  readonly mac: Uint8Array;
}

/** A SCION path (path type 1). */
export interface SegmentedPath {
  readonly kind: 'scion';
  readonly currentInfo: number;
  readonly currentHop: number;
  /** Number of hop fields of each segment; 0 for unused segments, which are the last. */
  readonly segmentLengths: readonly [number, number, number];
  readonly infos: readonly InfoField[];
  readonly hops: readonly HopField[];
}

/** A path of type 2: it reaches a neighbour before any segment exists. */
export interface OneHopPath {
  readonly kind: 'one-hop';
  readonly info: InfoField;
  readonly first: HopField;
  /** All zero until the receiving router fills it in. */
  readonly second: HopField;
}

/**
 * A path of type 3: a SCION path with validation fields for one packet, which the last two hops
 * check.
 */
export interface EpicPath {
  readonly kind: 'epic';
  readonly packetId: EpicPacketId;
  /**
   * PHVF and LHVF: the validation fields for the penultimate and for the last hop, 4 bytes each.
   */
  readonly penultimateField: Uint8Array;
  readonly lastField: Uint8Array;
  readonly inner: SegmentedPath;
}

/** Identifies a packet among all packets on one EPIC-HP path. */
export interface EpicPacketId {
  /**
   * Time at which the packet was sent: units of 21 us since the timestamp of the first info field,
   * minus one; 32 bits.
   */
  readonly timestamp: number;
  /** Distinguishes packets with equal time stamps, 32 bits. */
  readonly counter: number;
}

/** Any supported path. */
export type WirePath = { readonly kind: 'empty' } | SegmentedPath | OneHopPath | EpicPath;

/** The path between hosts of the same AS. */
export const EMPTY_PATH: WirePath = { kind: 'empty' };

const SEGMENT_LENGTH_MASK = 0x3f;
const HALF_SECOND_NS = 500_000_000;
const HALF_SECONDS_PER_UNIT = EXP_TIME_UNIT_NS / HALF_SECOND_NS;

/** Returns the length of a path in a header, bytes. */
export function encodedPathLength(path: WirePath): number {
  switch (path.kind) {
    case 'empty':
      return 0;
    case 'one-hop':
      return ONE_HOP_PATH_LENGTH;
    case 'epic':
      return EPIC_META_LENGTH + encodedPathLength(path.inner);
    case 'scion':
      return (
        PATH_META_LENGTH +
        INFO_FIELD_LENGTH * path.infos.length +
        HOP_FIELD_LENGTH * path.hops.length
      );
  }
}

/** Returns the PathType number of a path. */
export function pathTypeNumber(path: WirePath): number {
  switch (path.kind) {
    case 'empty':
      return PATH_TYPE_EMPTY;
    case 'scion':
      return PATH_TYPE_SCION;
    case 'one-hop':
      return PATH_TYPE_ONE_HOP;
    case 'epic':
      return PATH_TYPE_EPIC;
  }
}

/**
 * Decodes the path that fills `bytes` exactly.
 * @param type The header's PathType.
 */
export function decodePath(type: number, bytes: Uint8Array): WirePath | WireDropReason {
  switch (type) {
    case PATH_TYPE_EMPTY:
      return bytes.length === 0 ? EMPTY_PATH : 'scion-header-length';
    case PATH_TYPE_SCION:
      return decodeSegmentedPath(bytes);
    case PATH_TYPE_ONE_HOP:
      return decodeOneHopPath(bytes);
    case PATH_TYPE_EPIC:
      return decodeEpicPath(bytes);
    default:
      return 'path-type-unknown';
  }
}

/** Encodes a path into a new array. */
export function encodePath(path: WirePath): Uint8Array {
  const bytes = new Uint8Array(encodedPathLength(path));
  if (path.kind === 'one-hop') {
    writeInfoField(bytes, 0, path.info);
    writeHopField(bytes, INFO_FIELD_LENGTH, path.first);
    writeHopField(bytes, INFO_FIELD_LENGTH + HOP_FIELD_LENGTH, path.second);
  }
  if (path.kind === 'epic') {
    writeEpicMeta(bytes, 0, path);
    bytes.set(encodePath(path.inner), EPIC_META_LENGTH);
  }
  if (path.kind === 'scion') {
    writeMeta(bytes, path);
    const hopsOffset = PATH_META_LENGTH + INFO_FIELD_LENGTH * path.infos.length;
    for (const [index, info] of path.infos.entries()) {
      writeInfoField(bytes, PATH_META_LENGTH + INFO_FIELD_LENGTH * index, info);
    }
    for (const [index, hop] of path.hops.entries()) {
      writeHopField(bytes, hopsOffset + HOP_FIELD_LENGTH * index, hop);
    }
  }
  return bytes;
}

/**
 * Counts the segments with non-zero length; `path-malformed` when a segment follows an empty one,
 * or there are too many hop fields.
 */
export function countSegments(lengths: readonly [number, number, number]): number | WireDropReason {
  const [first, second, third] = lengths;
  // Reference pkg/slayers/path/scion/base.go: no segment after an empty one, at most 64 hops.
  if (third > 0 && second === 0) return 'path-malformed';
  if (second > 0 && first === 0) return 'path-malformed';
  if (first + second + third > HOP_FIELDS_MAX) return 'path-malformed';
  if (third > 0) return 3;
  if (second > 0) return 2;
  return first > 0 ? 1 : 0;
}

/** Returns the index (0 … 2) of the segment with hop number `hop`. */
export function segmentIndexOfHop(lengths: readonly [number, number, number], hop: number): number {
  if (hop < lengths[0]) return 0;
  return hop < lengths[0] + lengths[1] ? 1 : 2;
}

/**
 * Moves to the next hop; after the last hop of a segment, that is the first hop of the next
 * segment.
 */
export function advancePath(path: SegmentedPath): SegmentedPath | WireDropReason {
  const currentHop = path.currentHop + 1;
  if (currentHop >= path.hops.length) return 'path-end';
  return { ...path, currentHop, currentInfo: segmentIndexOfHop(path.segmentLengths, currentHop) };
}

/** True when the next hop is in another segment. */
export function isCrossover(path: SegmentedPath): boolean {
  const next = path.currentHop + 1;
  return (
    next < path.hops.length && segmentIndexOfHop(path.segmentLengths, next) !== path.currentInfo
  );
}

/**
 * Reverses a path ("Path Reversal"). The result is correct only for a received path: before a
 * packet is sent, its path has other segment ids.
 */
export function reversePath(path: SegmentedPath): SegmentedPath | WireDropReason {
  const segments = path.infos.length;
  if (segments === 0) return 'path-irreversible';
  const used = path.segmentLengths.slice(0, segments).reverse();
  return {
    kind: 'scion',
    currentInfo: segments - 1 - path.currentInfo,
    currentHop: path.hops.length - 1 - path.currentHop,
    segmentLengths: [used[0] ?? 0, used[1] ?? 0, used[2] ?? 0],
    // Flag C is inverted; P, segment ids and router alerts do not change, because they refer to
    // construction direction.
    infos: path.infos.map((info) => ({ ...info, isConsDir: !info.isConsDir })).reverse(),
    hops: path.hops.toReversed(),
  };
}

/**
 * Converts a completed one-hop path to the equivalent path with one segment ("Path Type:
 * OneHopPath").
 */
export function oneHopToSegmented(path: OneHopPath): SegmentedPath | WireDropReason {
  // Reference onehop.go: the second hop is complete once its ConsIngress is set.
  if (path.second.consIngress === 0) return 'path-irreversible';
  return {
    kind: 'scion',
    currentInfo: 0,
    currentHop: 1,
    segmentLengths: [2, 0, 0],
    infos: [{ ...path.info, isConsDir: true }],
    hops: [path.first, path.second],
  };
}

/** Reverses any received path. */
export function reverseWirePath(path: WirePath): WirePath | WireDropReason {
  if (path.kind === 'empty') return path;
  if (path.kind === 'scion') return reversePath(path);
  // The validation fields are for the other direction, so the reverse is a SCION path (reference
  // epic.Path.Reverse).
  if (path.kind === 'epic') return reversePath(path.inner);
  const segmented = oneHopToSegmented(path);
  return typeof segmented === 'string' ? segmented : reversePath(segmented);
}

/** Computes the lifetime of a hop field, ns: (1 + ExpTime) x 337.5 s. */
export function hopLifetimeNs(expTime: number): number {
  return (1 + expTime) * EXP_TIME_UNIT_NS;
}

/**
 * Computes the largest ExpTime whose lifetime does not exceed `durationNs`.
 * @returns 0 … 255, or `undefined` below 337.5 s and above 24 h.
 */
export function expTimeForDuration(durationNs: number): number | undefined {
  const expTime = Math.floor(durationNs / EXP_TIME_UNIT_NS) - 1;
  return expTime < 0 || durationNs > hopLifetimeNs(EXP_TIME_MAX) ? undefined : expTime;
}

/**
 * Computes when a hop field expires, in half seconds since 1970: 337.5 s is a whole number of half
 * seconds.
 * @param timestamp Timestamp of the info field, seconds since 1970.
 */
export function hopExpiryHalfSeconds(timestamp: number, expTime: number): number {
  return 2 * timestamp + (1 + expTime) * HALF_SECONDS_PER_UNIT;
}

/** True when the expiry is in the past; a hop field is still valid at the instant of its expiry. */
export function isHopExpired(expiryHalfSeconds: number, now: CalendarTime): boolean {
  const nowHalfSeconds = 2 * now.seconds + (now.nanos < HALF_SECOND_NS ? 0 : 1);
  if (nowHalfSeconds !== expiryHalfSeconds) return nowHalfSeconds > expiryHalfSeconds;
  return now.nanos % HALF_SECOND_NS !== 0;
}

/** Reads the info field at `offset`; reserved bits are ignored. */
export function readInfoField(bytes: Uint8Array, offset: number): InfoField {
  const flags = bytes[offset] as number;
  return {
    isPeering: (flags & INFO_PEERING_FLAG) !== 0,
    isConsDir: (flags & INFO_CONS_DIR_FLAG) !== 0,
    segmentId: readUint16(bytes, offset + INFO_SEGMENT_ID_OFFSET),
    timestamp: readUint32(bytes, offset + INFO_TIMESTAMP_OFFSET),
  };
}

/** Writes an info field, 8 bytes at `offset`. */
export function writeInfoField(bytes: Uint8Array, offset: number, info: InfoField): void {
  bytes[offset] =
    (info.isPeering ? INFO_PEERING_FLAG : 0) | (info.isConsDir ? INFO_CONS_DIR_FLAG : 0);
  bytes[offset + 1] = 0;
  writeUint16(bytes, offset + INFO_SEGMENT_ID_OFFSET, info.segmentId);
  writeUint32(bytes, offset + INFO_TIMESTAMP_OFFSET, info.timestamp);
}

/** Reads the hop field at `offset`; the MAC is copied, reserved bits are ignored. */
export function readHopField(bytes: Uint8Array, offset: number): HopField {
  const flags = bytes[offset] as number;
  const macOffset = offset + HOP_MAC_OFFSET;
  return {
    hasIngressAlert: (flags & HOP_INGRESS_ALERT_FLAG) !== 0,
    hasEgressAlert: (flags & HOP_EGRESS_ALERT_FLAG) !== 0,
    expTime: bytes[offset + HOP_EXP_TIME_OFFSET] as number,
    consIngress: readUint16(bytes, offset + HOP_INGRESS_OFFSET),
    consEgress: readUint16(bytes, offset + HOP_EGRESS_OFFSET),
    mac: bytes.slice(macOffset, macOffset + HOP_MAC_LENGTH),
  };
}

/** Writes a hop field, 12 bytes at `offset`. */
export function writeHopField(bytes: Uint8Array, offset: number, hop: HopField): void {
  bytes[offset] =
    (hop.hasIngressAlert ? HOP_INGRESS_ALERT_FLAG : 0) |
    (hop.hasEgressAlert ? HOP_EGRESS_ALERT_FLAG : 0);
  bytes[offset + HOP_EXP_TIME_OFFSET] = hop.expTime;
  writeUint16(bytes, offset + HOP_INGRESS_OFFSET, hop.consIngress);
  writeUint16(bytes, offset + HOP_EGRESS_OFFSET, hop.consEgress);
  bytes.set(hop.mac, offset + HOP_MAC_OFFSET);
}

function writeMeta(bytes: Uint8Array, path: SegmentedPath): void {
  const [first, second, third] = path.segmentLengths;
  // | C (2) | CurrHF (6) | RSV (6) | Seg0Len (6) | Seg1Len (6) | Seg2Len (6) |
  const word =
    (path.currentInfo << 30) | (path.currentHop << 24) | (first << 12) | (second << 6) | third;
  writeUint32(bytes, 0, word);
}

function decodeSegmentedPath(bytes: Uint8Array): SegmentedPath | WireDropReason {
  if (bytes.length < PATH_META_LENGTH) return 'scion-header-length';
  const word = readUint32(bytes, 0);
  const segmentLengths: [number, number, number] = [
    (word >>> 12) & SEGMENT_LENGTH_MASK,
    (word >>> 6) & SEGMENT_LENGTH_MASK,
    word & SEGMENT_LENGTH_MASK,
  ];
  const segments = countSegments(segmentLengths);
  if (typeof segments === 'string') return segments;
  const hopCount = segmentLengths[0] + segmentLengths[1] + segmentLengths[2];
  const hopsOffset = PATH_META_LENGTH + INFO_FIELD_LENGTH * segments;
  if (bytes.length !== hopsOffset + HOP_FIELD_LENGTH * hopCount) return 'scion-header-length';
  return {
    kind: 'scion',
    currentInfo: word >>> 30,
    currentHop: (word >>> 24) & SEGMENT_LENGTH_MASK,
    segmentLengths,
    infos: Array.from({ length: segments }, (_, i) =>
      readInfoField(bytes, PATH_META_LENGTH + INFO_FIELD_LENGTH * i),
    ),
    hops: Array.from({ length: hopCount }, (_, i) =>
      readHopField(bytes, hopsOffset + HOP_FIELD_LENGTH * i),
    ),
  };
}

function decodeOneHopPath(bytes: Uint8Array): OneHopPath | WireDropReason {
  if (bytes.length !== ONE_HOP_PATH_LENGTH) return 'scion-header-length';
  return {
    kind: 'one-hop',
    info: readInfoField(bytes, 0),
    first: readHopField(bytes, INFO_FIELD_LENGTH),
    second: readHopField(bytes, INFO_FIELD_LENGTH + HOP_FIELD_LENGTH),
  };
}

/**
 *     |                     Time stamp of the packet                  |
 *     |                      Counter of the packet                    |
 *     |                              PHVF                             |
 *     |                              LHVF                             |
 *     |                  Path of type SCION, complete …               |
 */
function decodeEpicPath(bytes: Uint8Array): EpicPath | WireDropReason {
  if (bytes.length < EPIC_META_LENGTH) return 'scion-header-length';
  const inner = decodeSegmentedPath(bytes.subarray(EPIC_META_LENGTH));
  if (typeof inner === 'string') return inner;
  const lastOffset = EPIC_PACKET_ID_LENGTH + EPIC_FIELD_LENGTH;
  return {
    kind: 'epic',
    packetId: { timestamp: readUint32(bytes, 0), counter: readUint32(bytes, 4) },
    penultimateField: bytes.slice(EPIC_PACKET_ID_LENGTH, lastOffset),
    lastField: bytes.slice(lastOffset, EPIC_META_LENGTH),
    inner,
  };
}

/**
 * Writes the fields of an EPIC-HP path before its SCION path: packet identifier and validation
 * fields.
 */
export function writeEpicMeta(
  bytes: Uint8Array,
  offset: number,
  { packetId, penultimateField, lastField }: Omit<EpicPath, 'inner'>,
): void {
  writeEpicPacketId(bytes, offset, packetId);
  bytes.set(penultimateField, offset + EPIC_PACKET_ID_LENGTH);
  bytes.set(lastField, offset + EPIC_PACKET_ID_LENGTH + EPIC_FIELD_LENGTH);
}

/** Writes the identifier of a packet, 8 bytes at `offset`. */
export function writeEpicPacketId(bytes: Uint8Array, offset: number, id: EpicPacketId): void {
  writeUint32(bytes, offset, id.timestamp);
  writeUint32(bytes, offset + 4, id.counter);
}
