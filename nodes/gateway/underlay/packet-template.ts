/**
 * SCION and UDP/SCION headers of one path, built once and copied per packet.
 *
 * Per packet only PayloadLen, the UDP length and the UDP checksum differ (SCION header
 * specification, "UDP/SCION" and "Pseudo Header for Upper-Layer Checksum").
 *
 * @module
 */
import { writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import {
  addToOnesComplementSum,
  type EpicPathMaker,
  encodeHeader,
  encodePath,
  foldChecksum,
  type HostAddress,
  type IsdAs,
  isdAsWords,
  PROTOCOL_UDP,
  UDP_HEADER_LENGTH,
  type WirePath,
  writeEpicMeta,
  writePayloadLength,
} from '../../scion/index.ts';

const UDP_LENGTH_AT = 4;
const UDP_CHECKSUM_AT = 6;
const ADDRESSES_AT = 12;
/** Offset of the host address in {@link peerAddressBytes}: after the ISD-AS (8 bytes) and the port (2). */
const TARGET_HOST_AT = 10;

/** The addresses of both ends of a packet. */
export interface PacketAddresses {
  readonly source: IsdAs;
  readonly sourceHost: HostAddress;
  readonly sourcePort: number;
  readonly target: IsdAs;
  readonly targetHost: HostAddress;
  readonly targetPort: number;
}

/** The peer's address as bytes: ISD-AS, port and host address. */
export function peerAddressBytes({ target, targetHost, targetPort }: PacketAddresses): Uint8Array {
  const { high, low } = isdAsWords(target);
  const bytes = new Uint8Array(TARGET_HOST_AT + targetHost.bytes.length);
  writeUint32(bytes, 0, high);
  writeUint32(bytes, 4, low);
  writeUint16(bytes, TARGET_HOST_AT - 2, targetPort);
  bytes.set(targetHost.bytes, TARGET_HOST_AT);
  return bytes;
}

/** The headers of packets between two ends on one path. */
export class PacketTemplate {
  /** Number of bytes before the UDP payload. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #udpAt: number;
  /** Sum of addresses, protocol and ports: the part of the checksum that never changes. */
  readonly #fixedSum: number;
  readonly #epic: EpicPathMaker | undefined;
  readonly #pathAt: number;

  /**
   * @param flowId 20 bits, constant per path so that routers keep the order of the flow.
   * @param epic Makes the path of each packet, if that differs by packet.
   */
  constructor(ends: PacketAddresses, ofAll: WirePath, flowId: number, epic?: EpicPathMaker) {
    const path = epic?.blank ?? ofAll;
    this.#epic = epic;
    const header = encodeHeader({
      trafficClass: 0,
      flowId,
      nextHeader: PROTOCOL_UDP,
      payloadLength: 0,
      target: ends.target,
      source: ends.source,
      targetHost: ends.targetHost,
      sourceHost: ends.sourceHost,
      path,
    });
    this.#udpAt = header.length;
    this.#pathAt = header.length - encodePath(path).length;
    this.length = header.length + UDP_HEADER_LENGTH;
    this.#bytes = new Uint8Array(this.length);
    this.#bytes.set(header);
    writeUint16(this.#bytes, this.#udpAt, ends.sourcePort);
    writeUint16(this.#bytes, this.#udpAt + 2, ends.targetPort);
    const addressBytes = 16 + ends.targetHost.bytes.length + ends.sourceHost.bytes.length;
    const addresses = addToOnesComplementSum(this.#bytes, ADDRESSES_AT, addressBytes, PROTOCOL_UDP);
    this.#fixedSum = addresses + ends.sourcePort + ends.targetPort;
  }

  /** Copies the headers to the start of `packet`. */
  begin(packet: Uint8Array): void {
    packet.set(this.#bytes, 0);
  }

  /**
   * Writes lengths, checksum and the fields of an EPIC-HP path, once the payload is in place after the headers.
   * @param payloadBytes Bytes of the UDP payload.
   * @returns false if the packet cannot be dated on its path.
   */
  finish(packet: Uint8Array, payloadBytes: number): boolean {
    const udpBytes = UDP_HEADER_LENGTH + payloadBytes;
    const epicPath = this.#epic?.next(udpBytes);
    if (epicPath !== undefined) writeEpicMeta(packet, this.#pathAt, epicPath);
    writePayloadLength(packet, 0, udpBytes);
    writeUint16(packet, this.#udpAt + UDP_LENGTH_AT, udpBytes);
    // The length counts twice: in the pseudo header and in the UDP header.
    const sum = addToOnesComplementSum(
      packet,
      this.length,
      payloadBytes,
      this.#fixedSum + 2 * udpBytes,
    );
    writeUint16(packet, this.#udpAt + UDP_CHECKSUM_AT, foldChecksum(sum));
    return this.#epic === undefined || epicPath !== undefined;
  }
}
