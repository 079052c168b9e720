/** Results as lines of a file: nothing is lost, nothing foreign is taken. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../../reports/judge.ts';
import type { SeedResult } from '../../../../reports/model.ts';
import { makeJudgeInput } from '../../../../runner/run/run-order.ts';
import {
  packResult,
  trimResultToKpis,
  unpackResult,
} from '../../../../runner/sweep/packed-result.ts';
import { load, run } from '../fixture.ts';

const scenario = load('failover.yaml', { duration: '20s' });
const result = run(scenario);

describe('a packed result', () => {
  it('is a line, and comes back as it was', () => {
    const text = packResult(result);
    expect(text).not.toContain('\n');
    expect(unpackResult(text)).toEqual(result);
  });

  it('keeps what JSON has no word for', () => {
    const odd: SeedResult = {
      ...result,
      metrics: {
        a: {
          kind: 'histogram',
          data: {
            counts: new Float64Array([1, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]),
            ...{ count: 0, sumHigh: 0, sumLow: -0 },
            ...{ min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY },
          },
        },
        b: { kind: 'samples', values: [Number.NaN, 1e308] },
      },
    };
    expect(unpackResult(packResult(odd))).toEqual({ ...odd, metrics: odd.metrics });
  });

  it.each([
    ['nothing', ''],
    ['no base64', 'ä!'],
    ['no deflate', Buffer.from('hello').toString('base64')],
    ['no JSON', deflateRawSync('{').toString('base64')],
    ['no result', deflateRawSync('{"seed":1}').toString('base64')],
    ['null', deflateRawSync('null').toString('base64')],
    ['a bomb', deflateRawSync(Buffer.alloc(300 * 1024 * 1024)).toString('base64')],
    ['a list of 100 MB', deflateRawSync(`[${'0,'.repeat(50e6)}0]`).toString('base64')],
    ['millions of maps', deflateRawSync(`[${'{},'.repeat(2e6)}0]`).toString('base64')],
    ['a text of 30 MB', 'A'.repeat(30e6)],
  ])('is not %s', (_what, text) => {
    expect(unpackResult(text)).toBeUndefined();
  });

  it('is given up within seconds, whatever it inflates to', () => {
    const text = deflateRawSync(`[${'{},'.repeat(21e6)}0]`).toString('base64');
    const began = performance.now();
    expect(unpackResult(text)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('is refused by name when it would not be read again', () => {
    const values = Array.from({ length: 1_100_000 }, () => 0);
    const large: SeedResult = { ...result, metrics: { a: { kind: 'samples', values } } };
    expect(() => packResult(large)).toThrow(/^seed 1: a result of \d+ MB is too large for a sweep/);
  });

  it('is a tenth of the size without what KPIs do not need, and is judged alike', () => {
    const part = trimResultToKpis(result, scenario.kpis);
    const facts = { scenario, definitions: [], commit: 'test', reproduce: '' };
    const kpisOf = (one: SeedResult): unknown => judgeRun(makeJudgeInput(facts, [one], 0)).kpis;
    expect(kpisOf(part)).toEqual(kpisOf(result));
    expect(packResult(part).length).toBeLessThan(packResult(result).length / 3);
  });
});
