/**
 * The complete closed-form checks of `npm run verify`: one test per check, on the real engine.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CheckMeasure, isOfPrivacy } from '../../runner/verify/base/model.ts';
import { SeededEngine } from '../../runner/verify/base/seeded-engine.ts';
import { type CheckVerdict, judgeCheck } from '../../runner/verify/judge.ts';
import { renderSuiteMarkdown, renderTable } from '../../runner/verify/render.ts';
import { CHECKS } from '../../runner/verify/suite.ts';
import { itWhole, vectors } from '../vectors-root.ts';

const SEED = 1;
/** A check takes up to 8 s of CPU time, and the machine may be shared. */
const TIMEOUT_MS = 240_000;
const engine = new SeededEngine(SEED);
const measured = new Map<string, readonly CheckMeasure[]>();
const verdicts: CheckVerdict[] = [];

describe('the engine against theory', () => {
  it.each(CHECKS)('check $id: $name', { timeout: TIMEOUT_MS }, (check) => {
    const measures = check.run(engine);
    measured.set(check.id, measures);
    const verdict = judgeCheck(check, [measures]);
    verdicts.push(verdict);
    expect(verdict.measures.filter((measure) => !measure.isGreen)).toEqual([]);
  });

  it('runs all checks of the specification: 1 to 21 and 8b, P1 to P16, D1 to D7, F1, S1, S2', () => {
    const numbers = Array.from({ length: 21 }, (_, i) => `${i + 1}`);
    const privacy = Array.from({ length: 16 }, (_, i) => `P${i + 1}`);
    expect(CHECKS.map(({ id }) => id)).toEqual([
      ...numbers.slice(0, 8),
      '8b',
      ...numbers.slice(8),
      ...privacy,
      ...Array.from({ length: 7 }, (_, i) => `D${i + 1}`),
      'F1',
      ...['S1', 'S2'],
    ]);
  });

  it('a published figure fits beside its label, and no line is longer than 80 characters', () => {
    for (const { label, published } of [...measured.values()].flat()) {
      expect(label.length).toBeLessThanOrEqual(published === undefined ? 33 : 23);
    }
    const report = { verdicts, seeds: [SEED], wallSeconds: 0 };
    const lines = renderTable(report, { colour: false, unicode: true }).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([
    { flag: 'engine', block: 1 },
    { flag: 'privacy', block: 3 },
  ])(
    'docs/VERIFICATION.md holds these results (npm run verify -- --only $flag --markdown)',
    (part) => {
      const file = fileURLToPath(new URL('../../docs/VERIFICATION.md', import.meta.url));
      const blocks = readFileSync(file, 'utf8').split(/<!-- verify:(?:begin|end) -->\n/);
      const own = verdicts.filter((check) => isOfPrivacy(check) === (part.flag === 'privacy'));
      const report = { verdicts: own, seeds: [SEED], wallSeconds: 0 };
      expect(blocks[part.block]?.trim()).toBe(renderSuiteMarkdown(report).trim());
    },
  );
});

interface TheoryFile {
  readonly checks: readonly TheoryRow[];
}

interface TheoryRow {
  readonly check: number | string;
  readonly theory?: number | readonly number[] | Readonly<Record<string, number>>;
  readonly accept?: number | readonly number[] | Readonly<Record<string, number>>;
  readonly exact?: readonly number[] | Readonly<Record<string, number>>;
  readonly acceptCount?: readonly number[];
  readonly chi2?: readonly number[];
  readonly maxCorrelation?: number;
  readonly ksLimit?: number;
  readonly dropsBySecond?: readonly number[];
}

describe('theory and intervals are those of vectors/simulation/theory.json', () => {
  const published = (id: string): TheoryRow =>
    vectors<TheoryFile>('simulation/theory.json').checks.find((row) => `${row.check}` === id)!;
  const own = (id: string): readonly CheckMeasure[] => measured.get(id)!;
  const halfOf = ({ accept }: CheckMeasure): number => {
    if (accept.kind !== 'around') throw new Error(`${accept.kind} has no half width`);
    expect(accept.above).toBeCloseTo(accept.below, 12);
    return accept.above;
  };
  const listOf = (
    value: number | readonly number[] | Readonly<Record<string, number>>,
  ): number[] => (typeof value === 'number' ? [value] : Object.values(value));

  itWhole.each(['3', '4', '5', '6', '9', '11', '20'])(
    'check %s: statistics in their order',
    (id) => {
      const { theory, accept } = published(id);
      const [theories, halves] = [listOf(theory!), listOf(accept!)];
      for (const [i, value] of theories.entries()) {
        const measure = own(id)[i]!;
        expect(Math.abs(measure.theory / value - 1)).toBeLessThan(1e-9);
        expect(halfOf(measure)).toBe(halves[i]);
      }
    },
  );

  itWhole.each(['7', '8'])('check %s: the same interval twice', (id) => {
    const { theory, accept } = published(id);
    for (const measure of own(id).slice(0, 2)) {
      expect(measure.theory).toBeCloseTo(listOf(theory!)[0]!, 9);
      expect(halfOf(measure)).toBe(accept);
    }
  });

  itWhole('checks 1, 2 and 12: instants', () => {
    expect(
      own('1')
        .slice(0, 5)
        .map(({ theory }) => theory),
    ).toEqual(published('1').exact);
    expect(own('2')[0]!.theory).toBe((published('2').exact as Record<string, number>)['20000']);
    expect(own('12')[0]!.theory).toBe((published('12').exact as Record<string, number>)['100']);
    const isExact = [...own('1'), ...own('2')].every(({ accept }) => accept.kind === 'equal');
    expect(isExact).toBe(true);
  });

  itWhole('checks 10, 13, 15 and 17: bounds', () => {
    const [low, high] = published('10').acceptCount!;
    expect(own('10')[0]!.accept).toEqual({
      kind: 'around',
      below: 10_000 - low!,
      above: high! - 10_000,
    });
    const { ksLimit } = published('13');
    for (const i of [0, 1, 3]) {
      const { accept } = own('13')[i]!;
      expect(accept.kind === 'within' && accept.high).toBeCloseTo(ksLimit!, 12);
    }
    const { idc, lag1 } = published('15').accept as Record<string, number>;
    expect(own('15').slice(0, 2).map(halfOf)).toEqual([idc, lag1]);
    const { chi2, maxCorrelation } = published('17');
    const [chiSquare, , correlation] = own('17').map(({ accept }) => accept);
    if (chiSquare?.kind !== 'within' || correlation?.kind !== 'within') throw new Error('kind');
    expect(chiSquare.low).toBeGreaterThanOrEqual(chi2![0]!);
    expect(chiSquare.high).toBeLessThanOrEqual(chi2![1]! + 0.05);
    expect([correlation.low, correlation.high]).toEqual([-maxCorrelation!, maxCorrelation!]);
  });

  itWhole('check 14: drops by the second', () => {
    const drops = own('14')
      .slice(2)
      .map(({ theory }) => theory);
    expect(drops).toEqual(published('14').dropsBySecond);
  });
});
