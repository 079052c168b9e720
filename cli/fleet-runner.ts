/**
 * Runs the seeds of a scenario on a fleet.
 *
 * @module
 */
import { judgeRun } from '../reports/judge.ts';
import type { FleetExecutor } from '../runner/fleet/fleet-executor.ts';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { type DoneRun, type PlannedRun, plannedRuns } from '../runner/run/planned-runs.ts';
import {
  judgeInputOfRuns,
  makeJudgeInput,
  type RunEnd,
  type RunRequest,
} from '../runner/run/run-order.ts';
import type { SweepCombination } from '../runner/sweep/run-sweep.ts';
import { sourceState } from '../runner/sweep/source-state.ts';
import { checkUntrustedAnswer } from '../runner/sweep/untrusted-answer.ts';
import { openScenario } from '../scenarios/open/open.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import type { ScenarioRunner } from './execute.ts';
import type { ExitCode } from './exit.ts';
import { connectToFleet } from './open-fleet.ts';

/** A {@link ScenarioRunner} whose runs are made by the workers of a fleet, until it is closed. */
export interface FleetRunner extends ScenarioRunner {
  /** Exit codes in addition to that of the run: 4 if two workers had different results. */
  codes(): readonly ExitCode[];
  close(): Promise<void>;
}

/** Connects to the queue of a fleet, and returns the runner that has seeds run by its workers. */
export async function openFleetRunner(queue: QueueAddress): Promise<FleetRunner> {
  // Every run is made anew (isFresh), even if the fleet has its result from an earlier run.
  const { fleet, tellConflicts, close } = await connectToFleet(queue, sourceState(), true);
  return { command: 'scenario', run: (order) => runOn(fleet, order), codes: tellConflicts, close };
}

async function runOn(fleet: FleetExecutor, order: RunRequest): Promise<RunEnd> {
  const began = performance.now();
  const { signal } = order;
  const runs = plannedRuns(order.scenario, order.seeds);
  const cells = await cellsOf(order, runs);
  const onAbort = (): void => fleet.stop();
  signal?.addEventListener('abort', onAbort, { once: true });
  const done: DoneRun[] = [];
  const answers = await Promise.all(
    runs.map(async ({ seed, isTwin }, at) => {
      const cell = cells[at] as SweepCombination;
      const answer = checkUntrustedAnswer(seed, await fleet.run(cell, seed), (result) =>
        judgeRun(makeJudgeInput(order, [result], 0)),
      );
      if (answer.kind === 'result') done.push({ result: answer.result, isTwin });
      tell(order, { done, began, runs: runs.length });
      return answer;
    }),
  );
  signal?.removeEventListener('abort', onAbort);
  await fleet.forget();
  const failed = answers.find((answer) => answer.kind !== 'result');
  if (failed !== undefined) return failed;
  return { kind: 'judged', input: judgeInputOfRuns(order, done, performance.now() - began) };
}

/**
 * Opens the scenario for each run, with the overrides of that run; runs with equal overrides share
 * one object.
 */
async function cellsOf(
  { scenario, definitions }: RunRequest,
  runs: readonly PlannedRun[],
): Promise<readonly SweepCombination[]> {
  const opened = new Map<string, SweepCombination>();
  const cells: SweepCombination[] = [];
  for (const { overrides: parameters } of runs) {
    const key = JSON.stringify(parameters);
    const isSame = key === JSON.stringify(scenario.overrides);
    const cell = opened.get(key) ?? {
      ...(isSame
        ? { scenario, definitions, forgeries: {} }
        : await openScenario(scenario.file, parameters, new ProtocolRegistry())),
      ...{ parameters, index: 0, isKept: true },
    };
    opened.set(key, cell);
    cells.push(cell);
  }
  return cells;
}

function tell(
  order: RunRequest,
  at: { readonly done: readonly DoneRun[]; readonly began: number; readonly runs: number },
): void {
  const { done, began, runs } = at;
  order.onProgress?.({
    seedsDone: done.length,
    seeds: runs,
    nowNs: 0,
    durationNs: order.scenario.durationNs,
    events: done.reduce((sum, { result }) => sum + result.events, 0),
    wallMs: performance.now() - began,
  });
}
