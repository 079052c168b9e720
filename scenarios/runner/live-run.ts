/**
 * Runs a scenario on real sockets in this process, seed after seed, and gathers what the judge
 * needs: the same file, stage and estimators as in virtual time, by the wall clock.
 *
 * Nodes get up to ten seconds to become ready before the scenario's time begins; after its end,
 * packets under way may still arrive. A run that is interrupted stops its sources, drains and
 * reports.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { assert } from '../../engine/core/assert.ts';
import { provider } from '../../engine/crypto/index.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { LogLevel } from '../../engine/live/live-log.ts';
import type { LiveWorldOptions } from '../../engine/live/live-world.ts';
import { NodeCalls } from '../../engine/net/node-calls.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import { type Account, closeAccount, followRefusals, keepLiveAccount } from './account.ts';
import { crashOf, sceneOf } from './crash/crash-scene.ts';
import { scenarioOfSeed } from './drawn-pairs.ts';
import { handoverBook } from './handover-metrics.ts';
import type { SeedAnswer } from './job.ts';
import { LIVE_METRICS, LiveMeter } from './live-meter.ts';
import { LiveStageWorld } from './live-stage-world.ts';
import { liveTrace } from './live-trace.ts';
import { measuredSoFar } from './measured-so-far.ts';
import { flowProtocol, metricsOf, type NodeChoice, nodeChoice, stackOf } from './nodes.ts';
import { outcome } from './outcome.ts';
import { Injector } from './palette/injector.ts';
import { pause } from './pause.ts';
import { privacyNote } from './privacy.ts';
import { provisionRun } from './provision/run-provision.ts';
import { drawnSecrets } from './provision/secret-source.ts';
import { obstacleOf } from './real-ports.ts';
import { finishRecorder, type Recorder } from './recorder.ts';
import type { RunEnd, RunOrder } from './run-scenario.ts';
import { untilPart } from './run-seed.ts';
import { answerOf } from './seed-answer.ts';
import { Stage } from './stage.ts';
import {
  EarlyEnd,
  NO_FINGERPRINT,
  nodeLines,
  runInTurn,
  type SeedTurn,
  stoppedDrainMs,
  tellProgress,
  type WatchedParts,
} from './wall-clock-run.ts';
import type { WorldListener } from './world.ts';

/** The flags of a live run. */
export interface LiveHow {
  readonly shape?: LiveWorldOptions['shape'];
  readonly precision?: LiveWorldOptions['precision'];
  /** Log lines from this level on go to stderr; none if absent. */
  readonly log?: LogLevel;
  /** Contains the stores; if absent, a folder that is removed at the end. */
  readonly stateFolder?: string;
}

/** What to run, and how. */
export interface LiveOrder extends RunOrder, LiveHow, WatchedParts {
  readonly registry: Registry;
}

/** After this time, the measurement starts even if some nodes are not ready, ms. */
const READY_MAX_MS = 10_000;
const READY_POLL_MS = 10;
const PROGRESS_MS = 100;
const DONE_POLL_MS = 20;
const KERNEL_DRAIN_MS = 20;
const NS_PER_MS = 1_000_000;
const MS_PER_S = 1_000;

/** Runs all seeds. */
export function runLive(order: LiveOrder): Promise<RunEnd> {
  const facts = { mode: 'live', cpu: 'real', definitions: LIVE_METRICS } as const;
  return runInTurn(order, facts, (turn) => runLiveSeed(order, turn));
}

/** Runs one of them. */
export function runLiveSeed(order: LiveOrder, turn: SeedTurn): Promise<SeedAnswer> {
  const scenario = scenarioOfSeed(order.scenario, turn.seed);
  return new LiveRun({ ...order, scenario }, turn).run();
}

/** One seed. */
class LiveRun {
  readonly #order: LiveOrder;
  readonly #turn: SeedTurn;
  readonly #warnings: string[];
  readonly #failure: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  #trace: Recorder | undefined;
  /** Number of datagrams received while datagrams were still passed to nodes. */
  #handledUpTo = 0;

  constructor(order: LiveOrder, turn: SeedTurn) {
    this.#order = order;
    this.#turn = turn;
    this.#warnings = [...order.scenario.warnings, ...privacyNote(order.scenario)];
    this.#failure = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    // The race below handles a rejection; before the race it must not be reported as unhandled.
    this.#failure.catch(() => undefined);
  }

  async run(): Promise<SeedAnswer> {
    const { scenario } = this.#order;
    const obstacle = obstacleOf(scenario);
    if (obstacle !== undefined) return obstacle;
    let world: LiveStageWorld | undefined;
    // Until the scenario's time begins, every instant counts as its zero.
    this.#noteZero(Number.POSITIVE_INFINITY);
    try {
      world = this.#makeWorld();
      return { kind: 'result', result: await this.#runOn(world) };
    } catch (error) {
      return answerOf(world === undefined ? error : this.#crashOf(error, world), this.#turn.seed);
    } finally {
      this.#trace?.close?.();
      await world?.live.close();
    }
  }

  #crashOf(error: unknown, world: LiveStageWorld): unknown {
    const { scenario, registry } = this.#order;
    const { hosts } = scenario.topology;
    const protocolOf = (host: HostSpec): Protocol => nodeChoice(scenario, host, registry).protocol;
    const parts = { hosts, protocolOf, stackOf: stackOf(scenario, registry) };
    return crashOf(error, sceneOf(world, { ...parts, seed: this.#turn.seed }));
  }

  #makeWorld(): LiveStageWorld {
    const { scenario, registry, shape, precision, log, stateFolder, calls } = this.#order;
    const { hosts } = scenario.topology;
    const world = new LiveStageWorld({
      scenario,
      seed: this.#turn.seed,
      crypto: provider(scenario.crypto, { timing: 'constant' }),
      protocolOf: (host): Protocol => nodeChoice(scenario, host, registry).protocol,
      stackOf: stackOf(scenario, registry),
      live: {
        onFailure: (error): void => this.#fail(error),
        ...(shape === undefined ? {} : { shape }),
        ...(precision === undefined ? {} : { precision }),
        ...(stateFolder === undefined ? {} : { stateFolder }),
      },
      calls: calls && new NodeCalls(hosts.length, calls),
    });
    world.listen(this.#logListener(log));
    return world;
  }

  async #runOn(world: LiveStageWorld): Promise<SeedResult> {
    const began = performance.now();
    const { scenario, registry } = this.#order;
    const provision = provisionRun({
      scenario,
      seed: this.#turn.seed,
      protocolOf: (host) => nodeChoice(scenario, host, registry).protocol,
      stackOf: stackOf(scenario, registry),
      crypto: provider(scenario.crypto, { timing: 'constant' }),
      seconds: Math.floor(Date.now() / MS_PER_S),
      secrets: drawnSecrets(),
    });
    const account = this.#keepAccount(world, () => stage);
    const ledger = account.kind === 'kept' ? account.ledger : undefined;
    const stage: Stage = new Stage({
      world,
      scenario,
      seed: this.#turn.seed,
      viewOf: (host, layer): NetworkView => provision.viewOf(host, layer),
      nodeOf: (host): NodeChoice => nodeChoice(scenario, host, registry),
      stackOf: stackOf(scenario, registry),
      observerOf: (node) => ledger?.of(node),
      crashed: (node) => ledger?.crashed(node),
      ...untilPart(scenario, registry),
    });
    if (ledger !== undefined) {
      world.listen(ledger);
      world.sim.observer = ledger;
    }
    world.listen(stage);
    this.#trace = this.#traceOf(world);
    if (this.#trace !== undefined) world.listen(this.#trace);
    await world.live.warm();
    world.live.pump.enter(() => stage.prepare());
    followRefusals(account, stage.flows);
    await this.#untilReady(stage);
    this.#begin(world);
    this.#follow(world, stage);
    const meter = new LiveMeter(world.live, handoverBook(scenario));
    const progress = setInterval(() => {
      this.#tell(world, meter);
      this.#trace?.tick?.(world.now(), stage);
    }, PROGRESS_MS);
    const ending = await this.#untilEnd(world, stage).finally(() => clearInterval(progress));
    meter.stop();
    // From here on the kernel only delivers what it still holds, which is counted.
    world.live.pump.stop();
    this.#handledUpTo = world.live.wires.counts.received;
    await pause(KERNEL_DRAIN_MS);
    const imbalance = world.sim.network.imbalance();
    assert(imbalance === undefined, `packets do not add up: ${imbalance}`);
    const messages = closeAccount(account, stage);
    stage.finish();
    const result = outcome(stage, world, scenario, {
      seed: this.#turn.seed,
      fingerprint: NO_FINGERPRINT,
      wallMs: performance.now() - began,
      events: world.sim.scheduler.eventCount,
      ending,
      warnings: [...new Set([...this.#warnings, ...meter.warnings()])],
      definitions: metricsOf(scenario, registry),
      protocolOf: (flow): string => flowProtocol(scenario, registry, flow),
    });
    const metrics = { ...result.metrics, ...meter.metrics() };
    const whole = { ...result, ...messages, metrics };
    return finishRecorder(this.#trace, whole, stage);
  }

  #begin(world: LiveStageWorld): void {
    const zeroNs = world.live.clock.now();
    this.#noteZero(zeroNs);
    world.begin(zeroNs);
  }

  #noteZero(zeroNs: number): void {
    if (this.#order.control !== undefined) this.#order.control.zeroNs = zeroNs;
  }

  #keepAccount(world: LiveStageWorld, stage: () => Stage): Account {
    const { scenario, registry } = this.#order;
    const protocolOf = (host: HostSpec): Protocol => nodeChoice(scenario, host, registry).protocol;
    const { wires } = world.live;
    const parts = { scenario, world, stage, protocolOf, readerOf: (): undefined => undefined };
    return keepLiveAccount(parts, {
      lost: () => {
        const { written, received, unsent } = wires.counts;
        return { kernel: Math.max(0, written - received), 'socket-closed': unsent };
      },
      unhandled: () => wires.counts.received - this.#handledUpTo,
    });
  }

  #traceOf(world: LiveStageWorld): Recorder | undefined {
    const { scenario, registry, recordingsOf } = this.#order;
    const { directions } = world.sim.network;
    const now = (): number => world.now();
    const facts = { scenario, registry, seed: this.#turn.seed };
    const parts = { ...facts, now, directions, soFar: measuredSoFar(world, facts) };
    return liveTrace(parts, recordingsOf(this.#turn.seed));
  }

  /** Accepts faults that are not in the file. */
  #follow(world: LiveStageWorld, stage: Stage): void {
    const { scenario, registry, recordingsOf } = this.#order;
    const link = recordingsOf(this.#turn.seed).palette;
    const injector = Injector.of({ link, scenario, registry, stage });
    const enter = (act: () => void): void => world.live.pump.enter(act);
    injector?.follow(() => world.now(), enter);
  }

  /**
   * Waits until all nodes can carry traffic, so that cold code is not measured
   * (docs/spec/live.md#processes).
   */
  async #untilReady(stage: Stage): Promise<void> {
    const { scenario, signal } = this.#order;
    const lateAt = performance.now() + READY_MAX_MS;
    const isLate = (name: string): boolean => stage.node(name)?.isReady?.() === false;
    const late = (): string[] =>
      scenario.topology.hosts.map(({ name }) => name).filter((name) => isLate(name));
    while (late().length > 0 && signal?.aborted !== true) {
      if (performance.now() > lateAt) {
        this.#warnings.push(`not ready after ${READY_MAX_MS / 1000} s: ${late().join(', ')}`);
        return;
      }
      await Promise.race([this.#failure, pause(READY_POLL_MS)]);
    }
  }

  async #untilEnd(world: LiveStageWorld, stage: Stage): Promise<SeedResult['ending']> {
    const { scenario } = this.#order;
    const early = new EarlyEnd(this.#order);
    while (world.now() < stage.overNs && !early.signal.aborted) {
      const leftMs = Math.ceil((stage.overNs - world.now()) / NS_PER_MS);
      // The end moves when the work is done.
      const ms = stage.done === undefined ? leftMs : Math.min(leftMs, DONE_POLL_MS);
      await Promise.race([this.#failure, pause(ms, early.signal)]);
    }
    if (world.now() >= stage.overNs) return 'complete';
    world.muteSources();
    await Promise.race([this.#failure, pause(stoppedDrainMs(scenario))]);
    return early.ending;
  }

  #tell(world: LiveStageWorld, meter: LiveMeter): void {
    meter.look();
    const events = world.sim.scheduler.eventCount;
    tellProgress(this.#order, this.#turn, { nowNs: world.now(), events });
  }

  #logListener(level: LogLevel | undefined): WorldListener {
    const ignore = (): void => undefined;
    return {
      delivered: ignore,
      state: ignore,
      spanned: ignore,
      marked: ignore,
      logged: nodeLines(level, (text) => void this.#warnings.push(text)),
    };
  }
}
