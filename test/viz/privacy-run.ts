/**
 * Runs with privacy results for tests: a complete report, and one as an older version wrote it.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeRun } from '../../reports/judge.ts';
import { PRIVACY_METRICS } from '../../reports/privacy/kpis.ts';
import { measurePrivacy } from '../../reports/privacy/measure.ts';
import type { PrivacySummary } from '../../reports/privacy/summary.ts';
import { runInput } from '../unit/reports/fixture.ts';
import { stratifiedNodes, stratifiedTruth } from '../unit/reports/privacy/hand-made.ts';

const SPEC = { rate: 100, layers: 3, width: 2, meanSeconds: 0.1, seconds: 20, clients: 6 };

function measured(): PrivacySummary {
  const mixes = stratifiedNodes(SPEC)
    .filter((name) => name.startsWith('mix'))
    .map((name) => ({ name, law: { kind: 'exponential' } as const, meanDelayNs: 1e8 }));
  const { summary } = measurePrivacy(stratifiedTruth(SPEC), {
    ...{ mixes, corrupt: [], warmupNs: 2e9, everyNs: 2e8, endNs: 20e9, seed: 1, asked: new Set() },
    sizes: new Map([[1_000, 1]]),
  });
  const roc = [0, 0.5, 1].map((x) => ({ falsePositive: x, truePositive: Math.sqrt(x) }));
  return {
    ...summary,
    attacks: [
      {
        ...{
          attack: 'correlation',
          success: 0.6,
          low: 0.5,
          high: 0.7,
          trials: 20,
          chance: 0.5,
          roc,
        },
        ...{ interval: 'DeLong 95 %', adversary: 'global passive, links only', estimator: 'area' },
      },
    ],
  };
}

/** A summary as in older reports, without the parts that are drawn here. */
function old({ journey: _, linkability: _pairs, ...summary }: PrivacySummary): PrivacySummary {
  return summary;
}

/** Writes the runs `whole/1` and `old/1` to a folder. */
export function writePrivacyRuns(runs: string): void {
  const summary = measured();
  const input = runInput({ seeds: 1, slowdown: 1 });
  const save = (name: string, privacy: PrivacySummary): void => {
    const seeds = input.seeds.map((seed) => ({ ...seed, privacy }));
    const definitions = [...input.definitions, ...PRIVACY_METRICS];
    mkdirSync(join(runs, name, '1'), { recursive: true });
    const report = judgeRun({ ...input, definitions, seeds });
    writeFileSync(join(runs, name, '1/report.json'), JSON.stringify(report));
  };
  save('whole', summary);
  save('old', old(summary));
}
