/**
 * One run of one seed in virtual time, from a checked scenario to a plain result.
 *
 * The result is a pure function of (commit, files, seed), with the same fingerprint on every machine.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import { LimitWatch } from '../experiment/limit-watch.ts';
import { runPhases } from '../phases/run-phases.ts';
import { runStepsAtOnce } from '../phases/steps.ts';
import { SetUpMemoryGuard } from '../worlds/set-up-memory.ts';
import {
  assembleSeed,
  type PreparedRun,
  runNamingCrashedNode,
  type SeedRunInput,
} from './assemble-seed.ts';
import { VirtualDriver } from './virtual-driver.ts';

/**
 * Runs one seed to its end.
 * @param watch Called with the parts of the run before nodes are created.
 */
export function runSeed(run: SeedRunInput, watch?: (prepared: PreparedRun) => void): SeedResult {
  const began = performance.now();
  const memory = new SetUpMemoryGuard(run.registry.machine.memory);
  const assembled = assembleSeed({ memory, ...run });
  watch?.(assembled);
  const limits = run.endsOnMiss === true ? new LimitWatch(assembled.world, assembled) : undefined;
  const driver = new VirtualDriver(assembled, { control: run.control, began, memory, limits });
  return runNamingCrashedNode(assembled, () => runStepsAtOnce(runPhases(driver)));
}
