/**
 * Runs one seed twice and names the first event that differs (docs/spec/fingerprint.md).
 *
 * Checkpoints are compared first. Only if two differ, both runs are repeated with full records of the
 * interval before them.
 *
 * @module
 */
import { describeDivergence, findDivergence } from '../../engine/core/divergence.ts';
import type { Fingerprint } from '../../engine/core/fingerprint.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { runGuardingClocks, runReportingCrashes } from '../crash/crash-context.ts';
import { prepareSeed, type SeedRunInput } from './assemble-seed.ts';

/** Whether two runs of one seed had the same fingerprint; if not, where they diverged. */
export type DeterminismVerdict =
  | { readonly kind: 'same'; readonly fingerprint: string; readonly events: number }
  | { readonly kind: 'different'; readonly text: string };

/** Runs a seed twice and compares the two runs. */
export function checkDeterminism(run: SeedRunInput): DeterminismVerdict {
  const { scenario } = run;
  let last: Fingerprint | undefined;
  const once = (fingerprint: Fingerprint): void => {
    const { world, experiment, crashContext } = prepareSeed({ ...run, fingerprint });
    const toTheEnd = (): void => {
      experiment.onDone = (): void => world.sim.scheduler.stop();
      while (world.now() < experiment.overNs) world.sim.runUntil(experiment.overNs);
      experiment.finish();
    };
    runReportingCrashes(crashContext, () => runGuardingClocks(crashContext, toTheEnd));
    last = fingerprint;
  };
  const divergence = findDivergence(once, scenario.topology.hosts.length);
  if (divergence === undefined) {
    return { kind: 'same', fingerprint: last?.digest() ?? '', events: last?.count ?? 0 };
  }
  return { kind: 'different', text: describeDivergence(divergence, nodeNames(scenario)) };
}

function nodeNames(scenario: Scenario): (node: number) => string {
  return (node) => scenario.topology.hosts[node]?.name ?? `${node}`;
}
