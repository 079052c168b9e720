/**
 * The bytes that each codec writes for fixed values. They are stored so that a changed wire format
 * is noticed even in a clone without the published vectors.
 *
 * They were first written after the codecs had passed the published vectors (`test/vectors`). The
 * cases were made for this project: their names, addresses and keys occur in no published file.
 *
 * @module
 */
import { openStream } from '../../engine/core/stream.ts';
import { provider } from '../../engine/crypto/index.ts';
import { toHex } from '../../nodes/_kit/bytes.ts';
import { encodePacket as encodeBulk } from '../../nodes/bulk/wire.ts';
import { PROBE_BYTES, REPORT_BYTES, writeProbe, writeReport } from '../../nodes/gateway/bodies.ts';
import { encodeHeader as encodeFrameHeader, FrameHeader } from '../../nodes/gateway/wire.ts';
import { geometryHash } from '../../nodes/mixnet/format.ts';
import { encodeAsk } from '../../nodes/mixnet/records.ts';
import { FrameCodec } from '../../nodes/mixnet/wire.ts';
import { initiate, respond } from '../../nodes/noise/index.ts';
import { encodeHeader as encodePing } from '../../nodes/ping/wire.ts';
import { BFD_STATES, encodeBfd } from '../../nodes/scion/bfd/packet.ts';
import { deriveForwardingKey, HopAuthenticator } from '../../nodes/scion/mac.ts';
import { host } from '../../nodes/scion/wire/host-address.ts';
import { isdAs } from '../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH, type SegmentedPath } from '../../nodes/scion/wire/path.ts';
import { encodeScmpPacket } from '../../nodes/scion/wire/scmp.ts';
import { encodeUdpPacket } from '../../nodes/scion/wire/udp.ts';
import { createExchange, createFormat } from '../../nodes/sphinx/index.ts';

/** Bytes in hexadecimal, by name. */
export type GoldenBytes = Readonly<Record<string, string>>;

const crypto = provider('node');
const fill = (length: number, first: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (first + 3 * index) & 0xff);

/** All golden bytes, by codec. */
export function goldenBytes(): Readonly<Record<string, GoldenBytes>> {
  return {
    ping: pingBytes(),
    bulk: { packet: toHex(encodeBulk(fill(9, 30))) },
    mixnet: mixnetBytes(),
    gateway: gatewayBytes(),
    noise: noiseBytes(),
    bfd: bfdBytes(),
    scion: scionBytes(),
    streams: streamBytes(),
  };
}

function mixnetBytes(): GoldenBytes {
  const { geometry } = createFormat({
    crypto,
    exchange: createExchange(crypto, 'x25519'),
    nrHops: 1,
    userForwardPayloadLength: 8,
    withSurb: false,
  });
  const codec = new FrameCodec(geometry);
  const frame = new Uint8Array(codec.length);
  const written = (write: () => void): string => {
    write();
    return toHex(frame);
  };
  const body = fill(codec.bodyLength, 60);
  const message = { kind: 'reply', waitedUs: 70_000, surbId: fill(16, 80), body } as const;
  return {
    ask: toHex(encodeAsk(258_411)),
    retrieve: written(() => codec.encodeRetrieve(frame, 0x0102_0304)),
    message: written(() => codec.encodeMessage(frame, 5, message)),
    empty: written(() => codec.encodeMessage(frame, 0, undefined)),
    geometryHash: toHex(geometryHash(crypto, geometry)),
  };
}

function pingBytes(): GoldenBytes {
  const write = (kind: 'request' | 'reply', identifier: number): string => {
    const buffer = new Uint8Array(8);
    encodePing({ kind, identifier }, buffer, 0);
    return toHex(buffer);
  };
  return { request: write('request', 1), reply: write('reply', 0xfedcba98) };
}

function gatewayBytes(): GoldenBytes {
  const write = (changes: Partial<FrameHeader>, bodyLength: number): string => {
    const target = new Uint8Array(40);
    const header = Object.assign(new FrameHeader(), changes);
    return toHex(target.subarray(0, encodeFrameHeader(header, bodyLength, target, 0)));
  };
  const probe = new Uint8Array(PROBE_BYTES);
  writeProbe(probe, { probe: 77, path: 3 });
  const report = new Uint8Array(REPORT_BYTES);
  writeReport(report, 123_456_789, 98_765);
  return {
    'smallest header': write({}, 16),
    'largest header': write(
      {
        type: 5,
        epoch: 2 ** 32 - 1,
        sequence: 2 ** 53 - 1,
        timestamp: 2 ** 53 - 1,
        fragment: 1022,
        fragments: 1023,
      },
      65_535,
    ),
    'middle header': write({ epoch: 9, sequence: 70_000, timestamp: 1_700_000_000_000_000 }, 1_016),
    probe: toHex(probe),
    report: toHex(report),
  };
}

/** Noise IK as the gateway uses it: both messages and the handshake hash. */
function noiseBytes(): GoldenBytes {
  const responderStatic = fill(32, 40);
  const name = { pattern: 'IK', cipher: 'ChaChaPoly', hash: 'BLAKE2s' } as const;
  const prologue = fill(5, 1);
  const initiator = initiate({
    crypto,
    ...name,
    prologue,
    staticSecret: fill(32, 10),
    ephemeralSecret: fill(32, 20),
    remoteStatic: crypto.x25519PublicKey(responderStatic),
  });
  const responder = respond({
    crypto,
    ...name,
    prologue,
    staticSecret: responderStatic,
    ephemeralSecret: fill(32, 50),
  });
  const first = initiator.writeMessage(fill(7, 90));
  responder.readMessage(first);
  const second = responder.writeMessage(fill(3, 99));
  initiator.readMessage(second);
  const { handshakeHash } = initiator.finish();
  return { first: toHex(first), second: toHex(second), hash: toHex(handshakeHash) };
}

function bfdBytes(): GoldenBytes {
  const entries = BFD_STATES.map((state, index) => {
    const target = new Uint8Array(24);
    const intervals = { desiredMinTxUs: 200_000, requiredMinRxUs: 150_000 + index };
    const discriminators = { myDiscriminator: 0x0a0b0c0d, yourDiscriminator: index + 1 };
    encodeBfd(
      { diagnostic: index, state, detectMultiplier: 3, ...discriminators, ...intervals },
      target,
      0,
    );
    return [state, toHex(target)] as const;
  });
  return Object.fromEntries(entries);
}

function scionBytes(): GoldenBytes {
  const header = {
    trafficClass: 0xb8,
    flowId: 0xabcde,
    source: isdAs('7-ff00:0:7a1'),
    target: isdAs('8-ff00:0:8b2'),
    sourceHost: host('127.7.1.9'),
    targetHost: host('127.8.1.9'),
  };
  const hops = new HopAuthenticator(crypto.aesCmac(deriveForwardingKey(crypto, fill(16, 5))));
  const path = goldenPath(hops);
  const datagram = { sourcePort: 31_056, targetPort: 31_056, payload: fill(29, 60) };
  const data = fill(11, 70);
  return {
    'udp, empty path': toHex(encodeUdpPacket({ ...header, path: EMPTY_PATH }, datagram)),
    'udp, two segments': toHex(encodeUdpPacket({ ...header, path }, datagram)),
    'scmp, packet too big': toHex(
      encodeScmpPacket({ ...header, path }, { kind: 'packet-too-big', code: 0, mtu: 1_280, data }),
    ),
    'scmp, unreachable': toHex(
      encodeScmpPacket({ ...header, path }, { kind: 'destination-unreachable', code: 4, data }),
    ),
  };
}

function goldenPath(hops: HopAuthenticator): SegmentedPath {
  const timestamp = 1_750_000_000;
  const fields = [
    { expTime: 63, consIngress: 0, consEgress: 41 },
    { expTime: 62, consIngress: 52, consEgress: 0 },
    { expTime: 61, consIngress: 0, consEgress: 66 },
    { expTime: 60, consIngress: 78, consEgress: 0 },
  ];
  const segmentId = 0x1d2c;
  return {
    kind: 'scion',
    currentInfo: 1,
    currentHop: 2,
    segmentLengths: [2, 2, 0],
    infos: [false, true].map((isConsDir) => ({
      isPeering: false,
      isConsDir,
      segmentId,
      timestamp,
    })),
    hops: fields.map((one) => ({
      ...one,
      hasIngressAlert: false,
      hasEgressAlert: one.consEgress === 66,
      mac: hops.mac({ segmentId, timestamp, ...one }),
    })),
  };
}

/** The first draws of named random streams; if one changes, every run changes. */
function streamBytes(): GoldenBytes {
  const names = [
    [1, 'golden-node', 'backoff'],
    [2, 'golden-node', 'backoff'],
    [1, 'other-node', 'link/loss'],
  ] as const;
  const entries = names.map(([seed, node, purpose]) => {
    const stream = openStream(seed, node, purpose);
    const words = Array.from({ length: 4 }, () => stream.nextU32().toString(16).padStart(8, '0'));
    return [`${seed} ${node} ${purpose}`, words.join('')] as const;
  });
  return Object.fromEntries(entries);
}
