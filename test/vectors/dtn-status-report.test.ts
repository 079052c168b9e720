/**
 * Published status reports of the Bundle Protocol (RFC 9171 section 6.1.1).
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { decodeStatusReport, encodeStatusReport } from '../../nodes/dtn/wire/status-report.ts';
import { vectorSets } from '../vectors-root.ts';

interface ReportCase {
  readonly name: string;
  readonly hex: string;
  readonly asserted: Readonly<Record<'received' | 'forwarded' | 'delivered' | 'deleted', boolean>>;
  readonly times: readonly (number | null)[];
  readonly reason: number;
  readonly timestamp: readonly [number, number];
  readonly fragment: readonly [number, number] | null;
}

/** Computed independently from RFC 9171 section 6.1.1. */
const REPORTS: { readonly cases: readonly ReportCase[] } = {
  cases: [
    {
      name: 'received-with-time',
      hex: '8201848482f51b000000ba43b7407b81f481f481f4008202820201821913880a',
      asserted: { received: true, forwarded: false, delivered: false, deleted: false },
      times: [800000000123, null, null, null],
      reason: 0,
      timestamp: [5000, 10],
      fragment: null,
    },
    {
      name: 'deleted-lifetime-fragment',
      hex: '8201868481f481f481f481f501820282186401821913880a18c81864',
      asserted: { received: false, forwarded: false, delivered: false, deleted: true },
      times: [null, null, null, null],
      reason: 1,
      timestamp: [5000, 10],
      fragment: [200, 100],
    },
  ],
};

describe.each(vectorSets('dtn/status-report.json', REPORTS))('status reports, $set', ({ file }) => {
  const { cases } = file;

  it.each(cases)(
    'read and write $name',
    ({ hex, asserted, times, reason, timestamp, fragment }) => {
      const report = decodeStatusReport(fromHex(hex));
      expect(report).toMatchObject({ reason, createdMs: timestamp[0], sequence: timestamp[1] });
      const items = (['received', 'forwarded', 'delivered', 'deleted'] as const).map(
        (name) => report?.[name],
      );
      expect(items.map((item) => item?.isAsserted)).toEqual(Object.values(asserted));
      expect(items.map((item) => item?.timeMs ?? null)).toEqual(times);
      const { offset, length } = report?.fragment ?? {};
      expect(fragment ?? [undefined, undefined]).toEqual([offset, length]);
      expect(toHex(encodeStatusReport(report!))).toBe(hex);
    },
  );

  it.each(cases)('refuse $name cut anywhere', ({ hex }) => {
    const bytes = fromHex(hex);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeStatusReport(bytes.slice(0, length))).toBeUndefined();
    }
  });
});
