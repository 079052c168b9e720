/**
 * A SCION packet as both sides describe it, so that two descriptions can be compared. The driver's fields.go has the same
 * names.
 *
 * @module
 */
import { toHex } from '../../../nodes/_kit/bytes.ts';
import { BFD_STATES, decodeBfdControlPacket } from '../../../nodes/scion/bfd/packet.ts';
import {
  PROTOCOL_BFD,
  PROTOCOL_END_TO_END,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_SCMP,
  PROTOCOL_UDP,
  UDP_HEADER_LENGTH,
} from '../../../nodes/scion/geometry.ts';
import { isWireDropReason } from '../../../nodes/scion/wire/drops.ts';
import { decodeExtension } from '../../../nodes/scion/wire/extension.ts';
import { decodeHeader } from '../../../nodes/scion/wire/header.ts';
import { formatHost, type HostAddress } from '../../../nodes/scion/wire/host-address.ts';
import { encodePath, type HopField, type WirePath } from '../../../nodes/scion/wire/path.ts';
import { decodeScmp } from '../../../nodes/scion/wire/scmp.ts';
import { decodeUdp } from '../../../nodes/scion/wire/udp.ts';

/** Fields of a packet; bytes are in hexadecimal. */
export type PacketFields = Readonly<Record<string, unknown>>;

const EPIC_META_LENGTH = 16;
const SERVICE_MARK = 'SVC ';

/** Describes a packet. @throws Error with the reason if our codecs refuse it. */
export function describePacket(packet: Uint8Array): PacketFields {
  const { header, headerLength } = taken(decodeHeader(packet));
  let upper = packet.subarray(headerLength);
  let protocol = header.nextHeader;
  const extensions: unknown[] = [];
  for (const expected of [PROTOCOL_HOP_BY_HOP, PROTOCOL_END_TO_END]) {
    if (protocol !== expected) continue;
    const { nextHeader, options, length } = taken(decodeExtension(upper));
    extensions.push(options.map(({ type, data }) => ({ type, data: toHex(data) })));
    protocol = nextHeader;
    upper = upper.subarray(length);
  }
  const { trafficClass, flowId, nextHeader, payloadLength, target, source } = header;
  return {
    ...{ trafficClass, flowId, nextHeader, payloadLength, target, source },
    targetHost: describeHost(header.targetHost),
    sourceHost: describeHost(header.sourceHost),
    path: describePath(header.path),
    ...{ extensions, protocol },
    ...describeUpper(protocol, upper),
  };
}

function describeHost(host: HostAddress): PacketFields {
  const text = formatHost(host).replace(SERVICE_MARK, '');
  return { type: host.type, bytes: toHex(host.bytes), text };
}

function describePath(path: WirePath): PacketFields {
  const none = { epic: '', currentInfo: 0, currentHop: 0, segmentLengths: [0, 0, 0] };
  switch (path.kind) {
    case 'empty':
      return { kind: path.kind, ...none, infos: [], hops: [] };
    case 'one-hop': {
      const hops = [path.first, path.second].map(describeHop);
      return { kind: path.kind, ...none, infos: [path.info], hops };
    }
    case 'epic': {
      const epic = toHex(encodePath(path).subarray(0, EPIC_META_LENGTH));
      return { ...describePath(path.inner), kind: path.kind, epic };
    }
    case 'scion':
      return { ...path, epic: '', hops: path.hops.map(describeHop) };
  }
}

function describeHop(hop: HopField): PacketFields {
  return { ...hop, mac: toHex(hop.mac) };
}

function describeUpper(protocol: number, bytes: Uint8Array): PacketFields {
  switch (protocol) {
    case PROTOCOL_UDP: {
      const { sourcePort, targetPort, checksum } = taken(decodeUdp(bytes));
      const payload = toHex(bytes.subarray(UDP_HEADER_LENGTH));
      return { upper: { sourcePort, targetPort, checksum }, payload };
    }
    case PROTOCOL_SCMP: {
      const { kind, data, ...fields } = taken(decodeScmp(bytes));
      return { upper: { type: bytes[0], ...fields }, payload: toHex(data) };
    }
    case PROTOCOL_BFD: {
      const packet = decodeBfdControlPacket(bytes, 0, bytes.length);
      if (typeof packet === 'string') throw new Error(packet);
      return { upper: { ...packet, state: BFD_STATES.indexOf(packet.state) }, payload: '' };
    }
    default:
      return { upper: {}, payload: toHex(bytes) };
  }
}

function taken<T>(answer: T): Exclude<T, string> {
  if (isWireDropReason(answer)) throw new Error(answer);
  return answer as Exclude<T, string>;
}
