/** What a control service measures of lookups. */
import { expect, it } from 'vitest';
import type { Counter, Gauge, Histogram, Meter } from '../../../../engine/host/measure.ts';
import { FoundAses } from '../../../../nodes/control-service/found-ases.ts';
import { ASES_KEPT_MAX } from '../../../../nodes/control-service/geometry.ts';
import { formatIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';

interface TestMeter {
  readonly counts: Record<string, number>;
  readonly recorded: number[];
  readonly part: Meter;
}

/** Counts by metric, and what was recorded. */
function meter(): TestMeter {
  const counts: Record<string, number> = {};
  const recorded: number[] = [];
  const part: Meter = {
    counter: (name): Counter => ({
      add: (amount): void => {
        counts[name] = (counts[name] ?? 0) + amount;
      },
    }),
    histogram: (): Histogram => ({ record: (value): void => void recorded.push(value) }),
    gauge: (name): Gauge => ({
      set: (value): void => {
        counts[name] = value;
      },
    }),
    sample: (): void => undefined,
  };
  return { counts, recorded, part };
}

it('says when a watched AS was first found, and counts when it is not found later', () => {
  const { part, counts, recorded } = meter();
  const [watched, other] = [formatIsdAs(1, 1), formatIsdAs(1, 2)];
  let nowNs = 1_000;
  const found = new FoundAses(
    { meter: part, now: () => nowNs },
    { watched: [watched], startNs: 7_000 },
  );
  nowNs = 5_000;
  found.lookUp(watched)(false);
  expect(counts['control.watched_lost']).toBe(1);
  found.lookUp(other)(true);
  nowNs = 7_000;
  found.lookUp(watched)(true);
  found.lookUp(watched)(true);
  expect([recorded, counts]).toEqual([
    [6_000],
    { 'control.lookups': 4, 'control.watched_lost': 0 },
  ]);
  found.lookUp(watched)(false);
  // The links are just coming up.
  nowNs = 7_999;
  found.lookUp(watched)(false);
  expect(counts['control.lookups_lost']).toBeUndefined();
  nowNs = 8_000;
  found.lookUp(watched)(false);
  found.lookUp(other)(false);
  expect(counts).toEqual({
    'control.lookups': 8,
    'control.lookups_lost': 2,
    'control.watched_lost': 1,
  });
});

it('counts nothing as lost of a lookup that began before the AS was found', () => {
  const { part, counts } = meter();
  const found = new FoundAses({ meter: part, now: () => 0 }, { watched: [], startNs: 0 });
  const early = found.lookUp(formatIsdAs(1, 1));
  found.lookUp(formatIsdAs(1, 1))(true);
  early(false);
  expect(counts).toEqual({ 'control.lookups': 2 });
});

it('remembers so many ASes at the most', () => {
  const { part, counts } = meter();
  const found = new FoundAses({ meter: part, now: () => 0 }, { watched: [], startNs: 0 });
  for (let as = 0; as <= ASES_KEPT_MAX; as += 1) found.lookUp(formatIsdAs(1, as))(true);
  expect(found.has(formatIsdAs(1, 0))).toBe(true);
  expect(found.has(formatIsdAs(1, ASES_KEPT_MAX))).toBe(false);
  found.lookUp(formatIsdAs(1, ASES_KEPT_MAX))(false);
  expect(counts['control.lookups_lost']).toBeUndefined();
});
