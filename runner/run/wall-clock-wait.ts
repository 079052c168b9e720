/**
 * Waiting by the wall clock, in steps of a run: until nodes are ready, and until the run is over.
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

/** A failure outside the steps of a run, such as in a callback; it ends whatever the run waits for. */
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
    // Before somebody waits, a failure must not be reported as unhandled.
    this.promise.catch(() => undefined);
  }

  /** Waits, unless something fails. */
  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return Promise.race([this.promise, pause(ms, signal)]);
  }
}

/** The longest wait, the interval between two checks, and what ends it early. */
export interface WaitTerms {
  readonly maxMs: number;
  readonly pollMs: number;
  readonly failure: FailureSignal;
  /** Ends the waiting early. */
  readonly isOver?: () => boolean;
}

/** Waits until `left` returns nothing, or until time is up; returns what is left then. */
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
  /** Longest wait between two turns. */
  readonly turnMs: number;
  readonly turn?: () => void;
  /** True at a turn after which a limit cannot be met any more. */
  readonly isMissed?: () => boolean;
  /** Silences the sources of a run that is stopped. */
  readonly mute: () => void;
}

/** Waits until the run is over. One that is stopped is silenced, and drains for a moment. */
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
export function notReady(maxMs: number, names: readonly string[]): string {
  return `not ready after ${maxMs / 1000} s: ${names.join(', ')}`;
}
