/**
 * The fields of a SCION packet, for the packet panel: common header, addresses, path, and a UDP
 * header after them. SCION header specification "Common Header", "Address Header", "Path Type:
 * SCION". Extension headers and SCMP are shown as one field of bytes; applications' data is not
 * interpreted.
 *
 * @module
 */
import type { PacketField, PacketReader } from '../../viz/format/packet-fields.ts';
import { readUint16, readUint32 } from '../_kit/bytes.ts';
import {
  DESTINATION_ISD_AS_OFFSET,
  FLOW_ID_MAX,
  HEADER_LENGTH_OFFSET,
  HOP_EGRESS_OFFSET,
  HOP_INGRESS_OFFSET,
  HOP_LENGTH,
  HOST_TYPE_IPV4,
  HOST_TYPES_OFFSET,
  HOSTS_OFFSET,
  INFO_CONS_DIR,
  INFO_LENGTH,
  INFO_SEGMENT_ID_OFFSET,
  ISD_AS_LENGTH,
  LINE_LENGTH,
  META_LENGTH,
  NEXT_HEADER_OFFSET,
  PATH_TYPE_EMPTY,
  PATH_TYPE_OFFSET,
  PATH_TYPE_ONE_HOP,
  PATH_TYPE_SCION,
  PAYLOAD_LENGTH_OFFSET,
  PROTOCOL_BFD,
  PROTOCOL_END_TO_END,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_SCMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  SCION_VERSION,
  SOURCE_ISD_AS_OFFSET,
  UDP_LENGTH,
} from './geometry.ts';

const PROTOCOLS: Readonly<Record<number, string>> = {
  [PROTOCOL_TCP]: 'TCP',
  [PROTOCOL_UDP]: 'UDP',
  [PROTOCOL_HOP_BY_HOP]: 'hop-by-hop options',
  [PROTOCOL_END_TO_END]: 'end-to-end options',
  [PROTOCOL_SCMP]: 'SCMP',
  [PROTOCOL_BFD]: 'BFD',
};
const PATHS: Readonly<Record<number, string>> = {
  [PATH_TYPE_EMPTY]: 'empty',
  [PATH_TYPE_SCION]: 'SCION',
  [PATH_TYPE_ONE_HOP]: 'one hop',
};
/** The highest AS number written in decimal, as in BGP. */
const BGP_AS_MAX = 0xffff_ffff;

/** Reads the fields of a SCION packet. */
export const fields: PacketReader = (bytes) => {
  if (bytes.length < HOSTS_OFFSET || readUint32(bytes, 0) >>> 28 !== SCION_VERSION)
    return undefined;
  const headerLength = LINE_LENGTH * byte(bytes, HEADER_LENGTH_OFFSET);
  const pathOffset = pathOffsetOf(bytes);
  if (headerLength < pathOffset) return undefined;
  const found = [
    ...commonFields(bytes),
    ...addressFields(bytes),
    ...pathFields(bytes, pathOffset, headerLength),
    ...upperFields(bytes, headerLength),
  ];
  return found.filter(({ offset, length }) => offset + length <= bytes.length);
};

function commonFields(bytes: Uint8Array): readonly PacketField[] {
  const word = readUint32(bytes, 0);
  const layer = 'common header';
  const next = byte(bytes, NEXT_HEADER_OFFSET);
  const path = byte(bytes, PATH_TYPE_OFFSET);
  const words = LINE_LENGTH * byte(bytes, HEADER_LENGTH_OFFSET);
  return [
    {
      ...{ layer, name: 'version, class, flow', offset: 0, length: 4 },
      value: `${word >>> 28}, ${(word >>> 20) & 0xff}, ${word & FLOW_ID_MAX}`,
    },
    {
      ...{ layer, name: 'next header', offset: NEXT_HEADER_OFFSET, length: 1 },
      value: named(PROTOCOLS, next),
    },
    {
      ...{ layer, name: 'header length', offset: HEADER_LENGTH_OFFSET, length: 1 },
      value: `${words} bytes`,
    },
    {
      ...{ layer, name: 'payload length', offset: PAYLOAD_LENGTH_OFFSET, length: 2 },
      value: `${readUint16(bytes, PAYLOAD_LENGTH_OFFSET)} bytes`,
    },
    {
      ...{ layer, name: 'path type', offset: PATH_TYPE_OFFSET, length: 1 },
      value: named(PATHS, path),
    },
    {
      ...{ layer, name: 'host types', offset: HOST_TYPES_OFFSET, length: 1 },
      value: hex(bytes, HOST_TYPES_OFFSET, 1),
    },
  ];
}

function addressFields(bytes: Uint8Array): readonly PacketField[] {
  const layer = 'addresses';
  const types = byte(bytes, HOST_TYPES_OFFSET);
  const sourceAt = HOSTS_OFFSET + hostLength(types >>> 4);
  const isdAs = (name: string, offset: number): PacketField => ({
    ...{ layer, name, offset, length: ISD_AS_LENGTH },
    value: isdAsText(bytes, offset),
  });
  const host = (name: string, offset: number, type: number): PacketField => ({
    ...{ layer, name, offset, length: hostLength(type) },
    value: hostText(bytes, offset, type),
  });
  return [
    isdAs('target ISD-AS', DESTINATION_ISD_AS_OFFSET),
    isdAs('source ISD-AS', SOURCE_ISD_AS_OFFSET),
    host('target host', HOSTS_OFFSET, types >>> 4),
    host('source host', sourceAt, types & 0xf),
  ];
}

/**
 * Path meta header, info fields, hop fields:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     | C |  CurrHF   |    RSV    |  Seg0Len  |  Seg1Len  |  Seg2Len  |
 */
function pathFields(bytes: Uint8Array, at: number, end: number): readonly PacketField[] {
  const layer = 'path';
  if (at === end) return [];
  if (byte(bytes, PATH_TYPE_OFFSET) !== PATH_TYPE_SCION || at + META_LENGTH > bytes.length) {
    const value = named(PATHS, byte(bytes, PATH_TYPE_OFFSET));
    return [{ layer, name: 'path', offset: at, length: end - at, value }];
  }
  const meta = readUint32(bytes, at);
  const lengths = [(meta >>> 12) & 0x3f, (meta >>> 6) & 0x3f, meta & 0x3f];
  const segments = lengths.filter((length) => length > 0).length;
  const hops = lengths.reduce((sum, length) => sum + length, 0);
  const infoAt = at + META_LENGTH;
  const hopAt = infoAt + segments * INFO_LENGTH;
  const current = (meta >>> 24) & 0x3f;
  return [
    {
      ...{ layer, name: 'place on the path', offset: at, length: META_LENGTH },
      value: `segment ${meta >>> 30}, hop ${current} of ${hops} (${lengths.join(' + ')})`,
    },
    ...Array.from({ length: segments }, (_, i) => infoField(bytes, infoAt + i * INFO_LENGTH, i)),
    ...Array.from({ length: hops }, (_, i) =>
      hopField(bytes, hopAt + i * HOP_LENGTH, `hop ${i}${i === current ? ' (now)' : ''}`),
    ),
  ].filter(({ offset, length }) => offset + length <= end);
}

function infoField(bytes: Uint8Array, offset: number, number: number): PacketField {
  const shape = { layer: 'path', name: `segment ${number}`, offset, length: INFO_LENGTH };
  if (offset + INFO_LENGTH > bytes.length) return { ...shape, value: '' };
  const way = (byte(bytes, offset) & INFO_CONS_DIR) === 0 ? 'against' : 'in';
  const id = readUint16(bytes, offset + INFO_SEGMENT_ID_OFFSET)
    .toString(16)
    .padStart(4, '0');
  return { ...shape, value: `${way} construction direction, id ${id}` };
}

function hopField(bytes: Uint8Array, offset: number, name: string): PacketField {
  const shape = { layer: 'path', name, offset, length: HOP_LENGTH };
  if (offset + HOP_LENGTH > bytes.length) return { ...shape, value: '' };
  const ingress = readUint16(bytes, offset + HOP_INGRESS_OFFSET);
  const egress = readUint16(bytes, offset + HOP_EGRESS_OFFSET);
  return { ...shape, value: `interfaces ${ingress} > ${egress}` };
}

function upperFields(bytes: Uint8Array, at: number): readonly PacketField[] {
  const isUdp = byte(bytes, NEXT_HEADER_OFFSET) === PROTOCOL_UDP && at + UDP_LENGTH <= bytes.length;
  const dataAt = isUdp ? at + UDP_LENGTH : at;
  const length = bytes.length - dataAt;
  const data = {
    layer: 'payload',
    name: 'bytes',
    offset: dataAt,
    length,
    value: `${length} bytes`,
    holds: 'any',
  };
  if (!isUdp) return length > 0 ? [data] : [];
  const udp = (name: string, offset: number, value: string): PacketField => ({
    ...{ layer: 'UDP', name, offset: at + offset, length: 2, value },
  });
  return [
    udp('source port', 0, String(readUint16(bytes, at))),
    udp('target port', 2, String(readUint16(bytes, at + 2))),
    udp('length', 4, `${readUint16(bytes, at + 4)} bytes`),
    udp('checksum', 6, hex(bytes, at + 6, 2)),
    ...(length > 0 ? [data] : []),
  ];
}

function pathOffsetOf(bytes: Uint8Array): number {
  const types = byte(bytes, HOST_TYPES_OFFSET);
  return HOSTS_OFFSET + hostLength(types >>> 4) + hostLength(types & 0xf);
}

/** "Address Header": the low two bits are the number of lines of 4 bytes, minus one. */
function hostLength(type: number): number {
  return LINE_LENGTH * (1 + (type & 3));
}

/** `1-ff00:0:111`; AS numbers of BGP in decimal. */
function isdAsText(bytes: Uint8Array, offset: number): string {
  const groups = [2, 4, 6].map((at) => readUint16(bytes, offset + at));
  const number = groups.reduce((sum, group) => sum * 0x1_0000 + group, 0);
  const text =
    number <= BGP_AS_MAX ? String(number) : groups.map((group) => group.toString(16)).join(':');
  return `${readUint16(bytes, offset)}-${text}`;
}

function hostText(bytes: Uint8Array, offset: number, type: number): string {
  const length = hostLength(type);
  if (type !== HOST_TYPE_IPV4) return hex(bytes, offset, length);
  return [...bytes.subarray(offset, offset + length)].join('.');
}

function hex(bytes: Uint8Array, offset: number, length: number): string {
  const values = [...bytes.subarray(offset, offset + length)];
  return values.map((value) => value.toString(16).padStart(2, '0')).join('');
}

function named(names: Readonly<Record<number, string>>, value: number): string {
  return names[value] ?? String(value);
}

function byte(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0;
}
