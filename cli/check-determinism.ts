/**
 * `--check-determinism`: runs each seed twice and stops at the first divergence, with exit code 4.
 *
 * @module
 */

import { checkDeterminism as check } from '../runner/run/check-determinism.ts';
import { refuseTwinsAndNetworks } from '../runner/run/planned-runs.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import type { ExitCode } from './exit.ts';
import type { OpenedScenario } from './load.ts';
import type { RunFlags } from './run-flags.ts';
import { seedsToRun } from './seeds.ts';

/** Checks every seed of the flags, one after the other. */
export async function checkDeterminism(loaded: OpenedScenario, flags: RunFlags): Promise<ExitCode> {
  const { scenario } = loaded;
  refuseTwinsAndNetworks(scenario, '--check-determinism');
  const registry = new ProtocolRegistry();
  await registry.loadNamedBy(scenario.file, SHIPPED_FILE_FOLDERS, scenario.overrides);
  for (const seed of seedsToRun(scenario, flags)) {
    const verdict = check({ scenario, registry, seed });
    if (verdict.kind === 'different') {
      process.stdout.write(`NOT DETERMINISTIC  ${scenario.name}  seed ${seed}\n${verdict.text}\n`);
      return 4;
    }
    const { fingerprint, events } = verdict;
    process.stdout.write(
      `SAME  ${scenario.name}  seed ${seed}  2 runs  ${events} events  fingerprint ${fingerprint}\n`,
    );
  }
  return 0;
}
