/**
 * Golden bytes of SCION packets and of BFD between routers.
 *
 * @module
 */
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { BFD_STATES, encodeBfdControlPacket } from '../../../../nodes/scion/bfd/packet.ts';
import { deriveForwardingKey, HopAuthenticator } from '../../../../nodes/scion/mac.ts';
import { requireHostAddress } from '../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH, type SegmentedPath } from '../../../../nodes/scion/wire/path.ts';
import { encodeScmpPacket } from '../../../../nodes/scion/wire/scmp.ts';
import { encodeUdpPacket } from '../../../../nodes/scion/wire/udp.ts';
import { type GoldenBytes, patternBytes } from '../../../../tools/golden/golden-bytes.ts';

const crypto = createCryptoProvider('node');

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  return { ...scionBytes(), ...bfdBytes() };
}

function scionBytes(): GoldenBytes {
  const header = {
    trafficClass: 0xb8,
    flowId: 0xabcde,
    source: requireIsdAs('7-ff00:0:7a1'),
    target: requireIsdAs('8-ff00:0:8b2'),
    sourceHost: requireHostAddress('127.7.1.9'),
    targetHost: requireHostAddress('127.8.1.9'),
  };
  const hops = new HopAuthenticator(
    crypto.aesCmac(deriveForwardingKey(crypto, patternBytes(16, 5))),
  );
  const path = goldenPath(hops);
  const datagram = { sourcePort: 31_056, targetPort: 31_056, payload: patternBytes(29, 60) };
  const data = patternBytes(11, 70);
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

function bfdBytes(): GoldenBytes {
  const entries = BFD_STATES.map((state, index) => {
    const target = new Uint8Array(24);
    const intervals = { desiredMinTxUs: 200_000, requiredMinRxUs: 150_000 + index };
    const discriminators = { myDiscriminator: 0x0a0b0c0d, yourDiscriminator: index + 1 };
    encodeBfdControlPacket(
      { diagnostic: index, state, detectMultiplier: 3, ...discriminators, ...intervals },
      target,
      0,
    );
    return [`bfd, ${state}`, toHex(target)] as const;
  });
  return Object.fromEntries(entries);
}
