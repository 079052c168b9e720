/**
 * The packet authenticator option and DRKey of the reference (vectors/scion/spao.json, drkey.json),
 * as far as a router uses them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { nobleCrypto } from '../../engine/crypto/noble.ts';
import { concatBytes, fromHex, toHex, writeUint16, writeUint32 } from '../../nodes/_kit/bytes.ts';
import {
  deriveDrkeyAsHostKey,
  deriveDrkeyLevel1Key,
  deriveDrkeySecretValue,
} from '../../nodes/scion/router/drkey.ts';
import { spaoMacInput } from '../../nodes/scion/router/spao.ts';
import { requireHostAddress } from '../../nodes/scion/wire/host-address.ts';
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

interface DrkeyFile {
  readonly secretValue: readonly {
    readonly secret: string;
    readonly protocol: number;
    readonly epoch: readonly [number, number];
    readonly key: string;
  }[];
  readonly level1: readonly {
    readonly secretValue: string;
    readonly target: string;
    readonly key: string;
  }[];
  readonly specific: {
    readonly level1: string;
    readonly asHost: readonly { readonly host: string; readonly key: string }[];
  };
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

/** From the golden files of `pkg/drkey` of scionproto/scion. */
const DRKEY: DrkeyFile = {
  secretValue: [
    {
      secret: '00010203040506070001020304050607',
      protocol: 1,
      epoch: [0, 1],
      key: '73253812b5e79f975bba2464b4dc30d2',
    },
  ],
  level1: [
    {
      secretValue: '73253812b5e79f975bba2464b4dc30d2',
      target: '1-ff00:0:112',
      key: 'a823f5b956de7c0cbc5a6942f5b6fc10',
    },
  ],
  specific: {
    level1: '59ba6ccbd679e3aa13bd2340475a6a98',
    asHost: [{ host: '127.0.0.1', key: 'b5a756caa2e030f3a2b6dbfb03e03eb0' }],
  },
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

describe.each(vectorSets('scion/drkey.json', DRKEY))('DRKey, $set', ({ file: drkey }) => {
  it('derives the published secret values', () => {
    for (const { secret, protocol, epoch, key } of drkey.secretValue) {
      const [epochBegin, epochEnd] = epoch;
      const input = { secret: fromHex(secret), protocol, epochBegin, epochEnd };
      expect(toHex(deriveDrkeySecretValue(nobleCrypto, input))).toBe(key);
    }
  });

  it('derives the published level 1 keys', () => {
    for (const { secretValue: secret, target, key } of drkey.level1) {
      const bytes = new Uint8Array(8);
      writeIsdAs(bytes, 0, requireIsdAs(target));
      expect(toHex(deriveDrkeyLevel1Key(nobleCrypto, fromHex(secret), bytes))).toBe(key);
    }
  });

  it('derives the published AS-host keys', () => {
    const level1 = fromHex(drkey.specific.level1);
    for (const { host: text, key } of drkey.specific.asHost) {
      const { type, bytes } = requireHostAddress(text);
      expect(toHex(deriveDrkeyAsHostKey(nobleCrypto, level1, type, bytes))).toBe(key);
    }
  });
});
