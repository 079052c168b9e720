/** What compressed updates weigh in whole runs, and how well they are learned from. */
import { describe, expect, it } from 'vitest';
import { load, ratio, run, samples } from '../unit/runner/fixture.ts';

const FILE = 'federated-compression.yaml';
/** Parameters of 60-32-10. */
const PARAMETERS = 61 * 32 + 33 * 10;
const TENTH = 228;
const CLIENTS = 20;
const ROUNDS = 20;
const BARE = { 'stack.1.options.secureAggregation': 'none' };

interface Learned {
  readonly up: number;
  readonly best: number;
}

function learned(
  compression: string,
  more: Readonly<Record<string, string>> = {},
  rounds: number = ROUNDS,
): Learned {
  const set = { 'stack.1.options.compression': compression, 'stack.1.options.rounds': `${rounds}` };
  const result = run(load(FILE, { ...set, ...more }));
  const exact = { numerator: rounds, denominator: rounds };
  expect(ratio(result, 'federated.exact')).toMatchObject(exact);
  const bytes = samples(result, 'federated.bytes.up');
  expect(bytes).toHaveLength(CLIENTS * rounds);
  return { up: Math.max(...bytes), best: Math.max(...samples(result, 'dp.accuracy')) };
}

describe('R-161: compression and quantisation of a scenario', () => {
  it('make masked inputs as much shorter as they say, and hardly cost accuracy', () => {
    const whole = learned('none');
    // Keys, shares and heads are the same for all; the rest are elements.
    const fixed = whole.up - 4 * PARAMETERS;
    expect(fixed).toBeGreaterThan(2_600);
    expect(fixed).toBeLessThan(2_800);
    const rows: readonly (readonly [string, number, number])[] = [
      // Sums of twenty: 13 bits for steps of 8, 9 for those of 4.
      ['{ bits: 8 }', Math.ceil((13 * PARAMETERS) / 8), 0.03],
      ['{ bits: 4 }', Math.ceil((9 * PARAMETERS) / 8), 0.03],
      ['{ randomK: 0.1 }', 4 * TENTH, 0.06],
      ['{ sketch: { rows: 5, columns: 100 } }', 4 * 500, 0.04],
    ];
    for (const [compression, bytes, lost] of rows) {
      const { up, best } = learned(compression);
      // Heads of CBOR may be two bytes shorter.
      expect(Math.abs(up - fixed - bytes), compression).toBeLessThanOrEqual(2);
      expect(best, compression).toBeGreaterThan(whole.best - lost);
    }
  });

  it('make updates that nobody hides as much shorter as they say', () => {
    // All rounds are as long as the first, where nothing is left out by its size.
    const weighed = (compression: string): number => learned(compression, BARE, 2).up;
    expect(weighed('none')).toBe(39 + 4 * PARAMETERS);
    expect(weighed('{ bits: 8 }')).toBe(39 + PARAMETERS);
    const random = learned('{ randomK: 0.1 }', BARE);
    const largest = learned('{ topK: 0.1 }', BARE);
    expect(random.up).toBe(39 + 4 * TENTH);
    // Places of 12 bits. Coordinates that are rounded to 0 are not sent either.
    expect(largest.up).toBeLessThanOrEqual(36 + 3 + 342 + 3 + 4 * TENTH);
    expect(largest.up).toBeGreaterThan(1_200);
    expect(random.best).toBeGreaterThan(0.5);
    expect(largest.best).toBeGreaterThan(0.5);
    const above = learned('{ threshold: 0.01 }', BARE);
    expect(above.up).toBeLessThan(0.6 * 4 * PARAMETERS);
    expect(above.best).toBeGreaterThan(0.55);
  });
});
