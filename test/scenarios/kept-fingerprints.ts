/** The stored fingerprints, and the message for a run that gives different ones. */
import { readFileSync } from 'node:fs';
import type { SeedResult } from '../../reports/model.ts';
import { commandOf, type GoldenResult, type GoldenRun } from '../../tools/golden/golden-runs.ts';

export const KEPT = JSON.parse(
  readFileSync(new URL('./golden.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly GoldenResult[]>>;

/** The first golden run that records a metric. */
export const RECORDED = JSON.parse(
  readFileSync(new URL('./golden-metrics.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

/** The result is empty if each seed gave the stored fingerprint. */
export function movedFrom(name: string, run: GoldenRun, seeds: readonly SeedResult[]): string {
  const lines = seeds.flatMap((found) => {
    const expected = KEPT[name]!.find(({ seed }) => seed === found.seed)!;
    if (found.fingerprint === expected.fingerprint && found.events === expected.events) return [];
    return [
      `seed ${found.seed}: kept ${expected.fingerprint} after ${expected.events} events, now ${found.fingerprint} after ${found.events}`,
      `  ${commandOf(run, found.seed)}`,
      '  meant: npm run golden, and a line under Results in CHANGELOG.md',
    ];
  });
  return lines.join('\n');
}
