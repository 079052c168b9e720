/** Verdicts over seeds, exact sums, correlations, and how the table is printed. */
import { describe, expect, it } from 'vitest';
import { DROP_REASONS } from '../../../../engine/net/drop-reasons.ts';
import { ExactSum } from '../../../../runner/verify/base/exact-sum.ts';
import { GapCorrelation } from '../../../../runner/verify/base/gap-correlation.ts';
import {
  ACCEPT_EQUAL,
  type AcceptedRange,
  acceptAtMost,
  acceptPlusMinus,
  acceptWithin,
  type CheckMeasure,
} from '../../../../runner/verify/base/model.ts';
import {
  missingDropReasons,
  packetConservationCheck,
} from '../../../../runner/verify/checks/conservation.ts';
import { type CheckVerdict, judgeCheck, judgeMeasure } from '../../../../runner/verify/judge.ts';
import {
  renderSuiteJson,
  renderSuiteMarkdown,
  renderTable,
} from '../../../../runner/verify/render.ts';

function measure(accept: AcceptedRange, theory = 100): CheckMeasure {
  return { label: 'wait, µs', theory, measured: theory, accept, digits: 3 };
}

describe('check 16', () => {
  it('names a drop reason that never happened, in whichever seed, and what has to cause it', () => {
    const happened = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 1]));
    const { 'no-route': _elsewhere, ...drops } = happened;
    const green = missingDropReasons(DROP_REASONS, drops);
    expect(green).toMatchObject({ label: 'drop reasons that never happened', measured: 0 });
    const red = missingDropReasons([...DROP_REASONS, 'made-up'], { ...drops, mtu: 0 });
    const verdict = judgeCheck(packetConservationCheck, [[green], [red]]);
    expect(verdict.measures).toMatchObject([{ label: red.label, measured: 2, isGreen: false }]);
    expect(red.label).toMatch(/: mtu, made-up \(a link of FORWARD has to cause each\)$/);
  });
});

describe('verdicts', () => {
  it('one seed: theory plus or minus four standard errors', () => {
    const check = measure(acceptPlusMinus(10));
    expect(judgeMeasure(check, [110]).isGreen).toBe(true);
    expect(judgeMeasure(check, [110.001]).isGreen).toBe(false);
    expect(judgeMeasure(check, [89.999]).isGreen).toBe(false);
  });

  it('several seeds: the mean within the interval divided by the root of their number', () => {
    const check = measure(acceptPlusMinus(10));
    expect(judgeMeasure(check, [105, 105, 105, 105]).isGreen).toBe(true);
    expect(judgeMeasure(check, [106, 106, 106, 105]).isGreen).toBe(false);
    // One seed outside the tolerance does not matter if the mean is inside.
    const verdict = judgeMeasure(check, [111, 95, 97, 97]);
    expect([verdict.isGreen, verdict.measured, verdict.high]).toEqual([true, 100, 105]);
  });

  it('exact values and bounds must hold for every seed', () => {
    const exact = judgeMeasure(measure(ACCEPT_EQUAL), [100, 100, 101, 100]);
    expect([exact.isGreen, exact.measured]).toEqual([false, 101]);
    const bound = judgeMeasure(measure(acceptAtMost(0.5), 0), [0.1, 0.6, 0.2]);
    expect([bound.isGreen, bound.measured]).toEqual([false, 0.6]);
    expect(judgeMeasure(measure(acceptWithin(-1, 1), 0), [-1, 0.5]).measured).toBe(-1);
  });

  it('no value is red', () => {
    for (const accept of [ACCEPT_EQUAL, acceptPlusMinus(1), acceptAtMost(1)]) {
      expect(judgeMeasure(measure(accept), [Number.NaN]).isGreen).toBe(false);
      expect(judgeMeasure(measure(accept), [100, Number.NaN]).isGreen).toBe(false);
    }
  });
});

describe('helpers of the checks', () => {
  it('sums beyond 2^53 stay exact', () => {
    const a = new ExactSum();
    const b = new ExactSum();
    for (let i = 0; i < 1_000; i += 1) {
      a.add(Number.MAX_SAFE_INTEGER);
      b.add(Number.MAX_SAFE_INTEGER - (i === 500 ? 1 : 0));
    }
    expect(a.minus(b)).toBe(1);
    expect(b.minus(a)).toBe(-1);
  });

  it('correlates each gap with the next one', () => {
    const alternating = new GapCorrelation();
    let now = 0;
    for (let i = 0; i < 1_000; i += 1) {
      alternating.at(now);
      now += i % 2 === 0 ? 1_000_000 : 3_000_000;
    }
    expect(alternating.lagOne()).toBeCloseTo(-1, 6);
  });
});

const VERDICT: CheckVerdict = {
  id: '8b',
  name: 'a name',
  formula: 'a | b',
  catches: '1 ns',
  isGreen: false,
  measures: [
    judgeMeasure({ ...measure(acceptPlusMinus(16.32145)), label: 'wait, µs' }, [1_234_567.891]),
    judgeMeasure(measure(ACCEPT_EQUAL, 0), [Number.NaN]),
    judgeMeasure({ ...measure(acceptAtMost(0.0072), 0), digits: 6 }, [-0.0000001]),
  ],
};
const REPORT = { verdicts: [VERDICT], seeds: [1], wallSeconds: 1.23 };

describe('rendering', () => {
  it('prints theory, measured, interval and verdict in 80 columns', () => {
    const text = renderTable(REPORT, { colour: false, unicode: true });
    expect(text.split('\n')).toEqual([
      'FAIL  verify   0 of 1 check green   seed 1   1.2 s',
      '',
      ' #  check                                    theory    measured     interval',
      ' 8b a name',
      '      wait, µs                              100.000 1 234 567.891      ± 16.32 RED',
      '      wait, µs                                0.000        none        equal RED',
      '      wait, µs                             0.000000    0.000000    <= 0.0072 ok',
      '',
    ]);
  });

  it('keeps an interval of many zeros within its column: a row of P9 had 81 characters', () => {
    const measures = [judgeMeasure({ ...measure(acceptPlusMinus(1e-9)), digits: 4 }, [100])];
    const report = { ...REPORT, verdicts: [{ ...VERDICT, isGreen: true, measures }] };
    const line = renderTable(report, { colour: false, unicode: true }).split('\n')[3] ?? '';
    expect(line).toMatch(/ ± 1e-9 ok$/);
    expect(line.length).toBeLessThanOrEqual(80);
  });

  it('has no colour and no other character than ASCII where they are not wanted', () => {
    const text = renderTable(REPORT, { colour: false, unicode: false });
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    const coloured = renderTable(REPORT, { colour: true, unicode: true });
    expect(coloured).toContain('\u001b[31m');
  });

  it('names the wrong engine', () => {
    const mutation = { name: 'lifo', mistake: 'the youngest packet is served first' };
    const text = renderTable({ ...REPORT, mutation }, { colour: false, unicode: true });
    expect(text).toContain('wrong engine lifo: the youngest packet is served first');
    expect(JSON.parse(renderSuiteJson({ ...REPORT, mutation }))).toMatchObject({
      mutation: 'lifo',
    });
  });

  it('gives JSON without NaN and infinities', () => {
    const json = JSON.parse(renderSuiteJson(REPORT));
    expect(json).toMatchObject({ schemaVersion: 1, pass: false, seeds: [1] });
    expect(json.checks[0].measures[1]).toMatchObject({ measured: null, pass: false });
    expect(json.checks[0].measures[2]).toMatchObject({ low: null, high: 0.0072, pass: true });
  });

  it('escapes bars in Markdown', () => {
    expect(renderSuiteMarkdown(REPORT)).toContain('| 8b | a name | a \\| b | 1 ns |');
  });
});
