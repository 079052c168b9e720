/**
 * EPIC-HP of the reference (vectors/scion/epic.json): what fields are over, the fields, time stamps, freshness and
 * counters.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { nobleCrypto } from '../../engine/crypto/noble.ts';
import { concatBytes, fromHex, readUint32, toHex } from '../../nodes/_kit/bytes.ts';
import {
  computeEpicField,
  encodeEpicInput,
  epicCounter,
  epicTimestamp,
} from '../../nodes/scion/wire/epic.ts';
import { requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { makePacket, NOW, situation, withEpicPath } from '../unit/nodes/scion/router/packets.ts';
import { TestRouter } from '../unit/nodes/scion/router/test-router.ts';
import { vectorSets } from '../vectors-root.ts';

interface EpicFile {
  readonly hvf: readonly {
    readonly authenticator: string;
    readonly timestamp: number;
    readonly packetId: string;
    readonly srcIsdAs: string;
    readonly srcHost: string;
    readonly payloadLen: number;
    readonly input: string;
    readonly hvf: string;
  }[];
  readonly createTimestamp: { readonly cases: readonly (readonly [string, number | null])[] };
  readonly verify: {
    readonly maxPacketLifetimeNs: number;
    readonly maxClockSkewNs: number;
    readonly resolutionNs: number;
  };
  readonly counter: readonly (readonly [thread: number, packets: number, counter: number])[];
}

/** From `pkg/experimental/epic/epic_test.go` of scionproto/scion; the field computed independently. */
const FIGURES: EpicFile = {
  hvf: [
    {
      authenticator: '66636463383230323530326434353265',
      timestamp: 1_257_894_000,
      packetId: '0000000102000003',
      srcIsdAs: '2-ff00:0:222',
      srcHost: '0a000064',
      payloadLen: 120,
      input: '004af9f07000000001020000030002ff00000002220a00006400780000000000',
      hvf: '4ccdb5b6',
    },
    {
      authenticator: '66636463383230323530326434353265',
      timestamp: 1_257_894_000,
      packetId: '0000000102000003',
      srcIsdAs: '2-ff00:0:222',
      srcHost: '20010db8000000000000000000000068',
      payloadLen: 120,
      input:
        '034af9f07000000001020000030002ff000000022220010db80000000000000000000000680078000000000000000000',
      hvf: '306b66c5',
    },
  ],
  createTimestamp: {
    cases: [
      ['90240000000000', null],
      ['90180000000000', 4_294_285_713],
      ['21000', 0],
      ['-1', null],
    ],
  },
  verify: {
    maxPacketLifetimeNs: 2_000_000_000,
    maxClockSkewNs: 1_000_000_000,
    resolutionNs: 21_000,
  },
  counter: [[1, 4_294_967_295, 33_554_431]],
};

describe.each(vectorSets('scion/epic.json', FIGURES))('EPIC-HP, $set', ({ file: epic }) => {
  it.each(epic.hvf)('covers the published bytes: field $hvf', (one) => {
    const bytes = fromHex(one.srcHost);
    const id = fromHex(one.packetId);
    const input = encodeEpicInput({
      timestamp: one.timestamp,
      packetId: { timestamp: readUint32(id, 0), counter: readUint32(id, 4) },
      source: requireIsdAs(one.srcIsdAs),
      sourceHost: { type: bytes.length / 4 - 1, bytes },
      payloadLength: one.payloadLen,
    });
    // The published input is padded to whole blocks.
    const padding = new Uint8Array(one.input.length / 2 - input.length);
    expect(toHex(concatBytes(input, padding))).toBe(one.input);
    expect(padding.length).toBeLessThan(16);
    const field = computeEpicField(nobleCrypto, fromHex(one.authenticator), input);
    expect(toHex(field)).toBe(one.hvf);
  });

  it('dates packets as published, and not before their path or a day after it', () => {
    for (const [ageNs, timestamp] of epic.createTimestamp.cases) {
      expect(epicTimestamp(Number(ageNs)) ?? null).toBe(timestamp);
    }
  });

  it('numbers packets as published', () => {
    for (const [thread, packets, counter] of epic.counter) {
      expect(epicCounter(thread, packets)).toBe(counter);
    }
  });

  it('takes packets for the published lifetime and skew, and not a unit longer', () => {
    const { maxPacketLifetimeNs, maxClockSkewNs, resolutionNs } = epic.verify;
    const hops: [number, number][] = [
      [0, 77],
      [2, 3],
      [77, 0],
    ];
    const scion = makePacket({ segments: [{ hops }], current: 1 });
    const dropAt = (sentAgoNs: number): string | undefined => {
      const router = new TestRouter(situation, { now: NOW });
      return router.receive({ external: 2 }, withEpicPath(scion, { sentAgoNs })).drop;
    };
    const oldest = maxPacketLifetimeNs + maxClockSkewNs;
    // A time stamp is in whole units, rounded down: the packet seems to be up to one unit older.
    expect(dropAt(oldest - resolutionNs)).toBeUndefined();
    expect(dropAt(oldest + 1)).toBe('epic-expired');
    expect(dropAt(-maxClockSkewNs)).toBeUndefined();
    expect(dropAt(-maxClockSkewNs - 2 * resolutionNs)).toBe('epic-future');
  });
});
