/**
 * A view of a SCION packet, by which routers and gateways read and change headers in place, without
 * allocation.
 *
 * SCION header specification, all of "Common Header", "Address Header", "Path Type: SCION" and
 * "Path Type: OneHopPath", "Path Type: EPIC-HP". A node parses all its packets with one view; it
 * refers to the caller's buffer and never copies it. It checks the structure only: the router
 * checks MACs, expiry, interfaces and PayloadLen.
 *
 * All offsets are from the start of `buffer`. Properties must be read only after a successful
 * `parse`.
 *
 * @module
 */
import { readUint16, readUint32, writeUint16 } from '../../_kit/bytes.ts';
import {
  COMMON_HEADER_LENGTH,
  DESTINATION_ISD_AS_OFFSET,
  EPIC_META_LENGTH,
  FLOW_ID_MAX,
  HEADER_LENGTH_OFFSET,
  HEADER_UNIT_BYTES,
  HOP_EGRESS_ALERT_FLAG,
  HOP_EGRESS_OFFSET,
  HOP_EXP_TIME_OFFSET,
  HOP_FIELD_LENGTH,
  HOP_FIELDS_MAX,
  HOP_INGRESS_ALERT_FLAG,
  HOP_INGRESS_OFFSET,
  HOP_MAC_OFFSET,
  HOST_ADDRESSES_OFFSET,
  HOST_TYPES_OFFSET,
  INFO_CONS_DIR_FLAG,
  INFO_FIELD_LENGTH,
  INFO_PEERING_FLAG,
  INFO_SEGMENT_ID_OFFSET,
  INFO_TIMESTAMP_OFFSET,
  NEXT_HEADER_OFFSET,
  ONE_HOP_PATH_LENGTH,
  PATH_META_LENGTH,
  PATH_TYPE_EMPTY,
  PATH_TYPE_EPIC,
  PATH_TYPE_OFFSET,
  PATH_TYPE_ONE_HOP,
  PATH_TYPE_SCION,
  PAYLOAD_LENGTH_OFFSET,
  PROTOCOL_END_TO_END,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_SCMP,
  PROTOCOL_UDP,
  SCION_VERSION,
  SCMP_BASE_LENGTH,
  SCMP_CHECKSUM_OFFSET,
  SOURCE_ISD_AS_OFFSET,
  UDP_CHECKSUM_OFFSET,
  UDP_HEADER_LENGTH,
  UDP_LENGTH_OFFSET,
} from '../geometry.ts';
import { addToOnesComplementSum, foldChecksum } from './checksum.ts';
import type { WireDropReason } from './drops.ts';
import { extensionLength, isExtensionProtocol } from './extension.ts';
import { type HostAddress, hostAddressLength } from './host-address.ts';
import type { IsdAsWords } from './isd-as.ts';
import { hopExpiryHalfSeconds } from './path.ts';

const NOTHING = new Uint8Array(0);
const SEGMENT_LENGTH_MASK = 0x3f;
const NIBBLE_MASK = 0xf;

/** ISD-AS and address of a host, as compared by {@link PacketView.isFor} and {@link PacketView.isFrom}. */
export interface PacketEnd {
  readonly isdAs: IsdAsWords;
  readonly host: HostAddress;
}

/** A reusable view of one packet in a larger buffer. */
export class PacketView {
  /** The caller's buffer, and the offsets in it of the packet's first byte and of the byte after its last. */
  buffer: Uint8Array = NOTHING;
  start = 0;
  end = 0;

  /** Bytes of the SCION header (4 x HdrLen). */
  headerLength = 0;
  /** PayloadLen in the header; compare with {@link actualPayloadLength}. */
  payloadLength = 0;
  nextHeader = 0;
  pathType = 0;

  /** Destination and source ISD-AS, each as two unsigned 32-bit words, see isdAsWords. */
  targetHigh = 0;
  targetLow = 0;
  sourceHigh = 0;
  sourceLow = 0;
  /** Type nibbles and offsets of both host addresses; their lengths are hostAddressLength(type). */
  targetHostType = 0;
  targetHostOffset = 0;
  sourceHostType = 0;
  sourceHostOffset = 0;

  /** Offset of the path, and of its path meta header, which differs from it only in an EPIC-HP path. */
  pathOffset = 0;
  metaOffset = 0;
  /**
   * Numbers of hop fields of each segment, of info fields, and of all hop fields; 0 for empty and one-hop paths.
   */
  segmentLength0 = 0;
  segmentLength1 = 0;
  segmentLength2 = 0;
  infoCount = 0;
  hopCount = 0;
  /** The fields CurrINF and CurrHF: indices of the current info field and hop field. */
  currentInfo = 0;
  currentHop = 0;
  /** Offsets of the current info and hop fields. */
  infoOffset = 0;
  hopOffset = 0;

  /** Protocol and offset of the upper layer, after the extension headers. */
  upperProtocol = 0;
  upperOffset = 0;

  /**
   * Parses the packet of `length` bytes at `offset`.
   * @returns why the bytes are not a SCION packet; the view must then not be used.
   */
  parse(buffer: Uint8Array, offset: number, length: number): WireDropReason | undefined {
    this.buffer = buffer;
    this.start = offset;
    this.end = offset + length;
    return this.#parseCommon() ?? this.#parsePath() ?? this.#parseExtensions();
  }

  /** Bytes between the SCION header and the end of the datagram. */
  get actualPayloadLength(): number {
    return this.end - this.start - this.headerLength;
  }

  get trafficClass(): number {
    return (readUint16(this.buffer, this.start) >>> 4) & 0xff;
  }

  get flowId(): number {
    return readUint32(this.buffer, this.start) & FLOW_ID_MAX;
  }

  /** True if the destination of the packet is this host. */
  // hot: once per packet of a host.
  isFor({ isdAs, host: { type, bytes } }: PacketEnd): boolean {
    if (!this.isTarget(isdAs) || type !== this.targetHostType) return false;
    return this.#hasBytesAt(this.targetHostOffset, bytes);
  }

  /** True if the source of the packet, which is not authenticated, is this host. */
  // hot: once per packet of a host.
  isFrom({ isdAs, host: { type, bytes } }: PacketEnd): boolean {
    if (!this.isSource(isdAs) || type !== this.sourceHostType) return false;
    return this.#hasBytesAt(this.sourceHostOffset, bytes);
  }

  isTarget(isdAs: IsdAsWords): boolean {
    return this.targetLow === isdAs.low && this.targetHigh === isdAs.high;
  }

  isSource(isdAs: IsdAsWords): boolean {
    return this.sourceLow === isdAs.low && this.sourceHigh === isdAs.high;
  }

  /** Flag C of the current info field: the segment is used in the direction of beaconing. */
  get isConsDir(): boolean {
    return ((this.buffer[this.infoOffset] as number) & INFO_CONS_DIR_FLAG) !== 0;
  }

  /** Flag P of the current info field: its segment begins or ends with a peering hop. */
  get isPeeringSegment(): boolean {
    return ((this.buffer[this.infoOffset] as number) & INFO_PEERING_FLAG) !== 0;
  }

  /** SegID of the current info field. */
  get segmentId(): number {
    return readUint16(this.buffer, this.infoOffset + INFO_SEGMENT_ID_OFFSET);
  }

  /** Timestamp of the current info field, s. */
  get timestamp(): number {
    return readUint32(this.buffer, this.infoOffset + INFO_TIMESTAMP_OFFSET);
  }

  /** Timestamp of the first info field, s. */
  get firstTimestamp(): number {
    return readUint32(this.buffer, this.#infoFieldOffset(0) + INFO_TIMESTAMP_OFFSET);
  }

  get expTime(): number {
    return this.buffer[this.hopOffset + HOP_EXP_TIME_OFFSET] as number;
  }

  get consIngress(): number {
    return readUint16(this.buffer, this.hopOffset + HOP_INGRESS_OFFSET);
  }

  get consEgress(): number {
    return readUint16(this.buffer, this.hopOffset + HOP_EGRESS_OFFSET);
  }

  /**
   * The interface through which the packet enters the current AS, according to its hop field; 0 for
   * none.
   */
  get ingress(): number {
    return this.isConsDir ? this.consIngress : this.consEgress;
  }

  /**
   * The interface through which the packet leaves the current AS, according to its hop field; 0 for
   * none.
   */
  get egress(): number {
    return this.isConsDir ? this.consEgress : this.consIngress;
  }

  /** Offset of the current hop field's 6 MAC bytes. */
  get macOffset(): number {
    return this.hopOffset + HOP_MAC_OFFSET;
  }

  /** When the current hop field expires, in half seconds since 1970, for isHopExpired. */
  get expiryHalfSeconds(): number {
    return hopExpiryHalfSeconds(this.timestamp, this.expTime);
  }

  /** True if the current hop field has a router alert for the router at the ingress. */
  get hasIngressAlert(): boolean {
    const flag = this.isConsDir ? HOP_INGRESS_ALERT_FLAG : HOP_EGRESS_ALERT_FLAG;
    return ((this.buffer[this.hopOffset] as number) & flag) !== 0;
  }

  /** True if the current hop field has a router alert for the router at the egress. */
  get hasEgressAlert(): boolean {
    const flag = this.isConsDir ? HOP_EGRESS_ALERT_FLAG : HOP_INGRESS_ALERT_FLAG;
    return ((this.buffer[this.hopOffset] as number) & flag) !== 0;
  }

  clearIngressAlert(): void {
    this.#clearHopFlag(this.isConsDir ? HOP_INGRESS_ALERT_FLAG : HOP_EGRESS_ALERT_FLAG);
  }

  clearEgressAlert(): void {
    this.#clearHopFlag(this.isConsDir ? HOP_EGRESS_ALERT_FLAG : HOP_INGRESS_ALERT_FLAG);
  }

  /** Chains the current hop's MAC, in the packet: SegID ^= the first two bytes of the MAC ("Hop Field MAC"). */
  foldMacIntoSegmentId(): void {
    const folded = this.segmentId ^ readUint16(this.buffer, this.macOffset);
    writeUint16(this.buffer, this.infoOffset + INFO_SEGMENT_ID_OFFSET, folded);
  }

  get isFirstHop(): boolean {
    return this.currentHop === 0;
  }

  get isLastHop(): boolean {
    return this.currentHop + 1 === this.hopCount;
  }

  /** True when the next hop is in another segment. */
  get isCrossover(): boolean {
    const next = this.currentHop + 1;
    return next < this.hopCount && this.segmentOf(next) !== this.currentInfo;
  }

  /** True when the previous hop is in the previous segment. */
  get isFirstHopAfterCrossover(): boolean {
    return this.currentInfo > 0 && this.segmentOf(this.currentHop - 1) === this.currentInfo - 1;
  }

  /** True if flag P is set although the path has not exactly two segments (checklist step 2). */
  get isPeeringMalformed(): boolean {
    if (!this.isPeeringSegment) return false;
    return this.segmentLength0 === 0 || this.segmentLength1 === 0 || this.segmentLength2 !== 0;
  }

  /** True if the current hop is at one of the two ends of the peering link. */
  get isPeeringHop(): boolean {
    if (!this.isPeeringSegment) return false;
    return this.currentHop === this.segmentLength0 - 1 || this.currentHop === this.segmentLength0;
  }

  /** Returns the index (0 … 2) of the segment with hop number `hop`. */
  segmentOf(hop: number): number {
    if (hop < this.segmentLength0) return 0;
    return hop < this.segmentLength0 + this.segmentLength1 ? 1 : 2;
  }

  /** Returns the interface through which the packet entered the AS of hop `hop`, 0 … hopCount - 1. */
  ingressOf(hop: number): number {
    const infoOffset = this.#infoFieldOffset(this.segmentOf(hop));
    const isConsDir = ((this.buffer[infoOffset] as number) & INFO_CONS_DIR_FLAG) !== 0;
    const fieldOffset = isConsDir ? HOP_INGRESS_OFFSET : HOP_EGRESS_OFFSET;
    return readUint16(this.buffer, this.#hopFieldOffset(hop) + fieldOffset);
  }

  /** Moves to the next hop, in the packet and in this view. */
  advance(): WireDropReason | undefined {
    if (this.currentHop + 1 >= this.hopCount) return 'path-end';
    this.currentHop++;
    this.currentInfo = this.segmentOf(this.currentHop);
    // | C (2) | CurrHF (6) | is the first byte of the path meta header.
    this.buffer[this.metaOffset] = (this.currentInfo << 6) | this.currentHop;
    this.#locateCurrent();
    return undefined;
  }

  /** Makes the first hop field of a one-hop path the current one, as `parse` does. */
  selectFirstHop(): void {
    this.hopOffset = this.pathOffset + INFO_FIELD_LENGTH;
  }

  /** Makes the second hop field of a one-hop path the current one. */
  selectSecondHop(): void {
    this.hopOffset = this.pathOffset + INFO_FIELD_LENGTH + HOP_FIELD_LENGTH;
  }

  /**
   * Computes the checksum over pseudo header and upper layer up to the datagram's end: 0 when the
   * checksum field is correct; when the field is zero, the value to write into it.
   */
  upperChecksum(): number {
    const length = this.end - this.upperOffset;
    const addresses = this.pathOffset - this.start - COMMON_HEADER_LENGTH;
    const pseudo = (length & 0xffff) + (length >>> 16) + this.upperProtocol;
    const sum = addToOnesComplementSum(
      this.buffer,
      this.start + COMMON_HEADER_LENGTH,
      addresses,
      pseudo,
    );
    return foldChecksum(addToOnesComplementSum(this.buffer, this.upperOffset, length, sum));
  }

  /**
   * Checks that a UDP or SCMP upper layer fills the datagram and has the correct checksum. A
   * checksum of 0 means that the sender computed none. Other protocols are not checked.
   */
  checkUpper(): WireDropReason | undefined {
    const length = this.end - this.upperOffset;
    if (this.upperProtocol === PROTOCOL_UDP) {
      if (length < UDP_HEADER_LENGTH) return 'l4-truncated';
      const said = readUint16(this.buffer, this.upperOffset + UDP_LENGTH_OFFSET);
      if (said !== 0 && said !== length) return 'l4-length';
      return this.#checkChecksum(UDP_CHECKSUM_OFFSET);
    }
    if (this.upperProtocol !== PROTOCOL_SCMP) return undefined;
    return length < SCMP_BASE_LENGTH ? 'l4-truncated' : this.#checkChecksum(SCMP_CHECKSUM_OFFSET);
  }

  #hasBytesAt(offset: number, bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; at += 1) {
      if (this.buffer[offset + at] !== bytes[at]) return false;
    }
    return true;
  }

  #checkChecksum(fieldOffset: number): WireDropReason | undefined {
    if (readUint16(this.buffer, this.upperOffset + fieldOffset) === 0) return undefined;
    return this.upperChecksum() === 0 ? undefined : 'l4-checksum';
  }

  #parseCommon(): WireDropReason | undefined {
    const { buffer, start } = this;
    const length = this.end - start;
    if (length < HOST_ADDRESSES_OFFSET) return 'scion-truncated';
    if ((buffer[start] as number) >>> 4 !== SCION_VERSION) return 'scion-version';
    this.nextHeader = buffer[start + NEXT_HEADER_OFFSET] as number;
    this.headerLength = HEADER_UNIT_BYTES * (buffer[start + HEADER_LENGTH_OFFSET] as number);
    this.payloadLength = readUint16(buffer, start + PAYLOAD_LENGTH_OFFSET);
    this.pathType = buffer[start + PATH_TYPE_OFFSET] as number;
    const hostTypes = buffer[start + HOST_TYPES_OFFSET] as number;
    this.targetHigh = readUint32(buffer, start + DESTINATION_ISD_AS_OFFSET);
    this.targetLow = readUint32(buffer, start + DESTINATION_ISD_AS_OFFSET + 4);
    this.sourceHigh = readUint32(buffer, start + SOURCE_ISD_AS_OFFSET);
    this.sourceLow = readUint32(buffer, start + SOURCE_ISD_AS_OFFSET + 4);
    this.targetHostType = hostTypes >>> 4;
    this.sourceHostType = hostTypes & NIBBLE_MASK;
    this.targetHostOffset = start + HOST_ADDRESSES_OFFSET;
    this.sourceHostOffset = this.targetHostOffset + hostAddressLength(this.targetHostType);
    this.pathOffset = this.sourceHostOffset + hostAddressLength(this.sourceHostType);
    if (this.headerLength < this.pathOffset - start) return 'scion-header-length';
    return length < this.headerLength ? 'scion-truncated' : undefined;
  }

  #parsePath(): WireDropReason | undefined {
    const pathLength = this.start + this.headerLength - this.pathOffset;
    this.metaOffset = this.pathOffset;
    this.segmentLength0 = 0;
    this.segmentLength1 = 0;
    this.segmentLength2 = 0;
    this.infoCount = 0;
    this.hopCount = 0;
    this.currentInfo = 0;
    this.currentHop = 0;
    this.infoOffset = this.pathOffset;
    this.hopOffset = this.pathOffset;
    switch (this.pathType) {
      case PATH_TYPE_EMPTY:
        return pathLength === 0 ? undefined : 'scion-header-length';
      case PATH_TYPE_SCION:
        return this.#parseSegments(pathLength);
      case PATH_TYPE_ONE_HOP:
        this.selectFirstHop();
        return pathLength === ONE_HOP_PATH_LENGTH ? undefined : 'scion-header-length';
      case PATH_TYPE_EPIC:
        this.metaOffset += EPIC_META_LENGTH;
        return this.#parseSegments(pathLength - EPIC_META_LENGTH);
      default:
        return 'path-type-unknown';
    }
  }

  #parseSegments(pathLength: number): WireDropReason | undefined {
    if (pathLength < PATH_META_LENGTH) return 'scion-header-length';
    const word = readUint32(this.buffer, this.metaOffset);
    this.currentInfo = word >>> 30;
    this.currentHop = (word >>> 24) & SEGMENT_LENGTH_MASK;
    this.segmentLength0 = (word >>> 12) & SEGMENT_LENGTH_MASK;
    this.segmentLength1 = (word >>> 6) & SEGMENT_LENGTH_MASK;
    this.segmentLength2 = word & SEGMENT_LENGTH_MASK;
    this.hopCount = this.segmentLength0 + this.segmentLength1 + this.segmentLength2;
    this.infoCount = this.#countSegments();
    // Reference base.go: no empty segment before a used one, at most 64 hop fields, and the current
    // hop field among them.
    if (this.infoCount < 0 || this.hopCount > HOP_FIELDS_MAX) return 'path-malformed';
    if (
      pathLength !==
      PATH_META_LENGTH + INFO_FIELD_LENGTH * this.infoCount + HOP_FIELD_LENGTH * this.hopCount
    ) {
      return 'scion-header-length';
    }
    if (this.currentHop >= this.hopCount) return 'path-malformed';
    if (this.currentInfo !== this.segmentOf(this.currentHop)) return 'path-malformed';
    this.#locateCurrent();
    return this.#hasLoneHop() && !this.isPeeringSegment ? 'path-malformed' : undefined;
  }

  #countSegments(): number {
    if (this.segmentLength2 > 0) return this.segmentLength1 > 0 && this.segmentLength0 > 0 ? 3 : -1;
    if (this.segmentLength1 > 0) return this.segmentLength0 > 0 ? 2 : -1;
    return this.segmentLength0 > 0 ? 1 : 0;
  }

  /** True if a segment has a single hop: only with flag P (reference router/dataplane.go parsePath). */
  #hasLoneHop(): boolean {
    return this.segmentLength0 === 1 || this.segmentLength1 === 1 || this.segmentLength2 === 1;
  }

  #locateCurrent(): void {
    this.infoOffset = this.#infoFieldOffset(this.currentInfo);
    this.hopOffset = this.#hopFieldOffset(this.currentHop);
  }

  #infoFieldOffset(info: number): number {
    return this.metaOffset + PATH_META_LENGTH + INFO_FIELD_LENGTH * info;
  }

  #hopFieldOffset(hop: number): number {
    return this.#infoFieldOffset(this.infoCount) + HOP_FIELD_LENGTH * hop;
  }

  #clearHopFlag(flag: number): void {
    this.buffer[this.hopOffset] = (this.buffer[this.hopOffset] as number) & ~flag;
  }

  #parseExtensions(): WireDropReason | undefined {
    this.upperProtocol = this.nextHeader;
    this.upperOffset = this.start + this.headerLength;
    if (this.upperProtocol === PROTOCOL_HOP_BY_HOP && !this.#skipExtension()) {
      return 'extension-malformed';
    }
    if (this.upperProtocol === PROTOCOL_END_TO_END && !this.#skipExtension()) {
      return 'extension-malformed';
    }
    return isExtensionProtocol(this.upperProtocol) ? 'extension-malformed' : undefined;
  }

  #skipExtension(): boolean {
    const length = extensionLength(this.buffer, this.upperOffset, this.end);
    if (length < 0) return false;
    this.upperProtocol = this.buffer[this.upperOffset] as number;
    this.upperOffset += length;
    return true;
  }
}
