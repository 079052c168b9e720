/**
 * Runs a scenario on real sockets in this process, seed after seed, by the wall clock. File, experiment
 * and estimators are the same as in virtual time.
 *
 * Nodes get up to ten seconds to become ready before the scenario's time begins; after its end,
 * packets under way may still arrive. A run that is interrupted stops its sources, drains and
 * reports.
 *
 * @module
 */

import { performance } from 'node:perf_hooks';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { LogLevel } from '../../engine/live/live-log.ts';
import type { LiveWorldOptions } from '../../engine/live/live-world.ts';
import { NodeCalls } from '../../engine/net/node-calls.ts';
import type { SeedResult } from '../../reports/model.ts';
import { LIVE_METRICS } from '../../scenarios/metrics/live-metrics.ts';
import { nodeMachine } from '../../scenarios/open/node-machine.ts';
import { makeProtocolStackFinder, type ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { type MessageAccounting, startLiveMessageAccounting } from '../accounts/account.ts';
import { findCrash, makeCrashContext } from '../crash/crash-context.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { makeLimitWatch } from '../experiment/limit-watch.ts';
import { provisionRun } from '../nodes/run-provision.ts';
import { randomSecrets } from '../nodes/secret-source.ts';
import { assembleRun } from '../phases/assemble-run.ts';
import {
  type AssembledRun,
  type ElapsedTimeFacts,
  type RunDriver,
  type RunDriverParts,
  runPhases,
} from '../phases/run-phases.ts';
import { type PromiseSteps, runStepsWaiting } from '../phases/steps.ts';
import { livePrivacyWarning } from '../privacy/privacy.ts';
import { makeLiveRecorders } from '../recording/recorders.ts';
import { withTrafficOfSeed } from '../traffic/drawn-pairs.ts';
import { RunFlows } from '../traffic/run-flows.ts';
import { makeHandoverMatcher } from '../worlds/live/handover-metrics.ts';
import { LiveMeter } from '../worlds/live/live-meter.ts';
import { type LiveRunWorld, makeLiveWorld } from '../worlds/live/live-world.ts';
import { measureMachinePace } from '../worlds/live/machine-pace.ts';
import { findLiveRunObstacle } from '../worlds/live/real-ports.ts';
import type { SeedAnswer } from './job.ts';
import { pause } from './pause.ts';
import type { RunEnd, RunRequest } from './run-order.ts';
import { makeFailureAnswer } from './seed-answer.ts';
import {
  NO_FINGERPRINT,
  nodeLogSink,
  type RunningSeed,
  reportProgress,
  runInTurn,
  type WatchdogParts,
} from './wall-clock-run.ts';
import { FailureSignal, notReadyText, waitUntilNone, waitUntilOver } from './wall-clock-wait.ts';

/** The flags of a live run. */
export interface LiveSettings {
  readonly shape?: LiveWorldOptions['shape'];
  readonly precision?: LiveWorldOptions['precision'];
  /** Log lines from this level on go to stderr; none if absent. */
  readonly log?: LogLevel;
  /** Folder of the stores; if absent, a temporary folder that is removed at the end. */
  readonly stateFolder?: string;
}

/** The scenario and seeds of a live run. */
export interface LiveRunRequest extends RunRequest, LiveSettings, WatchdogParts {
  readonly registry: ProtocolLookup;
}

/** After this time, the measurement starts even if some nodes are not ready, ms. */
const READY_MAX_MS = 10_000;
const READY_POLL_MS = 10;
const PROGRESS_MS = 100;
const DONE_POLL_MS = 20;
const KERNEL_DRAIN_MS = 20;
const MS_PER_S = 1_000;

/** Runs all seeds of a scenario on real sockets, one after the other. */
export function runLive(order: LiveRunRequest): Promise<RunEnd> {
  const facts = { mode: 'live', cpu: 'real', definitions: LIVE_METRICS } as const;
  return runInTurn(order, facts, (turn) => runLiveSeed(order, turn));
}

/** Runs one seed of a scenario on real sockets. */
export async function runLiveSeed(order: LiveRunRequest, turn: RunningSeed): Promise<SeedAnswer> {
  const scenario = withTrafficOfSeed(order.scenario, turn.seed);
  const obstacle = findLiveRunObstacle(scenario);
  if (obstacle !== undefined) return { kind: 'scenario-error', ...obstacle };
  const driver = new LiveDriver({ ...order, scenario }, turn);
  try {
    return { kind: 'result', result: await runStepsWaiting(runPhases(driver)) };
  } catch (error) {
    return makeFailureAnswer(driver.findCrash(error), turn.seed);
  }
}

/** The driver of a live run: time passes by the wall clock. */
class LiveDriver implements RunDriver {
  readonly #order: LiveRunRequest;
  readonly #turn: RunningSeed;
  readonly #stackOf: ProtocolStackOf;
  readonly #warnings: string[];
  readonly #failure = new FailureSignal();
  readonly #began = performance.now();
  #made: LiveRunWorld | undefined;
  #meter: LiveMeter | undefined;
  /**
   * Speed of the machine, measured before nodes start: during the run, measuring would stall nodes for
   * 50 ms.
   */
  #pace = Number.NaN;
  /** Number of datagrams received by the instant at which nodes stopped getting any. */
  #handledUpTo = 0;

  constructor(order: LiveRunRequest, turn: RunningSeed) {
    this.#order = order;
    this.#turn = turn;
    this.#stackOf = makeProtocolStackFinder(order.scenario, order.registry);
    this.#warnings = [...order.scenario.warnings, ...livePrivacyWarning(order.scenario)];
    // Calls of nodes before the scenario's time 0 are reported with the time 0.
    this.#noteZero(Number.POSITIVE_INFINITY);
  }

  /** The {@link NodeCrash} for an error that a node caused; else the error itself. */
  findCrash(error: unknown): unknown {
    if (this.#made === undefined) return error;
    const { hosts } = this.#order.scenario.topology;
    const crashContext = {
      machine: nodeMachine,
      hosts,
      stackOf: this.#stackOf,
      seed: this.#turn.seed,
    };
    return findCrash(error, makeCrashContext(this.#world, crashContext));
  }

  assemble(): AssembledRun {
    this.#made = this.#makeWorld();
    return this.#assemble(this.#made.world);
  }

  *open(): PromiseSteps<void> {
    this.#pace = measureMachinePace();
    yield this.#world.sim.warm();
  }

  prepare(act: () => void): void {
    this.#world.sim.pump.enter(act);
  }

  *untilReady(experiment: Experiment): PromiseSteps<void> {
    const isOver = (): boolean => this.#order.signal?.aborted === true;
    const patience = { maxMs: READY_MAX_MS, pollMs: READY_POLL_MS, failure: this.#failure, isOver };
    const late = yield* waitUntilNone(() => experiment.waiting, patience);
    if (late.length > 0 && !isOver()) this.#warnings.push(notReadyText(READY_MAX_MS, late));
  }

  // biome-ignore lint/correctness/useYield: the clock runs already.
  *begin(): PromiseSteps<void> {
    const zeroNs = this.#world.sim.clock.now();
    this.#noteZero(zeroNs);
    this.#agenda.begin(zeroNs);
  }

  *pass({ experiment, recording, injector }: RunDriverParts): PromiseSteps<SeedResult['ending']> {
    const world = this.#world;
    const { pump } = world.sim;
    injector?.follow(
      () => world.now(),
      (act) => pump.enter(act),
    );
    const meter = new LiveMeter(world.sim, makeHandoverMatcher(this.#order.scenario), this.#pace);
    this.#meter = meter;
    const limits = makeLimitWatch(this.#order, world, this.#turn.seed);
    const hasFixedEnd = experiment.done === undefined && limits === undefined;
    const progress = setInterval(() => {
      meter.sample();
      const events = world.sim.scheduler.eventCount;
      reportProgress(this.#order, this.#turn, { nowNs: world.now(), events });
      recording.tick(world.now(), experiment);
    }, PROGRESS_MS);
    try {
      return yield* waitUntilOver(this.#order, {
        experiment,
        failure: this.#failure,
        now: () => world.now(),
        // A run that may end early (when its work is done or a limit is missed for good) must check
        // often whether it is over.
        turnMs: hasFixedEnd ? Number.POSITIVE_INFINITY : DONE_POLL_MS,
        isMissed: () => limits?.isMissed(world.now(), experiment) === true,
        mute: () => this.#agenda.mute(),
      });
    } finally {
      clearInterval(progress);
      meter.stop();
    }
  }

  *settle(): PromiseSteps<void> {
    const { pump, wires } = this.#world.sim;
    // From now on, datagrams that the kernel still delivers are only counted.
    pump.stop();
    this.#handledUpTo = wires.counts.received;
    yield pause(KERNEL_DRAIN_MS);
  }

  facts(): ElapsedTimeFacts {
    return {
      fingerprint: NO_FINGERPRINT,
      events: this.#world.sim.scheduler.eventCount,
      wallMs: performance.now() - this.#began,
      warnings: [...this.#warnings, ...(this.#meter?.warnings() ?? [])],
    };
  }

  addTo(result: SeedResult): SeedResult {
    return { ...result, metrics: { ...result.metrics, ...this.#meter?.metrics() } };
  }

  *close(): PromiseSteps<void> {
    if (this.#made !== undefined) yield this.#world.sim.close();
  }

  get #world(): LiveRunWorld['world'] {
    return (this.#made as LiveRunWorld).world;
  }

  get #agenda(): LiveRunWorld['agenda'] {
    return (this.#made as LiveRunWorld).agenda;
  }

  #makeWorld(): LiveRunWorld {
    const { scenario, shape, precision, log, stateFolder, calls } = this.#order;
    const { hosts } = scenario.topology;
    const made = makeLiveWorld({
      scenario,
      seed: this.#turn.seed,
      crypto: createCryptoProvider(scenario.crypto, { timing: 'constant' }),
      stackOf: this.#stackOf,
      live: {
        onFailure: (error): void => this.#failure.fail(error),
        ...(shape === undefined ? {} : { shape }),
        ...(precision === undefined ? {} : { precision }),
        ...(stateFolder === undefined ? {} : { stateFolder }),
      },
      calls: calls && new NodeCalls(hosts.length, calls),
    });
    made.world.listen({ logged: nodeLogSink(log, (text) => void this.#warnings.push(text)) });
    return made;
  }

  #assemble(world: LiveRunWorld['world']): AssembledRun {
    const { scenario, registry, recordingsOf } = this.#order;
    const { seed } = this.#turn;
    const facts = { scenario, registry, seed };
    const provision = provisionRun({
      ...{ scenario, seed, stackOf: this.#stackOf },
      crypto: createCryptoProvider(scenario.crypto, { timing: 'constant' }),
      seconds: Math.floor(Date.now() / MS_PER_S),
      secrets: randomSecrets(),
    });
    const deliveries = new RunFlows();
    const recordings = recordingsOf(seed);
    const { directions } = world.sim.network;
    const now = (): number => world.now();
    return assembleRun(world, {
      ...{ ...facts, provision, deliveries },
      account: this.#startMessageAccounting(world, deliveries),
      recorders: makeLiveRecorders({ ...facts, world, now, directions }, recordings),
      injection: recordings.injection,
    });
  }

  #noteZero(zeroNs: number): void {
    if (this.#order.control !== undefined) this.#order.control.zeroNs = zeroNs;
  }

  #startMessageAccounting(world: LiveRunWorld['world'], deliveries: RunFlows): MessageAccounting {
    const { scenario } = this.#order;
    const { wires } = world.sim;
    const readerOf = (): undefined => undefined;
    const parts = { scenario, world, deliveries, stackOf: this.#stackOf, readerOf };
    return startLiveMessageAccounting(parts, {
      lost: () => {
        const { written, received, unsent } = wires.counts;
        return { kernel: Math.max(0, written - received), 'socket-closed': unsent };
      },
      unhandled: () => wires.counts.received - this.#handledUpTo,
    });
  }
}
