/**
 * Runs the seeds of a scenario on a fleet.
 *
 * @module
 */
import { judge } from '../reports/judge.ts';
import type { SeedResult } from '../reports/model.ts';
import type { FleetExecutor } from '../runner/fleet/fleet-executor.ts';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { judgeInputOf, type RunEnd, type RunOrder } from '../runner/run/run-order.ts';
import { foreignAnswer } from '../runner/sweep/foreign-answer.ts';
import type { SweepCombination } from '../runner/sweep/run-sweep.ts';
import { sourceState } from '../runner/sweep/source-state.ts';
import type { ScenarioRunner } from './execute.ts';
import type { ExitCode } from './exit.ts';
import { openFleet } from './open-fleet.ts';

/** A runner that has its runs made by a fleet, until it is closed. */
export interface FleetRunner extends ScenarioRunner {
  /** Exit codes in addition to that of the run: 4 if two workers had different results. */
  codes(): readonly ExitCode[];
  close(): Promise<void>;
}

/** Connects to a fleet. */
export async function fleetRunner(queue: QueueAddress): Promise<FleetRunner> {
  // Fresh: a scenario runs anew each time, whatever results the fleet has.
  const { fleet, tellConflicts, close } = await openFleet(queue, sourceState(), true);
  return { command: 'scenario', run: (order) => runOn(fleet, order), codes: tellConflicts, close };
}

async function runOn(fleet: FleetExecutor, order: RunOrder): Promise<RunEnd> {
  const began = performance.now();
  const { scenario, definitions, seeds, signal } = order;
  const { overrides: parameters } = scenario;
  const cell: SweepCombination = {
    ...{ scenario, definitions, parameters, forgeries: {}, index: 0, isKept: true },
  };
  const onAbort = (): void => fleet.stop();
  signal?.addEventListener('abort', onAbort, { once: true });
  const done: SeedResult[] = [];
  const answers = await Promise.all(
    seeds.map(async (seed) => {
      const answer = foreignAnswer(seed, await fleet.run(cell, seed), (result) =>
        judge(judgeInputOf(order, [result], 0)),
      );
      if (answer.kind === 'result') done.push(answer.result);
      tell(order, done, began);
      return answer;
    }),
  );
  signal?.removeEventListener('abort', onAbort);
  await fleet.forget();
  const failed = answers.find((answer) => answer.kind !== 'result');
  if (failed !== undefined) return failed;
  return { kind: 'judged', input: judgeInputOf(order, done, performance.now() - began) };
}

function tell(order: RunOrder, done: readonly SeedResult[], began: number): void {
  order.onProgress?.({
    seedsDone: done.length,
    seeds: order.seeds.length,
    nowNs: 0,
    durationNs: order.scenario.durationNs,
    events: done.reduce((sum, { events }) => sum + events, 0),
    wallMs: performance.now() - began,
  });
}
