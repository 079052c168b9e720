/**
 * Delivery inside the AS: finds the host and the UDP port for a packet.
 *
 * doc/protocols/underlay.rst ("dispatched ports"), reference router/dataplane.go (resolveLocalDst)
 * and router/underlayproviders/udpip. The packet is neither changed nor sent here. One difference
 * from the reference, which tests `port < first && port > last`, a condition that is never true:
 * here packets to ports outside the range are delivered to the end-host port, as the document
 * requires.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import { readUint16, readUint32 } from '../../_kit/bytes.ts';
import {
  HOST_TYPE_IPV4,
  HOST_TYPE_IPV6,
  HOST_TYPE_SERVICE,
  PROTOCOL_SCMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  SCMP_BASE_LENGTH,
  UDP_HEADER_LENGTH,
} from '../geometry.ts';
import { hostAddressLength, isIpv4Mapped, SERVICE_MULTICAST_BIT } from '../wire/host-address.ts';
import { PacketView } from '../wire/packet-view.ts';
import { isScmpError, SCMP_TYPES, scmpHeaderLength } from '../wire/scmp.ts';
import { END_HOST_PORT, TCP_HEADER_BYTES_MIN } from './geometry.ts';
import { NO_ENDPOINT } from './host-table.ts';
import type { PacketProcessingState, PacketVerdict } from './passage.ts';
import { ADDRESS_UNREACHABLE, INVALID_DESTINATION, NO_ROUTE } from './scmp-errors.ts';

/** The data about the AS that delivery needs. */
export interface LocalDeliveryOptions {
  /**
   * Returns the endpoint of a host of this AS.
   * @param address IPv4 address as a signed 32-bit word, so that nothing is allocated.
   * @returns {@link NO_ENDPOINT} when no such host is in this AS.
   */
  readonly endpointOf: (address: number, port: number) => Endpoint;
  /** Endpoints of the instances of each service, by service number. */
  readonly services: ReadonlyMap<number, readonly Endpoint[]>;
  /** Returns the index of the instance that gets a packet, 0 … count - 1. */
  readonly pick: (count: number) => number;
  /** Range of ports to which packets are delivered directly, both ends included. */
  readonly dispatchedPorts: { readonly first: number; readonly last: number };
}

/** Result in place of a port, which is 0 to 65535: the upper layer is truncated. */
const PORT_TRUNCATED = -1;
/** Result in place of a port: the protocol of the upper layer has no known port. */
const PORT_UNKNOWN = -2;
const TARGET_PORT_OFFSET = 2;
const SCMP_IDENTIFIERS_LENGTH = SCMP_BASE_LENGTH + 4;
const UNSPECIFIED = 0;

/** Finds hosts and ports for packets that have arrived in their destination AS. */
export class LocalDeliveryResolver {
  readonly #options: LocalDeliveryOptions;
  readonly #quoted = new PacketView();

  constructor(options: LocalDeliveryOptions) {
    this.#options = options;
  }

  /** Sets `passage.target` and returns `deliver`, or returns why the packet cannot be delivered. */
  resolve(passage: PacketProcessingState): PacketVerdict {
    switch (passage.packet.targetHostType) {
      case HOST_TYPE_SERVICE:
        return this.#resolveService(passage);
      case HOST_TYPE_IPV4:
        return this.#resolveIpv4(passage);
      case HOST_TYPE_IPV6:
        return resolveIpv6(passage);
      default:
        return passage.refuse('destination-host', INVALID_DESTINATION, 0);
    }
  }

  #resolveService(passage: PacketProcessingState): PacketVerdict {
    const { buffer, targetHostOffset } = passage.packet;
    // As in the reference, the multicast bit is cleared and one instance gets the packet.
    const service = readUint16(buffer, targetHostOffset) & ~SERVICE_MULTICAST_BIT;
    const instances = this.#options.services.get(service);
    if (instances === undefined || instances.length === 0) {
      return passage.refuse('service-unknown', NO_ROUTE, 0);
    }
    passage.target = instances[this.#options.pick(instances.length)] as Endpoint;
    return 'deliver';
  }

  #resolveIpv4(passage: PacketProcessingState): PacketVerdict {
    const { buffer, targetHostOffset } = passage.packet;
    const address = readUint32(buffer, targetHostOffset) | 0;
    if (address === UNSPECIFIED) return passage.refuse('destination-host', INVALID_DESTINATION, 0);
    const port = this.#portOf(passage.packet);
    if (port === PORT_TRUNCATED) return 'l4-truncated';
    if (port === PORT_UNKNOWN) return 'port-unknown';
    const endpoint = this.#options.endpointOf(address, this.#dispatch(port));
    if (endpoint === NO_ENDPOINT) return passage.refuse('host-unknown', ADDRESS_UNREACHABLE, 0);
    passage.target = endpoint;
    return 'deliver';
  }

  /**
   * Returns the port of delivery. underlay.rst: packets for ports outside the dispatched range go
   * to the end-host port.
   */
  #dispatch(port: number): number {
    const { first, last } = this.#options.dispatchedPorts;
    return port < first || port > last ? END_HOST_PORT : port;
  }

  #portOf(packet: PacketView): number {
    const length = packet.end - packet.upperOffset;
    switch (packet.upperProtocol) {
      case PROTOCOL_UDP:
        return length < UDP_HEADER_LENGTH ? PORT_TRUNCATED : targetPort(packet);
      case PROTOCOL_TCP:
        return length < TCP_HEADER_BYTES_MIN ? PORT_TRUNCATED : targetPort(packet);
      case PROTOCOL_SCMP:
        return length < SCMP_IDENTIFIERS_LENGTH ? PORT_TRUNCATED : this.#portOfScmp(packet);
      default:
        return END_HOST_PORT;
    }
  }

  #portOfScmp(packet: PacketView): number {
    const type = packet.buffer[packet.upperOffset] as number;
    if (isScmpError(type)) return this.#portOfQuoted(packet, type);
    switch (type) {
      case SCMP_TYPES.echoReply:
      case SCMP_TYPES.tracerouteReply:
        return identifier(packet);
      default:
        return END_HOST_PORT;
    }
  }

  /** Returns the port of the application that sent the packet which an SCMP error quotes. */
  #portOfQuoted(packet: PacketView, type: number): number {
    const quoted = this.#quoted;
    const offset = packet.upperOffset + scmpHeaderLength(type);
    const drop = quoted.parse(packet.buffer, offset, packet.end - offset);
    if (drop !== undefined) return PORT_UNKNOWN;
    const length = quoted.end - quoted.upperOffset;
    switch (quoted.upperProtocol) {
      case PROTOCOL_UDP:
      case PROTOCOL_TCP:
        return length < TARGET_PORT_OFFSET
          ? PORT_UNKNOWN
          : readUint16(quoted.buffer, quoted.upperOffset);
      case PROTOCOL_SCMP:
        return length < SCMP_IDENTIFIERS_LENGTH ? PORT_UNKNOWN : portOfRequest(quoted);
      default:
        return PORT_UNKNOWN;
    }
  }
}

function resolveIpv6(passage: PacketProcessingState): PacketVerdict {
  const { buffer, targetHostOffset } = passage.packet;
  const end = targetHostOffset + hostAddressLength(HOST_TYPE_IPV6);
  const bytes = buffer.subarray(targetHostOffset, end);
  const isUnusable = isIpv4Mapped(bytes) || bytes.every((byte) => byte === 0);
  if (isUnusable) return passage.refuse('destination-host', INVALID_DESTINATION, 0);
  // All hosts of the AS have IPv4 addresses, so none has this address.
  return passage.refuse('host-unknown', ADDRESS_UNREACHABLE, 0);
}

function targetPort(packet: PacketView): number {
  return readUint16(packet.buffer, packet.upperOffset + TARGET_PORT_OFFSET);
}

function identifier(packet: PacketView): number {
  return readUint16(packet.buffer, packet.upperOffset + SCMP_BASE_LENGTH);
}

function portOfRequest(quoted: PacketView): number {
  const type = quoted.buffer[quoted.upperOffset] as number;
  const isRequest = type === SCMP_TYPES.echoRequest || type === SCMP_TYPES.tracerouteRequest;
  return isRequest ? identifier(quoted) : PORT_UNKNOWN;
}
