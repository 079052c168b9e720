/** The fingerprints that are kept, and what a run has to say that gives others. */
import { readFileSync } from 'node:fs';
import {
  commandOf,
  type GoldenResult,
  type GoldenRun,
  runGolden,
} from '../../tools/golden/golden-runs.ts';

export const KEPT = JSON.parse(
  readFileSync(new URL('./golden.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly GoldenResult[]>>;

/** Runs these seeds; empty when each gives the fingerprint that is kept. */
export function movedFrom(name: string, run: GoldenRun, seeds: readonly number[]): string {
  const lines = runGolden({ ...run, seeds }).flatMap((found) => {
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
