/**
 * Runs a scenario, seed after seed, with its nodes in several processes or on several event loops of
 * this process. File, experiment and estimators are the same as if all nodes shared one event loop.
 *
 * Processes are started here, one per node or per machine of the topology; or, with a deployment file,
 * somebody else starts them (`orrery node`).
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import type { MetricDefinition } from '../../../engine/host/measure.ts';
import type { LogLevel } from '../../../engine/live/live-log.ts';
import { firstUnbindableAddress } from '../../../engine/live/loopback.ts';
import { entryModuleUrl } from '../../../engine/live/own-form.ts';
import { innermostUserFrame, pathForUsers } from '../../../engine/live/stack-locations.ts';
import type { SeedResult } from '../../../reports/model.ts';
import { LIVE_METRICS, PROCESS_METRICS } from '../../../scenarios/metrics/live-metrics.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { makeProtocolStackFinder } from '../../../scenarios/open/nodes.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import type { ProtocolLookup } from '../../../topologies/files/registry.ts';
import { MULTI_PROCESS_UNTRACKED_REASON } from '../../accounts/account.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import { makeLimitWatch } from '../../experiment/limit-watch.ts';
import type { KeyBundle } from '../../nodes/key-bundle.ts';
import type { SecretProvisioner } from '../../nodes/provision.ts';
import { provisionRun } from '../../nodes/run-provision.ts';
import { randomSecrets } from '../../nodes/secret-source.ts';
import { assembleRun } from '../../phases/assemble-run.ts';
import {
  type AssembledRun,
  type ElapsedTimeFacts,
  type RunDriver,
  type RunDriverParts,
  runPhases,
} from '../../phases/run-phases.ts';
import { type PromiseSteps, runStepsWaiting } from '../../phases/steps.ts';
import { livePrivacyWarning } from '../../privacy/privacy.ts';
import { listDirections } from '../../recording/directions.ts';
import { makeLiveRecorders } from '../../recording/recorders.ts';
import type { SeedAnswer } from '../../run/job.ts';
import type { RunEnd, RunRequest } from '../../run/run-order.ts';
import { makeFailureAnswer } from '../../run/seed-answer.ts';
import {
  NO_FINGERPRINT,
  nodeLogSink,
  type RunningSeed,
  reportProgress,
  runInTurn,
} from '../../run/wall-clock-run.ts';
import {
  FailureSignal,
  notReadyText,
  waitUntilNone,
  waitUntilOver,
} from '../../run/wall-clock-wait.ts';
import { withTrafficOfSeed } from '../../traffic/drawn-pairs.ts';
import { handoverMetrics } from '../../worlds/live/handover-metrics.ts';
import { liveWarnings, stolenMetrics } from '../../worlds/live/live-meter.ts';
import { measureMachinePace } from '../../worlds/live/machine-pace.ts';
import { type StolenTime, watchStolenTime } from '../../worlds/live/stolen-time.ts';
import { newChannelKey } from '../channel/handshake.ts';
import type { DeploymentKeys } from '../deployment/deployment-keys.ts';
import { agentScenario } from '../messages/assignment-shape.ts';
import { refuseOversizedScenario } from '../messages/refuse-oversized-scenario.ts';
import { ReportGuard } from '../messages/report-guard.ts';
import { drawRunName } from '../messages/run-state.ts';
import type { AgentProcess } from '../processes/agent-process.ts';
import { findFailureLine } from '../processes/failure-line.ts';
import {
  groupHostsByProcess,
  layoutText,
  type ProcessEntry,
  processEntries,
} from '../processes/layout.ts';
import { groupHostsByLoop } from '../processes/loops.ts';
import { ProcessFleet } from '../processes/process-fleet.ts';
import { Coordinator } from './coordinator.ts';
import { Notices } from './notices.ts';

/** The scenario, seeds and machines of a run in several processes. */
export interface DistributedRunRequest extends RunRequest {
  readonly registry: ProtocolLookup;
  /**
   * How nodes are divided: one process per node, one per machine, or a number of event loops of this
   * process.
   */
  readonly processes: 'node' | 'machine' | { readonly loops: number };
  readonly shape: 'links' | 'off';
  readonly precision: 'low' | 'high';
  /** Log lines from this level on go to stderr; none if absent. */
  readonly log?: LogLevel;
  /** `file:` address of the module that an agent's process begins with. */
  readonly agentEntry: string;
  /** Shows a message to the user immediately. */
  readonly onNotice?: (text: string) => void;
  /** Called with the list of all processes whenever one of them has reported its address. */
  readonly onProcesses?: (processes: readonly ProcessEntry[]) => void;
  /** Called with each run before it begins. */
  readonly onAssembled?: (run: AssembledRun) => void;
  /** Settings for agents that somebody else starts and that connect to the coordinator. */
  readonly deployment?: {
    readonly keys: DeploymentKeys;
    readonly coordinator: { readonly host: string; readonly port: number };
  };
}

/** The module that runs an agent on an event loop. */
const LOOP_ENTRY = entryModuleUrl('../agent/loop-start', import.meta.url);
/** Time limit for an agent that this process started to connect, ms. */
const CONNECT_MAX_MS = 30_000;
/** The longer time limit for agents that somebody else starts to connect, ms. */
const REMOTE_CONNECT_MAX_MS = 600_000;
const READY_MAX_MS = 30_000;
/**
 * Time 0 is this far in the future when it is announced, so that all agents learn of it in time
 * (docs/spec/live.md#processes).
 */
const START_LEAD_NS = 200_000_000n;
const SETTLE_MS = 250;
/** Interval between measurements of other machines' clocks, ms; the uncertainty grows by 100 ppm of it. */
const CLOCK_SYNC_INTERVAL_MS = 5_000;
const POLL_MS = 10;
const RESULT_MAX_MS = 5_000;
const CLOSE_MAX_MS = 5_000;
/**
 * Time limit for results after a signal, ms. With a second of draining before and the closing after it,
 * the run ends within five seconds of the signal.
 */
const STOPPED_RESULT_MAX_MS = 1_500;
const STOPPED_CLOSE_MAX_MS = 500;
const US_PER_MS = 1_000;
const MS_PER_S = 1_000;

/** Runs all seeds of a scenario with nodes in several processes. */
export function runDistributed(order: DistributedRunRequest): Promise<RunEnd> {
  const executor = executorOf(order);
  const layout = layoutText(hostGroups(order), executor);
  const definitions = [...LIVE_METRICS, ...(executor === 'loop' ? [] : PROCESS_METRICS)];
  return runInTurn(order, { mode: 'live', layout, cpu: 'real', definitions }, (turn) =>
    runDistributedSeed({ ...order, scenario: withTrafficOfSeed(order.scenario, turn.seed) }, turn),
  );
}

async function runDistributedSeed(
  order: DistributedRunRequest,
  turn: RunningSeed,
): Promise<SeedAnswer> {
  const driver = new FleetDriver(order, turn);
  try {
    return { kind: 'result', result: await runStepsWaiting(runPhases(driver)) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return makeFailureAnswer(error, turn.seed, driver.brokenStack);
  }
}

function executorOf({ processes }: DistributedRunRequest): 'process' | 'loop' {
  return typeof processes === 'string' ? 'process' : 'loop';
}

function hostGroups({
  scenario,
  processes,
}: DistributedRunRequest): readonly (readonly string[])[] {
  if (typeof processes === 'string') return groupHostsByProcess(scenario, processes);
  return groupHostsByLoop(scenario, processes.loops);
}

function partOfAgents({ scenario, deployment }: DistributedRunRequest): Scenario {
  return agentScenario(scenario, deployment === undefined ? 'topology' : 'own-topology');
}

/**
 * The driver of a run in several processes: time passes by the wall clock in agents, whose reports a
 * coordinator gathers.
 */
class FleetDriver implements RunDriver {
  readonly #order: DistributedRunRequest;
  readonly #turn: RunningSeed;
  readonly #fleet: ProcessFleet;
  readonly #coordinator: Coordinator;
  /** All secrets of this run; each process gets only those in its key bundle. */
  readonly #secrets = randomSecrets();
  readonly #provision: SecretProvisioner;
  readonly #guard: ReportGuard;
  readonly #warnings = new Notices();
  readonly #stateFolder: string;
  readonly #failure = new FailureSignal();
  readonly #began = performance.now();
  /** What the machine did during the scenario's time: processor use, stalls and lateness. */
  #passed:
    | { readonly wallUs: number; readonly pace: number; readonly stolen: StolenTime | undefined }
    | undefined;
  #clockUncertaintyNs = 0;

  constructor(order: DistributedRunRequest, turn: RunningSeed) {
    const { scenario, deployment, shape, precision } = order;
    const { seed } = turn;
    this.#order = order;
    this.#turn = turn;
    this.#warnings.addAll(scenario.warnings);
    this.#warnings.addAll(livePrivacyWarning(scenario));
    this.#stateFolder = mkdtempSync(join(tmpdir(), 'orrery-state-'));
    this.#provision = provisionRun({
      scenario,
      seed,
      stackOf: makeProtocolStackFinder(scenario, order.registry),
      crypto: createCryptoProvider(scenario.crypto, { timing: 'constant' }),
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
        scenario: partOfAgents(order),
        seed,
        run: drawRunName(),
        shape,
        precision,
        ...(deployment === undefined ? { stateFolder: this.#stateFolder } : {}),
      },
      bundleOf: (hosts): KeyBundle => this.#provision.bundle(hosts, this.#secrets.rootOf),
      onFailure: this.#failure.fail,
      onLog: nodeLogSink(order.log, (text) => this.#warnings.add(text)),
      onHello: (): void => order.onProcesses?.(processEntries(this.#fleet.agents)),
    });
  }

  /** The stack of the error with which an agent failed; undefined if none did. */
  get brokenStack(): string | undefined {
    return this.#coordinator.broken?.stack;
  }

  assemble(): AssembledRun {
    // The `exit` handler removes the files even if a second Ctrl-C ends this process immediately.
    process.once('exit', this.#removeFiles);
    this.#refuseUnusable();
    const { scenario, registry, recordingsOf } = this.#order;
    const { world, standIns, deliveries } = this.#coordinator;
    const { seed } = this.#turn;
    const facts = { scenario, registry, seed };
    const recordings = recordingsOf(seed);
    const directions = listDirections(scenario.topology);
    const now = (): number => world.now();
    const assembled = assembleRun(world, {
      ...{ ...facts, standIns, deliveries, provision: this.#provision },
      account: { kind: 'untracked', reason: MULTI_PROCESS_UNTRACKED_REASON },
      recorders: makeLiveRecorders({ ...facts, world, now, directions }, recordings),
      injection: recordings.injection,
    });
    this.#coordinator.attach(assembled.experiment);
    this.#order.onAssembled?.(assembled);
    return assembled;
  }

  /** Starts all agents and waits for their connections; the error names an agent that does not connect. */
  *open(): PromiseSteps<void> {
    yield this.#fleet.open();
    yield* this.#untilConnected();
  }

  prepare(act: () => void): void {
    act();
    this.#coordinator.load();
  }

  *untilReady(): PromiseSteps<void> {
    const late = yield* this.#wait(READY_MAX_MS, () => this.#coordinator.behind('ready'));
    if (late.length === 0) return;
    const names = late.flatMap(({ waiting, hosts }) => (waiting.length > 0 ? waiting : hosts));
    this.#warnings.add(notReadyText(READY_MAX_MS, names));
  }

  *begin(experiment: Experiment): PromiseSteps<void> {
    yield this.#fleet.syncClocks();
    experiment.onDone = (): void => this.#fleet.tell({ type: 'mute' });
  }

  *pass({ experiment, recording, injector }: RunDriverParts): PromiseSteps<SeedResult['ending']> {
    const { world } = this.#coordinator;
    const pace = measureMachinePace();
    const startedAt = performance.now();
    const stolenTime = watchStolenTime();
    this.#coordinator.start(process.hrtime.bigint() + START_LEAD_NS);
    injector?.follow(() => world.agenda.now());
    let syncAtMs = performance.now() + CLOCK_SYNC_INTERVAL_MS;
    const limits = makeLimitWatch(this.#order, world, this.#turn.seed);
    const ending = yield* waitUntilOver(this.#order, {
      experiment,
      failure: this.#failure,
      now: () => world.agenda.now(),
      turnMs: SETTLE_MS,
      turn: () => {
        recording.tick(this.#coordinator.settle(), experiment);
        this.#tell();
        if (performance.now() < syncAtMs) return;
        syncAtMs = performance.now() + CLOCK_SYNC_INTERVAL_MS;
        this.#fleet.syncClocks().catch(this.#failure.fail);
      },
      isMissed: () => limits?.isMissed(world.agenda.now(), experiment) === true,
      mute: () => this.#fleet.tell({ type: 'mute' }),
    });
    const wallUs = Math.round((performance.now() - startedAt) * US_PER_MS);
    this.#passed = { wallUs, pace, stolen: stolenTime() };
    return ending;
  }

  /** Requests the counters of all agents, and names the agents that do not answer. */
  *settle(): PromiseSteps<void> {
    yield this.#fleet.syncClocks();
    this.#clockUncertaintyNs = this.#coordinator.clockUncertaintyNs();
    this.#coordinator.stop();
    const limitMs = this.#isStopped ? STOPPED_RESULT_MAX_MS : RESULT_MAX_MS;
    const silent = yield* this.#wait(limitMs, () => this.#coordinator.unanswered, false);
    yield Promise.all(silent.map((agent) => this.#nameSilent(agent)));
    this.#coordinator.finish();
  }

  facts(): ElapsedTimeFacts {
    return {
      fingerprint: NO_FINGERPRINT,
      events: this.#coordinator.world.tallies.events,
      wallMs: performance.now() - this.#began,
      warnings: [...this.#warnings.all, ...this.#coordinator.warnings.all],
    };
  }

  addTo(result: SeedResult): SeedResult {
    const { tallies } = this.#coordinator.world;
    const live = this.#liveMetrics();
    const uncertaintyNs = this.#clockUncertaintyNs;
    const { directStreams, foreign } = tallies;
    const traffic = { directStreams, foreign, shape: this.#order.shape };
    return {
      ...result,
      ...(uncertaintyNs > 0 ? { clockUncertaintyNs: uncertaintyNs } : {}),
      warnings: [...result.warnings, ...liveWarnings(live, traffic)],
      metrics: { ...result.metrics, ...live },
    };
  }

  *close(): PromiseSteps<void> {
    this.#coordinator.world.agenda.stop();
    yield this.#fleet.close(this.#isStopped ? STOPPED_CLOSE_MAX_MS : CLOSE_MAX_MS);
    this.#removeFiles();
    process.off('exit', this.#removeFiles);
  }

  #refuseUnusable(): void {
    const { scenario, deployment } = this.#order;
    const { file, addressPlan, hosts } = scenario.topology;
    const addresses = hosts.map(({ address }) => address);
    const missing = deployment === undefined ? firstUnbindableAddress(addresses) : undefined;
    if (missing !== undefined) throw new Refusal(`this system has no address ${missing}`);
    // Event loops run in this process, so only the memory of separate processes is checked.
    if (executorOf(this.#order) === 'process') refuseOversizedScenario(partOfAgents(this.#order));
    if (addressPlan !== 'ports') return;
    const flag = executorOf(this.#order) === 'loop' ? '--loops' : '--processes';
    throw new Refusal(`${file}: addressPlan: ports needs a single event loop; run without ${flag}`);
  }

  /** True if the user has ended the run early. */
  get #isStopped(): boolean {
    return this.#order.signal?.aborted === true;
  }

  #metricsOf(name: string): readonly MetricDefinition[] {
    const { scenario, registry } = this.#order;
    const host = scenario.topology.hosts.find((spec) => spec.name === name);
    if (host === undefined) return [];
    return makeProtocolStackFinder(
      scenario,
      registry,
    )(host).flatMap(({ protocol }) => protocol.metrics);
  }

  readonly #removeFiles = (): void => {
    this.#fleet.dispose();
    rmSync(this.#stateFolder, { recursive: true, force: true });
  };

  #liveMetrics(): SeedResult['metrics'] {
    const { wallUs = 0, pace = 0, stolen } = this.#passed ?? {};
    const value = Math.min(pace, measureMachinePace());
    return {
      ...this.#agentMetrics(wallUs),
      ...stolenMetrics(stolen),
      'live.pace': { kind: 'gauge', value },
    };
  }

  #agentMetrics(wallUs: number): SeedResult['metrics'] {
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

  *#untilConnected(): PromiseSteps<void> {
    const { deployment } = this.#order;
    const limitMs = deployment === undefined ? CONNECT_MAX_MS : REMOTE_CONNECT_MAX_MS;
    if (deployment !== undefined) this.#announce(deployment.coordinator);
    const missing = yield* this.#wait(limitMs, () => this.#coordinator.behind('connected'));
    const dead = this.#fleet.agents.find(({ state }) => state === 'dead');
    const lost = dead ?? missing[0];
    if (lost === undefined || this.#order.signal?.aborted === true) return;
    const words = findFailureLine(lost.stderrTail);
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
   * If somebody else starts the agents: tells the user at which address the run waits, and for which
   * nodes.
   */
  #announce({ host, port }: { readonly host: string; readonly port: number }): void {
    const names = this.#fleet.agents.map(({ name }) => name);
    this.#order.onNotice?.(`waits at ${host}:${port} for ${names.join(', ')}`);
  }

  #refused(peer: string, reason: string): void {
    // No warning is needed: the connection was probably one of a process that the run killed while
    // it dialled.
    if (reason === 'connection lost') return;
    const text = `${peer} was rejected: ${reason}`;
    this.#warnings.add(text);
    this.#order.onNotice?.(text);
  }

  async #nameSilent({ name, life }: AgentProcess): Promise<void> {
    const place = innermostUserFrame((await life?.stack?.()) ?? '');
    const where =
      place === undefined
        ? ''
        : `; it is at ${pathForUsers(place.file, process.cwd())}:${place.line}`;
    this.#warnings.add(`${name}: did not answer at the end${where}; its last report is used`);
  }

  /** Waits until `left` names no agent, up to a time limit; returns the agents that it still names. */
  #wait(
    maxMs: number,
    left: () => readonly AgentProcess[],
    isInterruptible = true,
  ): PromiseSteps<readonly AgentProcess[]> {
    const isOver = (): boolean => isInterruptible && (this.#isStopped || this.#fleet.hasLostOne);
    return waitUntilNone(left, { maxMs, pollMs: POLL_MS, failure: this.#failure, isOver });
  }

  #tell(): void {
    const { agenda, tallies } = this.#coordinator.world;
    reportProgress(this.#order, this.#turn, { nowNs: agenda.now(), events: tallies.events });
  }
}
