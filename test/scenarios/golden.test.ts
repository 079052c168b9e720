/**
 * Short runs of the shipped scenarios give the fingerprints that are kept, on every machine and Node
 * version (spec/simulation.md 6.7).
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  commandOf,
  GOLDEN_RUNS,
  type GoldenResult,
  runGolden,
} from '../../tools/golden/golden-runs.ts';

const kept = JSON.parse(
  readFileSync(new URL('./golden.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly GoldenResult[]>>;

describe('fingerprints', () => {
  it('are kept for at least five scenarios and three seeds', () => {
    expect(Object.keys(kept)).toEqual(Object.keys(GOLDEN_RUNS));
    expect(Object.keys(kept).length).toBeGreaterThanOrEqual(5);
    for (const results of Object.values(kept)) expect(results).toHaveLength(3);
  });

  it.each(Object.entries(GOLDEN_RUNS))('of %s are those that are kept', (name, run) => {
    const moved = runGolden(run).flatMap((found, index) => {
      const expected = kept[name]![index]!;
      if (found.fingerprint === expected.fingerprint && found.events === expected.events) return [];
      return [
        `seed ${found.seed}: kept ${expected.fingerprint} after ${expected.events} events, now ${found.fingerprint} after ${found.events}`,
        `  ${commandOf(run, found.seed)}`,
        '  meant: npm run golden, and a line under Results in CHANGELOG.md',
      ];
    });
    expect(moved.join('\n')).toBe('');
  });

  it('differ between seeds, unless a scenario draws nothing', () => {
    // Constant traffic over a link without impairments: hello has no draw at all.
    for (const [name, results] of Object.entries(kept)) {
      const different = new Set(results.map(({ fingerprint }) => fingerprint)).size;
      expect(different, name).toBe(name === 'hello' ? 1 : results.length);
    }
  });
});
