/**
 * Golden packets of the reference (packets.json, from pkg/slayers/testdata), decoded and encoded.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, readUint16, toHex } from '../../nodes/_kit/bytes.ts';
import { PROTOCOL_SCMP, PROTOCOL_UDP } from '../../nodes/scion/geometry.ts';
import {
  decodeExtension,
  encodeExtension,
  skipExtensions,
} from '../../nodes/scion/wire/extension.ts';
import {
  type DecodedHeader,
  decodeHeader,
  encodeHeader,
  encodePacket,
} from '../../nodes/scion/wire/header.ts';
import { formatHost } from '../../nodes/scion/wire/host-address.ts';
import { PacketView } from '../../nodes/scion/wire/packet-view.ts';
import { encodedPathLength, encodePath, pathTypeNumber } from '../../nodes/scion/wire/path.ts';
import {
  decodeScmp,
  encodeScmp,
  encodeScmpPacket,
  scmpTypeNumber,
} from '../../nodes/scion/wire/scmp.ts';
import { decodeUdp, encodeUdp, encodeUdpPacket } from '../../nodes/scion/wire/udp.ts';
import { value } from '../unit/nodes/scion/wire/value.ts';
import { vectorSets } from '../vectors-root.ts';

interface PacketCase {
  readonly name: string;
  readonly hex: string;
  readonly decoded: {
    readonly trafficClass: number;
    readonly flowId: number;
    readonly nextHdr: number;
    readonly hdrLen: number;
    readonly payloadLen: number;
    readonly pathType: number;
    readonly dstType: number;
    readonly srcType: number;
    readonly dstIsdAs: string;
    readonly srcIsdAs: string;
    readonly dstHost: string;
    readonly srcHost: string;
    readonly path: string;
    readonly extensions: readonly { readonly class: number; readonly bytes: string }[];
    readonly upper: {
      readonly protocol: number;
      readonly length: number;
      readonly type?: number;
      readonly code?: number;
      readonly checksum?: number;
      readonly checksumComputed?: number;
      readonly srcPort?: number;
      readonly dstPort?: number;
    };
  };
}

/** `pkg/slayers/testdata` of scionproto/scion: `scion-bfd.bin`, `scion-scmp-dest-unreachable.bin`. */
const FIGURES: { readonly cases: readonly PacketCase[] } = {
  cases: [
    {
      name: 'scion-bfd',
      hex:
        '0b80deadcb090018000000000001ff00000001100001ff00000001107f0000097f00000a20c003185fa1e9cb' +
        '7cd1c05d00030d4000030d4000000000',
      decoded: {
        trafficClass: 184,
        flowId: 57005,
        nextHdr: 203,
        hdrLen: 9,
        payloadLen: 24,
        pathType: 0,
        dstType: 0,
        srcType: 0,
        dstIsdAs: '1-ff00:0:110',
        srcIsdAs: '1-ff00:0:110',
        dstHost: '127.0.0.9',
        srcHost: '127.0.0.10',
        path: '',
        extensions: [],
        upper: { protocol: 203, length: 24 },
      },
    },
    {
      name: 'scion-scmp-dest-unreachable',
      hex:
        '0b80deadca1d001a013000000001ff00000001110002ff000000022220010db8000000000000000000000068' +
        '0a0000640000208000000111000001000100022200000100003f00010000010203040506003f000300020102' +
        '03040506003f00000002010203040506003f000100000102030405060106000000000000ffffffffffffffff' +
        'ffffffffffffffffffff',
      decoded: {
        trafficClass: 184,
        flowId: 57005,
        nextHdr: 202,
        hdrLen: 29,
        payloadLen: 26,
        pathType: 1,
        dstType: 3,
        srcType: 0,
        dstIsdAs: '1-ff00:0:111',
        srcIsdAs: '2-ff00:0:222',
        dstHost: '2001:db8::68',
        srcHost: '10.0.0.100',
        path:
          '0000208000000111000001000100022200000100003f00010000010203040506003f00030002010203040506' +
          '003f00000002010203040506003f00010000010203040506',
        extensions: [],
        upper: {
          protocol: 202,
          length: 26,
          type: 1,
          code: 6,
          checksum: 0,
          checksumComputed: 50264,
        },
      },
    },
  ],
};

function decode(hex: string): DecodedHeader & { readonly payload: Uint8Array } {
  const packet = fromHex(hex);
  const decoded = value(decodeHeader(packet));
  return { ...decoded, payload: packet.subarray(decoded.headerLength) };
}

/** The parts of a case that {@link checkUdp} needs. */
interface UdpCase {
  readonly hex: string;
  readonly decoded: {
    readonly path: string;
    readonly upper: Omit<PacketCase['decoded']['upper'], 'protocol' | 'length'>;
  };
}

function checkUdp({ hex, decoded }: UdpCase): void {
  const { header, payload } = decode(hex);
  const { upperOffset } = value(skipExtensions(payload, header.nextHeader));
  const upper = payload.subarray(upperOffset);
  const datagram = value(decodeUdp(upper));
  expect(datagram.sourcePort).toBe(decoded.upper.srcPort);
  expect(datagram.targetPort).toBe(decoded.upper.dstPort);
  expect(datagram.checksum).toBe(decoded.upper.checksum);
  expect(datagram.checksum).toBe(decoded.upper.checksumComputed);
  const withoutChecksum = Uint8Array.from(upper);
  withoutChecksum.set([0, 0], 6);
  expect(toHex(encodeUdp(datagram))).toBe(toHex(withoutChecksum));
  // The pseudo header does not cover extension headers, so the checksum is the same without them.
  const plain = encodeUdpPacket(header, datagram);
  expect(toHex(plain.subarray(-upper.length))).toBe(toHex(upper));
  expect(encodedPathLength(header.path)).toBe(decoded.path.length / 2);
}

describe.each(vectorSets('scion/packets.json', FIGURES))('golden packets, $set', ({ file }) => {
  const { cases } = file;

  it.each(cases)('$name: the header decodes to the listed fields', ({ hex, decoded }) => {
    const { header, headerLength } = decode(hex);
    expect({
      trafficClass: header.trafficClass,
      flowId: header.flowId,
      nextHdr: header.nextHeader,
      hdrLen: headerLength / 4,
      payloadLen: header.payloadLength,
      pathType: pathTypeNumber(header.path),
      dstType: header.targetHost.type,
      srcType: header.sourceHost.type,
      dstIsdAs: header.target,
      srcIsdAs: header.source,
      dstHost: formatHost(header.targetHost),
      srcHost: formatHost(header.sourceHost),
      path: toHex(encodePath(header.path)),
    }).toEqual({
      trafficClass: decoded.trafficClass,
      flowId: decoded.flowId,
      nextHdr: decoded.nextHdr,
      hdrLen: decoded.hdrLen,
      payloadLen: decoded.payloadLen,
      pathType: decoded.pathType,
      dstType: decoded.dstType,
      srcType: decoded.srcType,
      dstIsdAs: decoded.dstIsdAs,
      srcIsdAs: decoded.srcIsdAs,
      dstHost: decoded.dstHost,
      srcHost: decoded.srcHost,
      path: decoded.path,
    });
  });

  it.each(cases)('$name: the header encodes to the same bytes', ({ hex }) => {
    const { header, payload } = decode(hex);
    expect(toHex(concatBytes(encodeHeader(header), payload))).toBe(hex);
    expect(toHex(encodePacket(header, payload))).toBe(hex);
  });

  it.each(cases)('$name: the view sees the same fields in place', ({ hex, decoded }) => {
    const before = 7;
    const buffer = concatBytes(new Uint8Array(before), fromHex(hex), new Uint8Array(5));
    const view = new PacketView();
    expect(view.parse(buffer, before, hex.length / 2)).toBeUndefined();
    expect(view.trafficClass).toBe(decoded.trafficClass);
    expect(view.flowId).toBe(decoded.flowId);
    expect(view.nextHeader).toBe(decoded.nextHdr);
    expect(view.headerLength).toBe(4 * decoded.hdrLen);
    expect(view.payloadLength).toBe(decoded.payloadLen);
    expect(view.actualPayloadLength).toBe(decoded.payloadLen);
    expect(view.pathOffset - before + decoded.path.length / 2).toBe(view.headerLength);
    expect(view.upperProtocol).toBe(decoded.upper.protocol);
    expect(view.end - view.upperOffset).toBe(decoded.upper.length);
    expect(view.checkUpper()).toBeUndefined();
  });

  it.each(cases)('$name: extension headers decode and encode', ({ hex, decoded }) => {
    const { header, payload } = decode(hex);
    const { upperProtocol, upperOffset } = value(skipExtensions(payload, header.nextHeader));
    expect(upperProtocol).toBe(decoded.upper.protocol);
    expect(payload.length - upperOffset).toBe(decoded.upper.length);
    const found: { class: number; bytes: string }[] = [];
    let kind = header.nextHeader;
    let offset = 0;
    while (offset < upperOffset) {
      const { nextHeader, options, length } = value(decodeExtension(payload.subarray(offset)));
      const bytes = toHex(payload.subarray(offset, offset + length));
      expect(toHex(encodeExtension(nextHeader, options))).toBe(bytes);
      found.push({ class: kind, bytes });
      kind = nextHeader;
      offset += length;
    }
    expect(found).toEqual(decoded.extensions);
  });

  const udpCases = cases.filter(({ decoded }) => decoded.upper.protocol === PROTOCOL_UDP);
  it.each(udpCases)('$name: UDP and its checksum are recomputed', checkUdp);

  it('UDP behind an empty path is recomputed in the same way', () => {
    const { header } = decode(cases[0]!.hex);
    const datagram = { sourcePort: 5, targetPort: 7, payload: Uint8Array.of(1, 2, 3) };
    const packet = encodeUdpPacket({ ...header, path: { kind: 'empty' } }, datagram);
    const view = new PacketView();
    expect(view.parse(packet, 0, packet.length)).toBeUndefined();
    expect(view.upperChecksum()).toBe(0);
    const checksum = readUint16(packet, view.upperOffset + 6);
    checkUdp({
      hex: toHex(packet),
      decoded: {
        path: '',
        upper: { srcPort: 5, dstPort: 7, checksum, checksumComputed: checksum },
      },
    });
  });

  const scmpCases = cases.filter(({ decoded }) => decoded.upper.protocol === PROTOCOL_SCMP);
  it.each(scmpCases)('$name: SCMP decodes, encodes, has its checksum', ({ hex, decoded }) => {
    const { header, payload } = decode(hex);
    const message = value(decodeScmp(payload));
    expect(scmpTypeNumber(message)).toBe(decoded.upper.type);
    expect(message.code).toBe(decoded.upper.code);
    expect(message.checksum).toBe(decoded.upper.checksum);
    expect(toHex(encodeScmp(message))).toBe(toHex(payload));
    const correct = encodeScmpPacket(header, message).subarray(-payload.length);
    expect(value(decodeScmp(correct)).checksum).toBe(decoded.upper.checksumComputed);
  });
});
