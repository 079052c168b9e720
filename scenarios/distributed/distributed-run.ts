/**
 * Runs a scenario with its nodes in several processes, or on several event loops of this one, seed
 * after seed, and gathers what the judge needs: the same file, stage and estimators as if all nodes
 * shared one event loop.
 *
 * Processes are started here, one per node or per machine of the topology, or somebody else starts
 * them (`orrery node`) as a deployment file says.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { provider } from '../../engine/crypto/index.ts';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { LogLevel } from '../../engine/live/live-log.ts';
import { firstUnusable } from '../../engine/live/loopback.ts';
import { entryModule } from '../../engine/live/own-form.ts';
import { ownPlace, shownPath } from '../../engine/live/stack-places.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import { Refusal } from '../refusal.ts';
import { SCATTERED } from '../runner/account.ts';
import { scenarioOfSeed } from '../runner/drawn-pairs.ts';
import { handoverMetrics } from '../runner/handover-metrics.ts';
import type { SeedAnswer } from '../runner/job.ts';
import {
  LIVE_METRICS,
  liveWarnings,
  PROCESS_METRICS,
  stolenMetrics,
} from '../runner/live-meter.ts';
import { liveTrace } from '../runner/live-trace.ts';
import { machinePace } from '../runner/machine-pace.ts';
import { measuredSoFar } from '../runner/measured-so-far.ts';
import { flowProtocol, metricsOf, type NodeChoice, nodeChoice, stackOf } from '../runner/nodes.ts';
import { outcome } from '../runner/outcome.ts';
import { Injector } from '../runner/palette/injector.ts';
import { pause } from '../runner/pause.ts';
import { privacyNote } from '../runner/privacy.ts';
import type { KeyBundle } from '../runner/provision/key-bundle.ts';
import type { Provision } from '../runner/provision/provision.ts';
import { provisionRun } from '../runner/provision/run-provision.ts';
import { drawnSecrets } from '../runner/provision/secret-source.ts';
import { finishRecorder, type Recorder } from '../runner/recorder.ts';
import type { RunEnd, RunOrder } from '../runner/run-scenario.ts';
import { untilPart } from '../runner/run-seed.ts';
import { answerOf } from '../runner/seed-answer.ts';
import { SimStageWorld } from '../runner/sim-stage-world.ts';
import { Stage } from '../runner/stage.ts';
import { watchStolenTime } from '../runner/stolen-time.ts';
import {
  EarlyEnd,
  NO_FINGERPRINT,
  nodeLines,
  runInTurn,
  type SeedTurn,
  stoppedDrainMs,
  tellProgress,
} from '../runner/wall-clock-run.ts';
import type { AgentProcess } from './agent-process.ts';
import { newChannelKey } from './channel/handshake.ts';
import { Coordinator } from './coordinator.ts';
import type { DeploymentKeys } from './deployment-keys.ts';
import { failureLineOf } from './failure-line.ts';
import { groupsOf, layoutText, type ProcessEntry, processEntries } from './layout.ts';
import { loopGroups } from './loops.ts';
import { Notices } from './notices.ts';
import { agentScenario } from './order-shape.ts';
import { ProcessFleet } from './process-fleet.ts';
import { ReportGuard } from './report-guard.ts';
import { drawRunName } from './run-state.ts';

/** What to run, and how. */
export interface DistributedOrder extends RunOrder {
  readonly registry: Registry;
  /** Which nodes share a process, or on how many event loops of this process they run. */
  readonly processes: 'node' | 'machine' | { readonly loops: number };
  readonly shape: 'links' | 'off';
  readonly precision: 'low' | 'high';
  /** Log lines from this level on go to stderr; none if absent. */
  readonly log?: LogLevel;
  /** `file:` address of the module that an agent's process begins with. */
  readonly agentEntry: string;
  /** Shows a message to the user immediately. */
  readonly onNotice?: (text: string) => void;
  /** Receives all processes whenever one of them has reported its address. */
  readonly onProcesses?: (processes: readonly ProcessEntry[]) => void;
  /** Settings for agents that are started by somebody else and connect to the coordinator. */
  readonly deployment?: {
    readonly keys: DeploymentKeys;
    readonly coordinator: { readonly host: string; readonly port: number };
  };
}

/** The module that runs an agent on an event loop. */
const LOOP_ENTRY = entryModule('./loop-start', import.meta.url);
/** Time limit for an agent started here to connect. */
const CONNECT_MAX_MS = 30_000;
/** The time limit for agents that somebody else starts, which is longer. */
const MEET_MAX_MS = 600_000;
const READY_MAX_MS = 30_000;
/**
 * Time 0 is this far ahead, so that all agents get their orders before it
 * (docs/spec/live.md#processes).
 */
const LEAD_NS = 200_000_000n;
const SETTLE_MS = 250;
/**
 * Interval between measurements of other machines' clocks; the uncertainty grows by 100 ppm of it.
 */
const CLOCK_MS = 5_000;
const POLL_MS = 10;
const RESULT_MAX_MS = 5_000;
const CLOSE_MAX_MS = 5_000;
/**
 * Time limit after a signal. Together with a second of draining before, the run ends within five
 * seconds of the signal.
 */
const STOPPED_RESULT_MAX_MS = 1_500;
const STOPPED_CLOSE_MAX_MS = 500;
const NS_PER_MS = 1_000_000;
const US_PER_MS = 1_000;
const MS_PER_S = 1_000;

/** Runs all seeds. */
export function runDistributed(order: DistributedOrder): Promise<RunEnd> {
  const executor = executorOf(order);
  const layout = layoutText(hostGroups(order), executor);
  const definitions = [...LIVE_METRICS, ...(executor === 'loop' ? [] : PROCESS_METRICS)];
  return runInTurn(order, { mode: 'live', layout, cpu: 'real', definitions }, (turn) =>
    new DistributedRun(
      { ...order, scenario: scenarioOfSeed(order.scenario, turn.seed) },
      turn,
    ).run(),
  );
}

function executorOf({ processes }: DistributedOrder): 'process' | 'loop' {
  return typeof processes === 'string' ? 'process' : 'loop';
}

function hostGroups({ scenario, processes }: DistributedOrder): readonly (readonly string[])[] {
  if (typeof processes === 'string') return groupsOf(scenario, processes);
  return loopGroups(scenario, processes.loops);
}

/** One seed. */
class DistributedRun {
  readonly #order: DistributedOrder;
  readonly #turn: SeedTurn;
  readonly #fleet: ProcessFleet;
  readonly #coordinator: Coordinator;
  /** All secrets of this run; a process gets its key bundle of them. */
  readonly #secrets = drawnSecrets();
  readonly #provision: Provision;
  readonly #guard: ReportGuard;
  readonly #warnings = new Notices();
  readonly #stateFolder: string;
  readonly #failure: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  #trace: Recorder | undefined;

  constructor(order: DistributedOrder, turn: SeedTurn) {
    const { scenario, deployment, shape, precision } = order;
    const { seed } = turn;
    this.#order = order;
    this.#turn = turn;
    this.#warnings.addAll(scenario.warnings);
    this.#warnings.addAll(privacyNote(scenario));
    this.#stateFolder = mkdtempSync(join(tmpdir(), 'orrery-state-'));
    this.#failure = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.#failure.catch(() => undefined);
    this.#provision = provisionRun({
      scenario,
      seed,
      protocolOf: (host) => nodeChoice(scenario, host, order.registry).protocol,
      stackOf: stackOf(scenario, order.registry),
      crypto: provider(scenario.crypto, { timing: 'constant' }),
      seconds: Math.floor(Date.now() / MS_PER_S),
      secrets: this.#secrets,
    });
    this.#fleet = new ProcessFleet({
      groups: hostGroups(order),
      executor: executorOf(order),
      key: deployment?.keys.secret ?? newChannelKey(),
      ...(deployment === undefined
        ? { entry: executorOf(order) === 'loop' ? LOOP_ENTRY : order.agentEntry }
        : { listen: deployment.coordinator, nodeKeys: deployment.keys.nodes }),
      ...(order.signal === undefined ? {} : { signal: order.signal }),
      wrongWith: (agent, report): string | undefined => this.#guard.check(agent.hosts, report),
      onExpelled: (agent, wrong): void => this.#coordinator.expelled(agent, wrong),
      onReport: (agent, report): void => this.#coordinator.hear(agent, report),
      onGone: (agent, why): void => this.#coordinator.gone(agent, why),
      onRefused: (peer, reason): void => this.#refused(peer, reason),
      refusal: ({ hosts, topologySha256 }): string | undefined =>
        deployment === undefined || topologySha256 === scenario.topology.sha256
          ? undefined
          : `${hosts.join(', ')} has a different topology file from ${scenario.topology.file}`,
    });
    this.#guard = new ReportGuard({
      scenario,
      metricsOf: (host): readonly MetricDefinition[] => this.#metricsOf(host),
      now: (): number => this.#coordinator.world.agenda.now(),
      nextSequence: (flow): number => this.#coordinator.nextSequence(flow),
    });
    this.#coordinator = new Coordinator({
      scenario,
      seed,
      fleet: this.#fleet,
      order: {
        scenario: agentScenario(scenario, deployment === undefined ? 'topology' : 'own-topology'),
        seed,
        run: drawRunName(),
        shape,
        precision,
        ...(deployment === undefined ? { stateFolder: this.#stateFolder } : {}),
      },
      bundleOf: (hosts): KeyBundle => this.#provision.bundle(hosts, this.#secrets.rootOf),
      onFailure: (error): void => this.#fail(error),
      onLog: nodeLines(order.log, (text) => this.#warnings.add(text)),
      onHello: (): void => order.onProcesses?.(processEntries(this.#fleet.agents)),
    });
  }

  async run(): Promise<SeedAnswer> {
    const { scenario, deployment } = this.#order;
    const addresses = scenario.topology.hosts.map(({ address }) => address);
    const missing = deployment === undefined ? firstUnusable(addresses) : undefined;
    // Runs even if a second Ctrl-C ends this process immediately.
    process.once('exit', this.#removeFiles);
    try {
      if (missing !== undefined) throw new Refusal(`this system has no address ${missing}`);
      if (scenario.topology.addressPlan === 'ports') {
        const { file } = scenario.topology;
        const flag = executorOf(this.#order) === 'loop' ? '--loops' : '--processes';
        throw new Refusal(
          `${file}: addressPlan: ports needs a single event loop; run without ${flag}`,
        );
      }
      return { kind: 'result', result: await this.#measure() };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      return answerOf(error, this.#turn.seed, this.#coordinator.broken?.stack);
    } finally {
      this.#trace?.close?.();
      this.#coordinator.world.agenda.stop();
      await this.#fleet.close(this.#isStopped ? STOPPED_CLOSE_MAX_MS : CLOSE_MAX_MS);
      this.#removeFiles();
      process.off('exit', this.#removeFiles);
    }
  }

  /** True if the user has asked the run to end. */
  get #isStopped(): boolean {
    return this.#order.signal?.aborted === true;
  }

  #metricsOf(name: string): readonly MetricDefinition[] {
    const { scenario, registry } = this.#order;
    const host = scenario.topology.hosts.find((spec) => spec.name === name);
    if (host === undefined) return [];
    return stackOf(scenario, registry)(host).flatMap(({ protocol }) => protocol.metrics);
  }

  readonly #removeFiles = (): void => {
    this.#fleet.dispose();
    rmSync(this.#stateFolder, { recursive: true, force: true });
  };

  async #measure(): Promise<SeedResult> {
    const { scenario, registry } = this.#order;
    const began = performance.now();
    const coordinator = this.#coordinator;
    await this.#bringUp();
    const stage = new Stage({
      world: coordinator.world,
      scenario,
      seed: this.#turn.seed,
      viewOf: (host, layer): NetworkView => this.#provision.viewOf(host, layer),
      nodeOf: (host): NodeChoice => nodeChoice(scenario, host, registry),
      standIns: coordinator.standIns,
      ...untilPart(scenario, registry),
    });
    coordinator.attach(stage);
    this.#trace = this.#traceOf();
    if (this.#trace !== undefined) coordinator.listen(this.#trace);
    stage.prepare();
    coordinator.load();
    await this.#untilReady();
    await this.#fleet.syncClocks();
    const pace = machinePace();
    const startedAt = performance.now();
    const stolenTime = watchStolenTime();
    coordinator.start(process.hrtime.bigint() + LEAD_NS);
    const link = this.#order.recordingsOf(this.#turn.seed).palette;
    const injector = Injector.of({ link, scenario, registry, stage });
    injector?.follow(() => coordinator.world.agenda.now());
    stage.onDone = (): void => this.#fleet.tell({ type: 'mute' });
    const ending = await this.#untilEnd(stage);
    const wallUs = Math.round((performance.now() - startedAt) * US_PER_MS);
    const stolen = stolenMetrics(stolenTime());
    await this.#fleet.syncClocks();
    const clockUncertaintyNs = coordinator.clockUncertaintyNs();
    await this.#collect();
    stage.finish();
    const result = outcome(stage, coordinator.world, scenario, {
      seed: this.#turn.seed,
      fingerprint: NO_FINGERPRINT,
      wallMs: performance.now() - began,
      events: coordinator.world.tallies.events,
      ending,
      warnings: [...new Set([...this.#warnings.all, ...coordinator.warnings.all])],
      definitions: metricsOf(scenario, registry),
      protocolOf: (flow): string => flowProtocol(scenario, registry, flow),
    });
    const { tallies } = coordinator.world;
    const value = Math.min(pace, machinePace());
    const live: SeedResult['metrics'] = {
      ...{ ...this.#liveMetrics(wallUs), ...stolen },
      'live.pace': { kind: 'gauge', value },
    };
    const whole = {
      ...result,
      messagesUntracked: SCATTERED,
      ...(clockUncertaintyNs > 0 ? { clockUncertaintyNs } : {}),
      warnings: [...result.warnings, ...liveWarnings(live, tallies)],
      metrics: { ...result.metrics, ...live },
    };
    return finishRecorder(this.#trace, whole, stage);
  }

  #liveMetrics(wallUs: number): SeedResult['metrics'] {
    const { world, restartsNs, handovers } = this.#coordinator;
    const late = handoverMetrics(handovers);
    if (executorOf(this.#order) === 'loop')
      return { ...world.tallies.loopMetrics(wallUs), ...late };
    return {
      ...world.tallies.processMetrics(wallUs),
      ...late,
      'live.restart': { kind: 'samples', values: restartsNs },
    };
  }

  /** The network is the same in every process; here it only gives the trace its names. */
  #traceOf(): Recorder | undefined {
    const { scenario, registry, recordingsOf } = this.#order;
    const recordings = recordingsOf(this.#turn.seed);
    const { trace, broadcast } = recordings;
    if (trace === undefined && broadcast === undefined) return undefined;
    const picture = new SimStageWorld({
      scenario,
      seed: this.#turn.seed,
      crypto: provider('modelled', { timing: 'simulation' }),
      protocolOf: (host): Protocol => nodeChoice(scenario, host, registry).protocol,
      stackOf: stackOf(scenario, registry),
    });
    const { directions } = picture.sim.network;
    const now = (): number => this.#coordinator.world.now();
    const facts = { scenario, registry, seed: this.#turn.seed };
    const soFar = measuredSoFar(this.#coordinator.world, facts);
    return liveTrace({ ...facts, now, directions, soFar }, recordings);
  }

  /** Starts all agents; names one that does not connect. */
  async #bringUp(): Promise<void> {
    const { deployment } = this.#order;
    await this.#fleet.open();
    const limitMs = deployment === undefined ? CONNECT_MAX_MS : MEET_MAX_MS;
    if (deployment !== undefined) this.#announce(deployment.coordinator);
    const missing = await this.#wait(limitMs, () => this.#coordinator.behind('connected'));
    const dead = this.#fleet.agents.find(({ state }) => state === 'dead');
    const lost = dead ?? missing[0];
    if (lost === undefined || this.#order.signal?.aborted === true) return;
    const words = failureLineOf(lost.stderrTail);
    if (lost.expelledFor !== undefined) {
      throw new Refusal(`${lost.name}: its channel was closed: ${lost.expelledFor}`);
    }
    const what =
      dead === undefined ? `did not connect within ${limitMs / 1000} s` : 'ended at once';
    throw new Refusal(
      `${lost.name}: the ${lost.noun} ${what}${words === '' ? '' : `; its last words: ${words}`}`,
    );
  }

  /**
   * Somebody else starts the nodes, so the message says that the run is waiting, and for which
   * address.
   */
  #announce({ host, port }: { readonly host: string; readonly port: number }): void {
    const names = this.#fleet.agents.map(({ name }) => name);
    this.#order.onNotice?.(`waits at ${host}:${port} for ${names.join(', ')}`);
  }

  #refused(peer: string, reason: string): void {
    // A process that was killed while it dialled is not a stranger.
    if (reason === 'connection lost') return;
    const text = `${peer} was rejected: ${reason}`;
    this.#warnings.add(text);
    this.#order.onNotice?.(text);
  }

  /**
   * Waits until all nodes can carry traffic, so that cold code is not measured
   * (docs/spec/live.md#processes).
   */
  async #untilReady(): Promise<void> {
    const late = await this.#wait(READY_MAX_MS, () => this.#coordinator.behind('ready'));
    if (late.length === 0) return;
    const names = late.flatMap(({ waiting, hosts }) => (waiting.length > 0 ? waiting : hosts));
    this.#warnings.add(`not ready after ${READY_MAX_MS / 1000} s: ${names.join(', ')}`);
  }

  async #untilEnd(stage: Stage): Promise<SeedResult['ending']> {
    const { scenario } = this.#order;
    const { world } = this.#coordinator;
    const early = new EarlyEnd(this.#order);
    let syncAtMs = performance.now() + CLOCK_MS;
    while (world.agenda.now() < stage.overNs && !early.signal.aborted) {
      const leftMs = Math.ceil((stage.overNs - world.agenda.now()) / NS_PER_MS);
      await Promise.race([this.#failure, pause(Math.min(SETTLE_MS, leftMs), early.signal)]);
      const settledNs = this.#coordinator.settle();
      this.#trace?.tick?.(settledNs, stage);
      this.#tell();
      if (performance.now() < syncAtMs) continue;
      syncAtMs = performance.now() + CLOCK_MS;
      this.#fleet.syncClocks().catch(this.#fail);
    }
    if (world.agenda.now() >= stage.overNs) return 'complete';
    this.#fleet.tell({ type: 'mute' });
    await Promise.race([this.#failure, pause(stoppedDrainMs(scenario))]);
    return early.ending;
  }

  /** Requests the counters of all agents, and names the agents that do not answer. */
  async #collect(): Promise<void> {
    this.#coordinator.stop();
    const limitMs = this.#isStopped ? STOPPED_RESULT_MAX_MS : RESULT_MAX_MS;
    const silent = await this.#wait(limitMs, () => this.#coordinator.unanswered, false);
    await Promise.all(silent.map((agent) => this.#nameSilent(agent)));
    this.#coordinator.finish();
  }

  async #nameSilent({ name, life }: AgentProcess): Promise<void> {
    const place = ownPlace((await life?.stack?.()) ?? '');
    const where =
      place === undefined ? '' : `; it is at ${shownPath(place.file, process.cwd())}:${place.line}`;
    this.#warnings.add(`${name}: did not answer at the end${where}; its last report is used`);
  }

  /** Waits until none is left, up to a time limit; returns those that are. */
  async #wait(
    ms: number,
    left: () => readonly AgentProcess[],
    isInterruptible = true,
  ): Promise<readonly AgentProcess[]> {
    const { signal } = this.#order;
    const lateAt = performance.now() + ms;
    while (left().length > 0 && performance.now() < lateAt) {
      if (isInterruptible && (signal?.aborted === true || this.#fleet.hasLostOne)) break;
      await Promise.race([this.#failure, pause(POLL_MS)]);
    }
    return left();
  }

  #tell(): void {
    const { agenda, tallies } = this.#coordinator.world;
    tellProgress(this.#order, this.#turn, { nowNs: agenda.now(), events: tallies.events });
  }
}
