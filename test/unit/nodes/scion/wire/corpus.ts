/**
 * SCION packets for tests: random canonical ones, and one of each kind with fixed content.
 *
 * @module
 */
import fc from 'fast-check';
import { concatBytes } from '../../../../../nodes/_kit/bytes.ts';
import { encodeExtension } from '../../../../../nodes/scion/wire/extension.ts';
import { encodePacket, type ScionHeader } from '../../../../../nodes/scion/wire/header.ts';
import {
  type HostAddress,
  hostAddressLength,
  requireHostAddress,
} from '../../../../../nodes/scion/wire/host-address.ts';
import { formatIsdAs, requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import {
  EMPTY_PATH,
  type HopField,
  type InfoField,
  type OneHopPath,
  type SegmentedPath,
  segmentIndexOfHop,
  type WirePath,
} from '../../../../../nodes/scion/wire/path.ts';
import { encodeScmpPacket, type ScmpMessage } from '../../../../../nodes/scion/wire/scmp.ts';
import { encodeUdp, encodeUdpPacket } from '../../../../../nodes/scion/wire/udp.ts';

const uint8 = fc.integer({ min: 0, max: 0xff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

const infoField: fc.Arbitrary<InfoField> = fc.record({
  isPeering: fc.boolean(),
  isConsDir: fc.boolean(),
  segmentId: uint16,
  timestamp: uint32,
});

const hopField: fc.Arbitrary<HopField> = fc.record({
  hasIngressAlert: fc.boolean(),
  hasEgressAlert: fc.boolean(),
  expTime: uint8,
  consIngress: uint16,
  consEgress: uint16,
  mac: fc.uint8Array({ minLength: 6, maxLength: 6 }),
});

/** Paths of 1 to 3 segments with at least two hops each, and any hop as the current one. */
export const segmentedPath: fc.Arbitrary<SegmentedPath> = fc
  .array(fc.integer({ min: 2, max: 12 }), { minLength: 1, maxLength: 3 })
  .chain((lengths) => {
    const hopCount = lengths.reduce((sum, length) => sum + length, 0);
    return fc.record({
      lengths: fc.constant(lengths),
      infos: fc.array(infoField, { minLength: lengths.length, maxLength: lengths.length }),
      hops: fc.array(hopField, { minLength: hopCount, maxLength: hopCount }),
      currentHop: fc.integer({ min: 0, max: hopCount - 1 }),
    });
  })
  .map(({ lengths, infos, hops, currentHop }): SegmentedPath => {
    const segmentLengths = [lengths[0] ?? 0, lengths[1] ?? 0, lengths[2] ?? 0] as const;
    const currentInfo = segmentIndexOfHop(segmentLengths, currentHop);
    return { kind: 'scion', currentInfo, currentHop, segmentLengths, infos, hops };
  });

const oneHopPath: fc.Arbitrary<OneHopPath> = fc.record({
  kind: fc.constant('one-hop' as const),
  info: infoField,
  first: hopField,
  second: hopField,
});

const wirePath: fc.Arbitrary<WirePath> = fc.oneof(
  { weight: 4, arbitrary: segmentedPath },
  { weight: 1, arbitrary: oneHopPath },
  { weight: 1, arbitrary: fc.constant(EMPTY_PATH) },
);

const anyHost: fc.Arbitrary<HostAddress> = fc
  .integer({ min: 0, max: 15 })
  .chain((type) =>
    fc
      .uint8Array({ minLength: hostAddressLength(type), maxLength: hostAddressLength(type) })
      .map((bytes) => ({ type, bytes })),
  );

const anyIsdAs = fc
  .tuple(uint16, fc.integer({ min: 0, max: 2 ** 48 - 1 }))
  .map(([isd, as]) => formatIsdAs(isd, as));

/** Any header that no extension header follows, and any payload. */
export const packetParts: fc.Arbitrary<{
  header: Omit<ScionHeader, 'payloadLength'>;
  payload: Uint8Array;
}> = fc.record({
  header: fc.record({
    trafficClass: uint8,
    flowId: fc.integer({ min: 0, max: 0xf_ffff }),
    nextHeader: uint8.filter((number) => number !== 200 && number !== 201),
    target: anyIsdAs,
    source: anyIsdAs,
    targetHost: anyHost,
    sourceHost: anyHost,
    path: wirePath,
  }),
  payload: fc.uint8Array({ maxLength: 60 }),
});

const hop = (consIngress: number, consEgress: number): HopField => {
  const mac = Uint8Array.of(1, 2, 3, 4, 5, 6);
  return {
    hasIngressAlert: false,
    hasEgressAlert: false,
    expTime: 63,
    consIngress,
    consEgress,
    mac,
  };
};
const info = (isConsDir: boolean, segmentId: number): InfoField => {
  return { isPeering: false, isConsDir, segmentId, timestamp: 1_700_000_000 };
};

/** An up segment over two ASes, a core segment over three, and a down segment over two. */
export const THREE_SEGMENTS: SegmentedPath = {
  kind: 'scion',
  currentInfo: 0,
  currentHop: 0,
  segmentLengths: [2, 3, 2],
  infos: [info(false, 0x1111), info(false, 0x2222), info(true, 0x3333)],
  hops: [hop(41, 0), hop(0, 1), hop(2, 0), hop(3, 4), hop(0, 5), hop(0, 6), hop(7, 0)],
};

/** A header with an IPv4 address on one side and an IPv6 address on the other. */
export const HEADER: Omit<ScionHeader, 'payloadLength' | 'nextHeader'> = {
  trafficClass: 0xb8,
  flowId: 0xdead,
  target: requireIsdAs('1-ff00:0:111'),
  source: requireIsdAs('2-ff00:0:222'),
  targetHost: requireHostAddress('2001:db8::68'),
  sourceHost: requireHostAddress('10.0.0.100'),
  path: THREE_SEGMENTS,
};

const text = Uint8Array.from('mutatable payload', (letter) => letter.charCodeAt(0));
const at = requireIsdAs('1-ff00:0:110');

/** One SCMP message of every kind. */
export const MESSAGES: readonly ScmpMessage[] = [
  { kind: 'destination-unreachable', code: 4, data: text },
  { kind: 'packet-too-big', code: 0, mtu: 1280, data: text },
  { kind: 'parameter-problem', code: 51, pointer: 84, data: text },
  { kind: 'external-interface-down', code: 0, isdAs: at, ifId: 5, data: text },
  { kind: 'internal-connectivity-down', code: 0, isdAs: at, ingress: 5, egress: 65535, data: text },
  { kind: 'echo-request', code: 0, identifier: 42, sequence: 100, data: text },
  { kind: 'echo-reply', code: 0, identifier: 42, sequence: 100, data: text },
  {
    kind: 'traceroute-request',
    code: 0,
    identifier: 1,
    sequence: 2,
    isdAs: at,
    ifId: 0,
    data: text,
  },
  {
    kind: 'traceroute-reply',
    code: 0,
    identifier: 1,
    sequence: 2,
    isdAs: at,
    ifId: 41,
    data: text,
  },
  { kind: 'unknown', code: 7, type: 100, data: text },
];

const datagram = { sourcePort: 31_000, targetPort: 31_001, payload: text };
const oneHop: OneHopPath = {
  kind: 'one-hop',
  info: info(true, 9),
  first: hop(0, 4),
  second: hop(8, 0),
};

/** Encoded packets of every kind: paths, extension headers, UDP, each SCMP message. */
export const SAMPLES: readonly Uint8Array[] = [
  encodeUdpPacket(HEADER, datagram),
  encodeUdpPacket({ ...HEADER, path: EMPTY_PATH }, datagram),
  encodeUdpPacket({ ...HEADER, path: oneHop, targetHost: requireHostAddress('SVC CS') }, datagram),
  encodePacket(
    { ...HEADER, nextHeader: 200 },
    concatBytes(
      encodeExtension(201, [{ type: 30, data: text, alignment: [8, 2] }]),
      encodeExtension(17, [{ type: 62, data: text, alignment: [4, 3] }]),
      encodeUdp(datagram),
    ),
  ),
  ...MESSAGES.map((message) => encodeScmpPacket(HEADER, message)),
];
