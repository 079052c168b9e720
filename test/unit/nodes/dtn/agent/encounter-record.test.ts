import { describe, expect, it } from 'vitest';
import {
  bundleIdentityHash,
  decodeEncounterRecord,
  type EncounterRecord,
  encodeEncounterRecord,
} from '../../../../../nodes/dtn/agent/encounter-record.ts';
import {
  decodeRouterTable,
  encodeRouterTable,
} from '../../../../../nodes/dtn/router/record-table.ts';

const RECORD: EncounterRecord = {
  kind: 'answer',
  known: [0, 23, 24, 2 ** 53 - 1],
  router: encodeRouterTable([
    ['a', 7],
    ['bus-12', 1e9],
  ]),
};

/** "a": 0. */
const ROW = [0x61, 0x61, 0x00];

describe('the record of an encounter', () => {
  it('is read as it was written', () => {
    const bytes = encodeEncounterRecord(RECORD);
    expect(decodeEncounterRecord(bytes)).toEqual(RECORD);
    expect(encodeEncounterRecord(decodeEncounterRecord(bytes) as EncounterRecord)).toEqual(bytes);
    expect(decodeRouterTable(RECORD.router)).toEqual([
      ['a', 7],
      ['bus-12', 1e9],
    ]);
  });

  it('is none when cut at any byte, with a byte more, or of another version', () => {
    const bytes = encodeEncounterRecord(RECORD);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(decodeEncounterRecord(bytes.subarray(0, end))).toBeUndefined();
    }
    expect(decodeEncounterRecord(Uint8Array.of(...bytes, 0))).toBeUndefined();
    expect(decodeEncounterRecord(bytes.with(1, 2))).toBeUndefined();
    expect(decodeEncounterRecord(bytes.with(2, 2))).toBeUndefined();
    const table = RECORD.router;
    for (let end = 0; end < table.length; end += 1) {
      expect(decodeRouterTable(table.subarray(0, end))).toBeUndefined();
    }
  });

  it('has no more names than the bound, whatever its head says', () => {
    // [1, 0, array of 2^32 names …
    const bomb = Uint8Array.of(0x84, 1, 0, 0x9b, 0, 0, 0, 1, 0, 0, 0, 0);
    expect(decodeEncounterRecord(bomb)).toBeUndefined();
    expect(decodeRouterTable(Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xfe))).toBeUndefined();
    // 4,096 rows, and one more.
    const [most, more] = [0x20_00, 0x20_02].map((items) =>
      decodeRouterTable(
        Uint8Array.of(
          0x99,
          items >> 8,
          items & 0xff,
          ...Array(items / 2)
            .fill(ROW)
            .flat(),
        ),
      ),
    );
    expect([most?.length, more]).toEqual([4_096, undefined]);
  });

  it('has no name of more letters than the stack holds', () => {
    expect(decodeRouterTable(encodeRouterTable([['a'.repeat(255), 1]]))).toEqual([
      ['a'.repeat(255), 1],
    ]);
    expect(decodeRouterTable(encodeRouterTable([['a'.repeat(256), 1]]))).toBeUndefined();
    expect(decodeRouterTable(encodeRouterTable([['a'.repeat(200_000), 1]]))).toBeUndefined();
  });

  it('never makes an exception of random bytes', () => {
    const bytes = encodeEncounterRecord(RECORD);
    for (let seed = 1; seed < 100_000; seed += 1) {
      const at = (seed * 7_919) % bytes.length;
      const mutated = bytes.with(at, (seed * 104_729) & 0xff);
      decodeEncounterRecord(mutated);
      decodeRouterTable(mutated);
    }
    expect(decodeEncounterRecord(bytes)).toEqual(RECORD);
  });

  it('names bundles by their whole identity', () => {
    const names = ['ipn:1.1 5-0', 'ipn:1.1 5-1', 'ipn:2.1 5-0', 'ipn:1.1 5-0 0+9'].map(
      bundleIdentityHash,
    );
    expect(new Set(names).size).toBe(4);
  });
});
