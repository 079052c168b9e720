/** The view kernel: address, instants, the time line, keys. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  limitQuantityText,
  quantityText,
  quantityTextBesideLimit,
} from '../../../../reports/format.ts';
import type { FaultRow, HopColumns } from '../../../../viz/app/data/trace-answers.ts';
import { readUrlHash, type UrlState, writeUrlHash } from '../../../../viz/app/kernel/address.ts';
import {
  instantText,
  instantTickText,
  readDuration,
  writeDuration,
} from '../../../../viz/app/kernel/duration.ts';
import { mergedFaultIntervals } from '../../../../viz/app/kernel/fault-stretches.ts';
import { faultIntervalAtCursor, packetInterval } from '../../../../viz/app/kernel/fit.ts';
import { instantTicks } from '../../../../viz/app/kernel/instant-ticks.ts';
import { KeyMap } from '../../../../viz/app/kernel/keys.ts';
import {
  readTimeMarks,
  withTimeMarkToggled,
  writeTimeMarks,
} from '../../../../viz/app/kernel/moments.ts';
import { Observable } from '../../../../viz/app/kernel/observable.ts';
import { TimeLine } from '../../../../viz/app/kernel/time-line.ts';

const ns = fc.integer({ min: 0, max: 9e15 });
const word = fc.string({ minLength: 1, maxLength: 20 });
const KNOWN = ['run', 'page', 't', 'speed', 'sel', 'range', 'theme'];

describe('the address', () => {
  it('reads back every view that it writes', () => {
    const view: fc.Arbitrary<UrlState> = fc.record({
      run: fc.option(word, { nil: undefined }),
      page: fc.stringMatching(/^[a-z-]{1,30}$/),
      timeNs: fc.option(ns, { nil: undefined }),
      speed: fc.constantFrom(0.001, 0.1, 1, 10, 100),
      selection: fc.option(
        fc.record({ kind: fc.constantFrom('node', 'link', 'packet'), name: word }),
        {
          nil: undefined,
        },
      ),
      rangeNs: fc.option(
        fc.tuple(ns, ns).filter(([a, b]) => a < b),
        { nil: undefined },
      ),
      theme: fc.constantFrom('light', 'dark', undefined),
      rest: fc.dictionary(
        word.filter((key) => !KNOWN.includes(key)),
        fc.string({ maxLength: 20 }),
        { noNullPrototype: true },
      ),
    });
    fc.assert(
      fc.property(view, (wanted) => {
        expect(readUrlHash(writeUrlHash(wanted))).toEqual({ view: wanted, notices: [] });
      }),
    );
  });

  it('keeps a key that is called __proto__', () => {
    const { view } = readUrlHash('#page=runs&__proto__=x&y=1');
    expect(Object.entries(view.rest)).toEqual([
      ['__proto__', 'x'],
      ['y', '1'],
    ]);
    expect(writeUrlHash(view)).toBe('#page=runs&__proto__=x&y=1');
  });

  it('falls back with a sentence for each value that it cannot read, and keeps unknown keys', () => {
    const { view, notices } = readUrlHash('#t=soon&page=<b>&range=9s..1s&speed=0&sel=cat:1&x=1');
    expect(view).toMatchObject({ page: 'runs', timeNs: undefined, speed: 1, rest: { x: '1' } });
    expect(notices).toHaveLength(5);
  });

  it('stays readable', () => {
    const hash = '#run=failover/1-30&page=network&t=20.151s&sel=node:gateway-111&range=19.5s..21s';
    expect(writeUrlHash(readUrlHash(hash).view)).toBe(hash);
  });
});

it('merges faults that overlap, and lets those without an end last', () => {
  const row = (kind: 'begin' | 'end', target: string, timeNs: number): FaultRow => ({
    ...{ kind, target, timeNs },
    text: `${target} down`,
  });
  const faults = [
    row('begin', 'a', 1),
    row('begin', 'b', 2),
    row('end', 'a', 3),
    row('end', 'b', 4),
  ];
  expect(mergedFaultIntervals(faults, 9)).toEqual([[1, 4]]);
  expect(mergedFaultIntervals([...faults, row('begin', 'c', 6)], 9)).toEqual([
    [1, 4],
    [6, 9],
  ]);
});

it('a fault that nobody has ended was drawn into the future of a run that goes on', () => {
  const begin: FaultRow = { kind: 'begin', target: 'a', text: 'a down', timeNs: 3e9 };
  expect(mergedFaultIntervals([begin], 5e9)).toEqual([[3e9, 5e9]]);
  // The page learns of the fault slightly before it learns how far the run is.
  expect(mergedFaultIntervals([begin], 2.9e9)).toEqual([[3e9, 3e9]]);
  expect(mergedFaultIntervals([begin, { ...begin, kind: 'end', timeNs: 4e9 }], 5e9)).toEqual([
    [3e9, 4e9],
  ]);
});

describe('instants', () => {
  it('are exact to the nanosecond in the address', () => {
    fc.assert(
      fc.property(ns, (at) => {
        expect(readDuration(writeDuration(at))).toBe(at);
      }),
    );
  });

  it('have as many digits for people as the range in view needs', () => {
    expect(instantText(20_151_000_000, 60e9)).toBe('20.15 s');
    expect(instantText(20_151_000_123, 1e6)).toBe('20.151000 s');
  });

  it('were 7 200 s for two hours, which the address did not read', () => {
    expect(readDuration('2h')).toBe(7_200e9);
    expect(readDuration('90min')).toBe(5_400e9);
    expect(readDuration('1.5d')).toBe(129_600e9);
    expect(readUrlHash('#t=2h').view.timeNs).toBe(7_200e9);
    expect(instantText(7_200e9, 14_400e9)).toBe('2.000 h');
    expect(instantTickText(7_200e9, 14_400e9)).toBe('2 h');
    expect(instantTickText(5 * 86_400e9, 14 * 86_400e9)).toBe('5 d');
    expect(instantTicks([0, 14_400e9], 5)).toEqual([0, 1, 2, 3, 4].map((hour) => hour * 3_600e9));
    const words = [
      quantityText(7_200e9, 'ns'),
      limitQuantityText(7_200e9, 'ns'),
      quantityText(1_800e9, 'ns'),
    ];
    expect(words).toEqual(['2 h', '2 h', '30 min']);
    // Beside a limit in hours a value is in hours.
    expect(quantityTextBesideLimit(5_400e9, 7_200e9, 'ns')).toBe('1.50 h');
    expect(quantityTextBesideLimit(599e9, 250e6, 'ns')).toBe('599 s');
  });
});

describe('the time line', () => {
  const opened = (): TimeLine => {
    const time = new TimeLine();
    time.open([0, 60e9]);
    return time;
  };

  it('keeps cursor and range within the run', () => {
    const time = opened();
    time.moveTo(-5);
    expect(time.cursor.value).toBe(0);
    time.moveTo(70e9);
    expect(time.cursor.value).toBe(60e9);
    time.show([50e9, 80e9]);
    expect(time.range.value).toEqual([30e9, 60e9]);
  });

  it('plays at its speed, takes the range along, and stops at the end', () => {
    const time = opened();
    time.show([0, 1e9]);
    time.playAt(2);
    time.play();
    for (let frame = 0; frame < 60; frame += 1) time.advance(16);
    expect(time.cursor.value).toBe(60 * 16 * 2e6);
    expect(time.range.value[0]).toBeGreaterThan(0);
    time.moveTo(59.99e9);
    time.advance(16);
    expect([time.cursor.value, time.isPlaying.value]).toEqual([60e9, false]);
  });
});

it('tells watchers once a change and forgets them when their signal aborts', () => {
  const value = new Observable(1);
  const stop = new AbortController();
  const seen: number[] = [];
  value.watch(stop.signal, (now) => seen.push(now));
  value.value = 2;
  value.value = 2;
  stop.abort();
  value.value = 3;
  expect(seen).toEqual([1, 2]);
});

it('finds the latest binding of a key, and none beside Ctrl, Alt or Meta', () => {
  const keys = new KeyMap();
  const page = new AbortController();
  const press = { key: 't', ctrlKey: false, metaKey: false, altKey: false };
  const run = (): void => undefined;
  keys.add(new AbortController().signal, { keys: ['t'], does: 'shell', group: 'a', run });
  keys.add(page.signal, { keys: ['t'], does: 'page', group: 'a', run });
  expect(keys.find(press)?.does).toBe('page');
  expect(keys.find({ ...press, ctrlKey: true })).toBeUndefined();
  page.abort();
  expect(keys.find(press)?.does).toBe('shell');
});

describe('marks of the reader', () => {
  it('are set and taken away at the cursor, and are kept in the address', () => {
    const one = withTimeMarkToggled([], 3.2e9, 60e9);
    const two = withTimeMarkToggled(one, 1.5e9, 60e9);
    expect(writeTimeMarks(two)).toBe('1.5s,3.2s');
    expect(readTimeMarks({ marks: '3.2s,soon,1.5s,3.2s' })).toEqual(two);
    expect(withTimeMarkToggled(two, 3.21e9, 60e9)).toEqual([1.5e9]);
    expect(writeTimeMarks(withTimeMarkToggled([1.5e9], 1.5e9, 60e9))).toBeUndefined();
  });
});

describe('the stretch that fits', () => {
  const row = (kind: FaultRow['kind'], target: string, seconds: number): FaultRow => ({
    ...{ kind, target, text: `${target} down` },
    timeNs: seconds * 1e9,
  });
  const info = {
    durationNs: 60e9,
    faults: [row('begin', 'a', 10), row('end', 'a', 12), row('begin', 'b', 40)],
  };

  it('is the fault at the cursor, or that of the selection', () => {
    expect(faultIntervalAtCursor(info, undefined, 20e9)).toEqual([9e9, 14e9]);
    expect(faultIntervalAtCursor(info, { kind: 'link', name: 'b' }, 20e9)).toEqual([39e9, 62e9]);
    expect(faultIntervalAtCursor(info, { kind: 'node', name: 'c' }, 20e9)).toBeUndefined();
  });

  it('is all hops of a packet, lost ones too', () => {
    const hops = {
      rows: 2,
      departNs: Float64Array.of(1e9, 1.1e9),
      arriveNs: Float64Array.of(1.1e9, Number.NaN),
    } as unknown as HopColumns;
    expect(packetInterval(hops)).toEqual([0.985e9, 1.115e9]);
    expect(packetInterval({ ...hops, rows: 0 })).toBeUndefined();
  });
});
