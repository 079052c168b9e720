/**
 * Waits by the wall clock, in steps of a run: until nodes are ready, and until the run is over.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { SeedResult } from '../../reports/model.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { PromiseSteps } from '../phases/steps.ts';
import { pause } from './pause.ts';
import type { RunRequest } from './run-order.ts';
import { EarlyRunEnder, stoppedDrainMs } from './wall-clock-run.ts';

const NS_PER_MS = 1_000_000;

/** Reports a failure outside the steps of a run, such as in a callback, and ends the present wait. */
export class FailureSignal {
  readonly promise: Promise<never>;
  /** Reports the failure; only the first call counts. */
  readonly fail: (error: unknown) => void;

  constructor() {
    let reject: (error: unknown) => void = () => undefined;
    this.promise = new Promise<never>((_, refuse) => {
      reject = refuse;
    });
    this.fail = reject;
    // A failure before somebody waits for it must not count as an unhandled rejection.
    this.promise.catch(() => undefined);
  }

  /** Waits for `ms`; rejects at once if something fails. */
  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return Promise.race([this.promise, pause(ms, signal)]);
  }
}

/** The longest wait, the interval between two checks, and a condition that ends the wait early. */
export interface WaitTerms {
  readonly maxMs: number;
  readonly pollMs: number;
  readonly failure: FailureSignal;
  /** Ends the wait early if it returns true. */
  readonly isOver?: () => boolean;
}

/** Waits until `left` returns an empty list, or until the time is up; returns the last list. */
export function* waitUntilNone<T>(
  left: () => readonly T[],
  { maxMs, pollMs, failure, isOver }: WaitTerms,
): PromiseSteps<readonly T[]> {
  const lateAt = performance.now() + maxMs;
  while (left().length > 0 && performance.now() <= lateAt && isOver?.() !== true) {
    yield failure.pause(pollMs);
  }
  return left();
}

/** A run whose time passes by the wall clock. */
export interface WallClockRunParts {
  readonly experiment: Experiment;
  readonly failure: FailureSignal;
  /** Time of the scenario, ns. */
  readonly now: () => number;
  /** Longest wait between two checks of whether the run is over, ms. */
  readonly turnMs: number;
  readonly turn?: () => void;
  /** True if a limit cannot be met any more; called at each check. */
  readonly isMissed?: () => boolean;
  /** Stops the sources of a run that is stopped. */
  readonly mute: () => void;
}

/** Waits until the run is over. If it is stopped, its sources are stopped and it drains for a moment. */
export function* waitUntilOver(
  order: RunRequest,
  { experiment, failure, now, turnMs, turn, isMissed, mute }: WallClockRunParts,
): PromiseSteps<SeedResult['ending']> {
  const early = new EarlyRunEnder(order);
  let ending: SeedResult['ending'] | undefined;
  while (now() < experiment.overNs && !early.signal.aborted && ending === undefined) {
    const leftMs = Math.ceil((experiment.overNs - now()) / NS_PER_MS);
    yield failure.pause(Math.min(turnMs, leftMs), early.signal);
    turn?.();
    if (isMissed?.() === true) ending = 'aborted';
  }
  if (now() >= experiment.overNs) return 'complete';
  mute();
  yield failure.pause(stoppedDrainMs(order.scenario));
  return ending ?? early.ending;
}

/** The warning about nodes that cannot carry traffic when the time begins. */
export function notReadyText(maxMs: number, names: readonly string[]): string {
  return `not ready after ${maxMs / 1000} s: ${names.join(', ')}`;
}
