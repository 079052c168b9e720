/**
 * A round of ten clients with 10 MB each, with masks, all layers below and all messages, in virtual time on one core.
 *
 * `npm run bench -- federated-round`
 *
 * @module
 */

import { runSeed } from '../runner/run/run-seed.ts';
import { loadScenario } from '../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { type BenchResult, cpuTimeUs } from './bench-result.ts';
import { inTurnWithLoop, type MeasuredFigure } from './in-turn.ts';

/** Name of this benchmark for `npm run bench -- federated-round`. */
export const name = 'federated-round';

const ROUNDS = 1;
const US_PER_S = 1e6;
const TARGET_S = 10;

/** Measures a round of the scenario `federated-large`. */
export async function run(): Promise<readonly BenchResult[]> {
  const registry = new ProtocolRegistry();
  const scenario = loadScenario({
    path: 'federated-large.yaml',
    folders: SHIPPED_FILE_FOLDERS,
    registry,
    overrides: { 'stack.1.options.rounds': '1' },
  });
  const round = (): readonly MeasuredFigure[] => {
    const us = cpuTimeUs(() => {
      const exact = runSeed({ scenario, registry, seed: 1 }).metrics['federated.exact'];
      if (exact?.kind !== 'ratio' || exact.numerator !== 1) throw new Error('void: no exact sum');
    });
    return [{ name: 'ten clients of 10 MB', unit: 's/round', value: us / US_PER_S }];
  };
  const results = await inTurnWithLoop([round], ROUNDS);
  return results.map((result) => ({ ...result, target: TARGET_S }));
}
