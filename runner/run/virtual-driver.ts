/**
 * Makes virtual time pass in slices; between slices, progress is reported and the run can be stopped.
 *
 * Slices without events are skipped, so that an idle hour costs nothing.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { LimitWatch } from '../experiment/limit-watch.ts';
import { RunCheckpoints } from '../experiment/run-checkpoints.ts';
import { SLICE_NS, sliceEnd } from '../experiment/slices.ts';
import { SteppedInjection } from '../injection/stepped.ts';
import type { ElapsedTimeFacts, RunDriver, RunDriverParts } from '../phases/run-phases.ts';
import type { PromiseSteps } from '../phases/steps.ts';
import type { SetUpMemoryGuard } from '../worlds/set-up-memory.ts';
import type { PreparedRun } from './assemble-seed.ts';
import type { RunSteering } from './run-control.ts';

interface TimeParts {
  readonly control: RunSteering | undefined;
  /** When the run began, by `performance.now` of this thread, ms. */
  readonly began: number;
  readonly memory: SetUpMemoryGuard;
  readonly limits: LimitWatch | undefined;
}

/** Passes virtual time, slice after slice, as fast as the processor can. */
export class VirtualDriver implements RunDriver {
  readonly #assembled: PreparedRun;
  readonly #control: RunSteering | undefined;
  readonly #began: number;
  readonly #book: RunCheckpoints;
  readonly #memory: SetUpMemoryGuard;
  readonly #limits: LimitWatch | undefined;
  #setUpBytes = 0;
  #injection: SteppedInjection | undefined;
  #beganMs = 0;
  #endedMs = 0;
  #engineMs = 0;

  constructor(assembled: PreparedRun, { control, began, memory, limits }: TimeParts) {
    this.#memory = memory;
    this.#limits = limits;
    this.#assembled = assembled;
    this.#control = control;
    this.#began = began;
    this.#book = new RunCheckpoints(assembled.scenario, SLICE_NS);
  }

  assemble(): PreparedRun {
    return this.#assembled;
  }

  prepare(act: () => void): void {
    act();
    this.#setUpBytes = this.#memory.takenBytes();
  }

  // biome-ignore lint/correctness/useYield: virtual time waits for nothing.
  *pass(passing: RunDriverParts): PromiseSteps<SeedResult['ending']> {
    this.#injection = this.#injectionOf(passing);
    this.#beganMs = epochMs();
    const ending = this.#advance(passing);
    this.#endedMs = epochMs();
    return ending;
  }

  facts(): ElapsedTimeFacts {
    const { world, warnings } = this.#assembled;
    const { fingerprint, scheduler } = world.sim;
    const wallMs = performance.now() - this.#began;
    return { fingerprint, events: scheduler.eventCount, wallMs, warnings };
  }

  addTo(result: SeedResult): SeedResult {
    const engine = { beganMs: this.#beganMs, endedMs: this.#endedMs, busyMs: this.#engineMs };
    const { world, scenario } = this.#assembled;
    const nodes = { count: scenario.topology.hosts.length, bytes: this.#setUpBytes };
    const memory = { nodes, packets: world.packetMemory() };
    return { ...result, engine, memory, checkpoints: this.#book.checkpoints };
  }

  #advance({ experiment, recording }: RunDriverParts): SeedResult['ending'] {
    const { world } = this.#assembled;
    const control = this.#control;
    experiment.onDone = (): void => world.sim.scheduler.stop();
    for (let at = world.now(); at < experiment.overNs; ) {
      this.#injection?.between(at);
      const untilNs = this.#nextStop(at, experiment.overNs);
      const began = performance.now();
      world.sim.runUntil(untilNs);
      // `untilNs` may not be reached, if the work was done earlier.
      at = world.now();
      this.#engineMs += performance.now() - began;
      this.#book.pass(at, world.sim);
      recording.tick(at, experiment);
      if (at < experiment.overNs && this.#limits?.isMissed(at, experiment) === true)
        return 'aborted';
      if (control === undefined) continue;
      const { eventCount: events } = world.sim.scheduler;
      control.report({ nowNs: at, events, engineMs: this.#engineMs });
      const reason = control.stopReason;
      if (reason !== undefined && at < experiment.overNs) return reason;
    }
    return 'complete';
  }

  /** The end of the next slice with an event; of the next slice if the run is paced. */
  #nextStop(at: number, overNs: number): number {
    const { scheduler } = this.#assembled.world.sim;
    const nextNs = this.#injection?.isPaced === true ? at : scheduler.peekTime();
    const sliceNs = Math.max(sliceEnd(at + 1), sliceEnd(nextNs));
    return Math.min(overNs, this.#book.nextAfter(at), sliceNs);
  }

  #injectionOf({ experiment, recording, injector }: RunDriverParts): SteppedInjection | undefined {
    const { world, injection } = this.#assembled;
    if (injection === undefined || injector === undefined) return undefined;
    return new SteppedInjection({
      injector,
      speed: injection.speed,
      runUntil: (atNs): void => world.sim.runUntil(atNs),
      onWait: (): void => recording.tick(world.now(), experiment),
      isStopped: (): boolean => this.#control?.stopReason !== undefined,
    });
  }
}

/** Unix time, ms, by a clock that all threads of this process share. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
