/**
 * The packet authenticator option of the reference (vectors/scion/spao.json).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { nobleCrypto } from '../../engine/crypto/noble.ts';
import { concatBytes, fromHex, toHex, writeUint16, writeUint32 } from '../../nodes/_kit/bytes.ts';
import { spaoMacInput } from '../../nodes/scion/router/spao.ts';
import { requireIsdAs, writeIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { PacketView } from '../../nodes/scion/wire/packet-view.ts';
import { vectorSets } from '../vectors-root.ts';

interface SpaoCase {
  readonly name: string;
  readonly spi: number;
  readonly algorithm: number;
  readonly timestamp: number;
  readonly trafficClass: number;
  readonly flowId: number;
  readonly hdrLen: number;
  readonly pathType: number;
  readonly types: number;
  readonly srcIsdAs: string;
  readonly dstIsdAs: string;
  readonly srcHost: string;
  readonly dstHost: string;
  readonly path: string;
  readonly upper: number;
  readonly payload: string;
  readonly input: string;
  readonly authenticator: string;
}

interface SpaoFile {
  readonly key: string;
  readonly cases: readonly SpaoCase[];
}

/** From `pkg/spao/mac_test.go` of scionproto/scion. */
const SPAO: SpaoFile = {
  key: '00010203040506070001020304050607',
  cases: [
    {
      name: 'empty path, AS-host key, sender side',
      spi: 1,
      algorithm: 0,
      timestamp: 6618611909121,
      trafficClass: 255,
      flowId: 4660,
      hdrLen: 9,
      pathType: 0,
      types: 0,
      srcIsdAs: '1-ff00:0:112',
      dstIsdAs: '1-ff00:0:112',
      srcHost: '0a01010b',
      dstHost: '0a01010c',
      path: '',
      upper: 202,
      payload: '736f6d65207061796c6f6164',
      input: '09ca000c000006050403020103f01234000000000a01010b736f6d65207061796c6f6164',
      authenticator: '6062d7f9d82fd411188497f38509c68e',
    },
  ],
};

/** A view made by hand, because some cases name hosts and paths that no packet could have. */
function viewOf(one: SpaoCase): PacketView {
  const common = new Uint8Array(12);
  writeUint32(common, 0, (one.trafficClass << 20) | one.flowId);
  common[5] = one.hdrLen;
  common[8] = one.pathType;
  common[9] = one.types;
  const isdAses = new Uint8Array(16);
  writeIsdAs(isdAses, 0, requireIsdAs(one.dstIsdAs));
  writeIsdAs(isdAses, 8, requireIsdAs(one.srcIsdAs));
  const [target, source] = [fromHex(one.dstHost), fromHex(one.srcHost)];
  const [path, upper] = [fromHex(one.path), fromHex(one.payload)];
  writeUint16(common, 6, upper.length);
  const packet = concatBytes(common, isdAses, target, source, path, upper);
  const pathOffset = 28 + target.length + source.length;
  const meta = path.length > 0 && one.pathType === 1 ? path : new Uint8Array(4);
  const lengths = [
    ((meta[1]! & 3) << 4) | (meta[2]! >>> 4),
    ((meta[2]! & 15) << 2) | (meta[3]! >>> 6),
    meta[3]! & 63,
  ];
  return Object.assign(new PacketView(), {
    buffer: packet,
    start: 0,
    end: packet.length,
    headerLength: 4 * one.hdrLen,
    pathType: one.pathType,
    targetHostOffset: 28,
    sourceHostOffset: 28 + target.length,
    pathOffset,
    infoCount: lengths.filter((length) => length > 0).length,
    hopCount: lengths.reduce((sum, length) => sum + length, 0),
    upperProtocol: one.upper,
    upperOffset: pathOffset + path.length,
  });
}

describe.each(vectorSets('scion/spao.json', SPAO))(
  'packet authenticator, $set',
  ({ file: spao }) => {
    for (const one of spao.cases) {
      it(`${one.name}: covers the published bytes and gives the published tag`, () => {
        const timestamp = new Uint8Array(6);
        writeUint16(timestamp, 0, Math.floor(one.timestamp / 2 ** 32));
        writeUint32(timestamp, 2, one.timestamp % 2 ** 32);
        const authenticator = new Uint8Array(16);
        const option = { spi: one.spi, algorithm: one.algorithm, timestamp, authenticator };
        const input = spaoMacInput(viewOf(one), option);
        expect(toHex(input)).toBe(one.input);
        nobleCrypto.aesCmac(fromHex(spao.key)).tag(input, authenticator);
        expect(toHex(authenticator)).toBe(one.authenticator);
      });
    }
  },
);
