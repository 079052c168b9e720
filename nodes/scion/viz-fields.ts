/**
 * Reads the fields of a SCION packet: common header, addresses, path, and a UDP header after them.
 * SCION header specification "Common Header", "Address Header", "Path Type: SCION". Extension
 * headers and SCMP are shown as one field of bytes; applications' data is not interpreted.
 *
 * @module
 */
import { makePacketReader } from '../../viz/format/layout-reader.ts';
import type { PacketReader } from '../../viz/format/packet-fields.ts';
import type {
  FieldCondition,
  LayoutAmount,
  LayoutBits,
  LayoutField,
  PacketLayout,
} from '../../viz/format/packet-layout.ts';
import {
  EPIC_FIELD_LENGTH,
  EPIC_PACKET_ID_LENGTH,
  HEADER_UNIT_BYTES,
  HOP_FIELD_LENGTH,
  HOP_MAC_LENGTH,
  INFO_FIELD_LENGTH,
  ISD_AS_LENGTH,
  PATH_META_LENGTH,
  PATH_TYPE_EMPTY,
  PATH_TYPE_EPIC,
  PATH_TYPE_ONE_HOP,
  PATH_TYPE_SCION,
  PROTOCOL_BFD,
  PROTOCOL_END_TO_END,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_SCMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  SCION_VERSION,
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
  [PATH_TYPE_EPIC]: 'EPIC-HP',
};
/** The highest AS number written in decimal, as in BGP. */
const BGP_AS_MAX = 0xffff_ffff;
const HEADER_END: LayoutAmount = { of: 'header length', times: HEADER_UNIT_BYTES };

function reserved(bits: number): LayoutBits {
  return { name: '', bits };
}

const COMMON: readonly LayoutField[] = [
  {
    ...{ name: 'version, class, flow', size: 4 },
    bits: [
      { name: 'version', bits: 4, only: [SCION_VERSION] },
      { name: 'traffic class', bits: 8 },
      { name: 'flow id', bits: 20 },
    ],
  },
  { name: 'next header', size: 1, names: PROTOCOLS },
  { name: 'header length', size: 1, text: `{value} x ${HEADER_UNIT_BYTES} bytes` },
  { name: 'payload length', size: 2, text: '{value} bytes' },
  { name: 'path type', size: 1, names: PATHS },
  {
    ...{ name: 'host types', size: 1, form: 'hex' },
    bits: [
      { name: 'target host type', bits: 2 },
      { name: 'target host lines', bits: 2 },
      { name: 'source host type', bits: 2 },
      { name: 'source host lines', bits: 2 },
    ],
  },
  { name: '', size: 2 },
];

/**
 * Makes the field of an ISD-AS number, shown as `1-ff00:0:111`, or with a decimal AS number if it
 * is one of BGP.
 */
function isdAs(side: string): LayoutField {
  const isd = `${side} ISD`;
  const as = `${side} AS`;
  return {
    ...{ name: `${side} ISD-AS`, size: ISD_AS_LENGTH, text: `{${isd}}-{${as}}` },
    bits: [
      { name: isd, bits: 16 },
      { name: as, bits: 48, form: 'groups', groupsAbove: BGP_AS_MAX },
    ],
  };
}

/**
 * Makes the fields of a host address. "Address Header": the low two bits of a type are the length
 * in lines of 4 bytes, minus one.
 */
function hostOf(side: string): readonly LayoutField[] {
  const lines = `${side} host lines`;
  // Type 0 with a length of one line is an IPv4 address.
  const of = [`${side} host type`, lines];
  const size: LayoutAmount = { of: lines, times: HEADER_UNIT_BYTES, plus: HEADER_UNIT_BYTES };
  return [
    { name: `${side} host`, size, form: 'dotted', when: { of, is: [0] } },
    { name: `${side} host`, size, form: 'hex', when: { of, isNot: [0] } },
  ];
}

const SEGMENTS = ['hops of segment 0', 'hops of segment 1', 'hops of segment 2'];
const IS_SCION: FieldCondition = { of: 'path type', is: [PATH_TYPE_SCION, PATH_TYPE_EPIC] };
const IS_EPIC: FieldCondition = { of: 'path type', is: [PATH_TYPE_EPIC] };

/** The fields of an EPIC-HP path before its SCION path ("Path Type: EPIC-HP"). */
const EPIC: readonly LayoutField[] = [
  {
    ...{ name: 'packet', size: EPIC_PACKET_ID_LENGTH, when: IS_EPIC },
    text: 'time {packet time}, counter {packet counter}',
    bits: [
      { name: 'packet time', bits: 32 },
      { name: 'packet counter', bits: 32 },
    ],
  },
  { name: 'penultimate hop', size: EPIC_FIELD_LENGTH, when: IS_EPIC, form: 'hex' },
  { name: 'last hop', size: EPIC_FIELD_LENGTH, when: IS_EPIC, form: 'hex' },
];

/**
 * Path meta header, info fields, hop fields:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     | C |  CurrHF   |    RSV    |  Seg0Len  |  Seg1Len  |  Seg2Len  |
 */
const META: LayoutField = {
  ...{ name: 'place on the path', size: PATH_META_LENGTH, when: IS_SCION },
  text: `segment {current segment}, hop {current hop} of {${SEGMENTS.join('} + {')}}`,
  bits: [
    { name: 'current segment', bits: 2 },
    { name: 'current hop', bits: 6 },
    reserved(6),
    ...SEGMENTS.map((name) => ({ name, bits: 6 })),
  ],
};

function infoField(hops: string, number: number): LayoutField {
  return {
    ...{ name: `segment ${number}`, size: INFO_FIELD_LENGTH, when: { of: hops, isNot: [0] } },
    text: '{direction} construction direction, id {segment id}',
    bits: [
      reserved(6),
      { name: 'peering', bits: 1 },
      { name: 'direction', bits: 1, names: { 0: 'against', 1: 'in' } },
      reserved(8),
      { name: 'segment id', bits: 16, form: 'hex' },
      { name: 'segment time', bits: 32 },
    ],
  };
}

const HOP: LayoutField = {
  ...{ name: 'hop', size: HOP_FIELD_LENGTH, when: IS_SCION },
  repeat: { times: { of: SEGMENTS }, now: 'current hop' },
  text: 'interfaces {ingress} > {egress}',
  bits: [
    reserved(8),
    { name: 'expiry', bits: 8 },
    { name: 'ingress', bits: 16 },
    { name: 'egress', bits: 16 },
    { name: 'hop MAC', bits: 8 * HOP_MAC_LENGTH, form: 'hex' },
  ],
};

const IS_UDP: FieldCondition = { of: 'next header', is: [PROTOCOL_UDP] };
const UDP: readonly LayoutField[] = [
  { name: 'source port', size: 2, when: IS_UDP },
  { name: 'target port', size: 2, when: IS_UDP },
  { name: 'length', size: 2, when: IS_UDP, text: '{value} bytes' },
  { name: 'checksum', size: 2, when: IS_UDP, form: 'hex' },
];

/** The layout of a SCION packet. */
export const layout: PacketLayout = {
  layers: [
    { layer: 'common header', fields: COMMON },
    {
      layer: 'addresses',
      fields: [isdAs('target'), isdAs('source'), ...hostOf('target'), ...hostOf('source')],
    },
    {
      layer: 'path',
      fields: [
        ...EPIC,
        META,
        ...SEGMENTS.map(infoField),
        HOP,
        { name: 'path', size: { until: HEADER_END }, text: '{path type}' },
      ],
    },
    { layer: 'UDP', fields: UDP },
    {
      layer: 'payload',
      fields: [{ name: 'bytes', size: 'rest', text: '{bytes} bytes', holds: 'any' }],
    },
  ],
};

/** Reads the fields of a SCION packet. */
export const fields: PacketReader = makePacketReader(layout);
