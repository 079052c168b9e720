import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bestScore,
  isSameLine,
  RED_BELOW,
  recordedLinesFor,
  recordsSchema,
  type Speed,
  type SpeedRecord,
  scoreOf,
} from '../../../bench/gate/score.ts';
import { loopRatio } from '../../../bench/ratio.ts';

const PACE = 110;
const MEMORY = 6.6;

/** What a machine shows whose loops have these paces, millions of steps per second. */
function shown(value: number, unit: string, pace = PACE, memory = MEMORY): Speed {
  return {
    bench: 'test',
    name: 'line',
    kind: unit.endsWith('/s') ? 'rate' : 'time',
    ratio: loopRatio({ value, unit }, pace) as number,
    memoryRatio: loopRatio({ value, unit }, memory) as number,
  };
}

describe.each([
  ['a rate', 'M events/s', (times: number): number => 8 * times],
  ['a time', 'ns/check', (times: number): number => 100 / times],
] as const)('the score of %s', (_, unit, of) => {
  const recorded = shown(of(1), unit);

  it('is 1 where it is as fast as recorded, and follows its speed', () => {
    expect(scoreOf(recorded, recorded).score).toBe(1);
    expect(scoreOf(shown(of(0.69), unit), recorded).score).toBeCloseTo(0.69, 9);
    expect(scoreOf(shown(of(0.71), unit), recorded).score).toBeCloseTo(0.71, 9);
    expect(RED_BELOW).toBe(0.6);
  });

  it('does not see a machine that is half as fast in everything', () => {
    const slow = shown(of(0.5), unit, PACE / 2, MEMORY / 2);
    expect(scoreOf(slow, recorded).score).toBeCloseTo(1, 9);
  });

  it('does not see slower memory, nor a faster core that code of memory cannot use', () => {
    expect(scoreOf(shown(of(0.5), unit, PACE, MEMORY / 2), recorded).score).toBeCloseTo(1, 9);
    expect(scoreOf(shown(of(1), unit, PACE * 2, MEMORY), recorded).score).toBeCloseTo(1, 9);
  });

  it('sees code that is half as fast on each of these machines', () => {
    for (const [pace, memory] of [
      [PACE, MEMORY],
      [PACE / 2, MEMORY / 2],
      [PACE * 2, MEMORY * 2],
    ] as const) {
      const slow = shown(of((0.5 * pace) / PACE), unit, pace, memory);
      expect(scoreOf(slow, recorded).score).toBeCloseTo(0.5, 9);
    }
  });
});

describe('the records that count', () => {
  const of = (cpu: string, value: number): SpeedRecord => ({
    ...{ date: '2026-11-24', commit: 'c', cpu, node: 'v20' },
    speeds: [shown(value, 'M events/s')],
  });
  const [fast, slow] = [of('fast', 8), of('slow', 4)];
  const score = (value: number, cpu: string): number => {
    const lines = recordedLinesFor([fast, slow], cpu);
    return bestScore(shown(value, 'M events/s'), lines).score;
  };

  it('are those of the same kind of machine: what is fine on a slow one is red on a fast one', () => {
    expect(score(4, 'slow')).toBeCloseTo(1, 9);
    expect(score(4, 'fast')).toBeCloseTo(0.5, 9);
  });

  it('are all of them on a machine of another kind, and the kinder one counts', () => {
    expect(score(4, 'other')).toBeCloseTo(1, 9);
    expect(score(2, 'other')).toBeCloseTo(0.5, 9);
  });

  it('are those of another kind for a line that was not recorded on this one', () => {
    const alone = { ...fast, speeds: [] };
    expect(recordedLinesFor([alone, slow], 'fast')).toEqual(slow.speeds);
  });

  it('are no pass where none has the line', () => {
    expect(bestScore(shown(4, 'M events/s'), []).score).toBe(0);
  });
});

const ENGINE = ['hold-alone', 'chain', 'random-network', 'router', 'replay', 'store', 'frame'];
const PROTOCOLS = ['mix', 'dtn'];
const LATER = ['privacy-steps', 'trace'];

describe('the recorded speeds', () => {
  const file = join(import.meta.dirname, '../../../bench/gate/recorded.json');
  const { records } = recordsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

  it.each([
    ['AMD EPYC', [...ENGINE, ...PROTOCOLS]],
    ['Intel(R) Xeon(R) Processor', [...ENGINE, ...PROTOCOLS, ...LATER]],
  ])('of %s have each line once, and every workload of the engine', (cpu, benches) => {
    const [record, ...others] = records.filter((one) => one.cpu === cpu);
    const speeds = record?.speeds ?? [];
    expect(others).toEqual([]);
    for (const one of speeds) {
      expect(speeds.filter((other) => isSameLine(one, other))).toHaveLength(1);
    }
    expect([...new Set(speeds.map(({ bench }) => bench))]).toEqual(benches);
  });
});
