/**
 * Runs a scenario in virtual time paced by the wall clock, with outside programs if the topology
 * has any, and gathers what the judge needs (docs/spec/live.md#emulation).
 *
 * Nodes, faults, traffic and recordings are those of `run-seed.ts`, so without outside programs the
 * fingerprint is the same. A run with outside programs cannot be repeated bit by bit, so it has no
 * fingerprint.
 *
 * @module
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { EmulationWorld } from '../../engine/live/emulation/emulation-world.ts';
import { type KernelLosses, KernelLossWatch } from '../../engine/live/emulation/kernel-losses.ts';
import { OutsideProgramError } from '../../engine/live/emulation/outside-error.ts';
import type { ProgramEnd } from '../../engine/live/emulation/outside-program.ts';
import type { LateEvent, LateEventPolicy } from '../../engine/live/emulation/pacer.ts';
import type { SimWorldOptions } from '../../engine/net/sim-world.ts';
import type { SeedResult } from '../../reports/model.ts';
import { EMULATE_METRICS } from '../../scenarios/metrics/emulate-metrics.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { makeProtocolStackFinder, type ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import {
  outsideHosts,
  outsideProgramProtocol,
  refuseOutsideEvents,
} from '../../scenarios/open/outside.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { findCrash } from '../crash/crash-context.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { type LimitWatch, makeLimitWatch } from '../experiment/limit-watch.ts';
import { SLICE_NS } from '../experiment/slices.ts';
import {
  type ElapsedTimeFacts,
  type RunDriver,
  type RunDriverParts,
  runPhases,
} from '../phases/run-phases.ts';
import { awaitStep, type PromiseSteps, runStepsWaiting } from '../phases/steps.ts';
import { withTrafficOfSeed } from '../traffic/drawn-pairs.ts';
import { EmulateMeter, hostMetrics, millisecondsText } from '../worlds/emulated/emulate-meter.ts';
import { OutsidePrograms } from '../worlds/emulated/outside-programs.ts';
import { assembleSeedOnNetwork, type PreparedRun, runNamingCrashedNode } from './assemble-seed.ts';
import type { SeedAnswer } from './job.ts';
import type { RunEnd, RunRequest } from './run-order.ts';
import { makeFailureAnswer } from './seed-answer.ts';
import {
  EarlyRunEnder,
  NO_FINGERPRINT,
  type RunningSeed,
  reportProgress,
  runInTurn,
  type WatchdogParts,
} from './wall-clock-run.ts';

/** The flags of an emulated run. */
export interface EmulateSettings {
  /** Virtual seconds per second of wall time; must be 1 if there are outside programs. */
  readonly speed: number;
  readonly onLate: LateEventPolicy;
  readonly lateLimitNs: number;
  /** Folder for files with the output of outside programs. */
  readonly folder: string;
}

/** The scenario, seeds and outside programs of an emulated run. */
export interface EmulatedRunRequest extends RunRequest, EmulateSettings, WatchdogParts {
  readonly registry: ProtocolLookup;
  /** Called when an outside program begins and when it ends, with its process group. */
  readonly onProgram?: (pid: number, isLiving: boolean) => void;
}

const PROGRESS_MS = 100;
const ASKED = 'no fingerprint: an operator asked nodes what the file does not ask';

/** Runs all seeds of a scenario in emulation, one after the other. */
export async function runEmulated(order: EmulatedRunRequest): Promise<RunEnd> {
  refuseOutsideEvents(order.scenario);
  const hosts = outsideHosts(order.scenario).map(({ name }) => name);
  const definitions = [...EMULATE_METRICS, ...hostMetrics(hosts)];
  return await runInTurn(order, { mode: 'emulate', definitions }, (turn) =>
    runEmulatedSeed(order, turn),
  );
}

/** Runs one seed of a scenario in emulation. */
export async function runEmulatedSeed(
  order: EmulatedRunRequest,
  turn: RunningSeed,
): Promise<SeedAnswer> {
  const scenario = withTrafficOfSeed(order.scenario, turn.seed);
  const driver = new PacedDriver({ ...order, scenario }, turn);
  try {
    return { kind: 'result', result: await runStepsWaiting(runPhases(driver)) };
  } catch (error) {
    if (error instanceof OutsideProgramError) return outsideAnswer(error, scenario);
    return makeFailureAnswer(driver.findCrash(error), turn.seed);
  }
}

/** The driver of an emulated run: virtual time passes at the pace of the wall clock. */
class PacedDriver implements RunDriver {
  readonly #order: EmulatedRunRequest;
  readonly #turn: RunningSeed;
  readonly #programs: OutsidePrograms;
  readonly #kernel: KernelLossWatch;
  #run: PreparedRun<EmulationWorld> | undefined;
  #meter: EmulateMeter | undefined;
  #passing: RunDriverParts | undefined;
  #isWarm = false;
  #toldMs = 0;
  #beganMs = 0;
  #wallMs = 0;
  #late: readonly string[] = [];
  #limits: LimitWatch | undefined;
  #isMissed = false;
  #ends: ReadonlyMap<string, ProgramEnd> = new Map();

  constructor(order: EmulatedRunRequest, turn: RunningSeed) {
    this.#order = order;
    this.#turn = turn;
    const { scenario, folder, seeds, onProgram } = order;
    this.#kernel = new KernelLossWatch({
      hosts: scenario.topology.hosts.map(({ address }) => address),
      programs: outsideHosts(scenario).map(({ outside }) => outside?.program ?? ''),
    });
    this.#programs = new OutsidePrograms({
      scenario,
      fileOf: (host): string => join(folder, seeds.length === 1 ? host : `${host}.${turn.seed}`),
      signal: order.signal,
      onProgram,
    });
  }

  /** The {@link NodeCrash} for an error that a node caused; else the error itself. */
  findCrash(error: unknown): unknown {
    return this.#run === undefined ? error : findCrash(error, this.#run.crashContext);
  }

  assemble(): PreparedRun<EmulationWorld> {
    this.#run = this.#assemble();
    this.#meter = new EmulateMeter(this.#emulation, this.#order.lateLimitNs);
    return this.#run;
  }

  prepare(act: () => void): void {
    runNamingCrashedNode(this.#prepared, act);
  }

  *untilReady(): PromiseSteps<void> {
    yield this.#programs.start();
  }

  *pass(passing: RunDriverParts): PromiseSteps<SeedResult['ending']> {
    this.#passing = passing;
    this.#beganMs = performance.now();
    const ending = yield* this.#pace(passing.experiment);
    this.#wallMs = performance.now() - this.#beganMs;
    return ending;
  }

  *settle(): PromiseSteps<void> {
    if (this.#programs.isNeeded) yield this.#kernel.poll();
    this.#ends = yield* awaitStep(this.#programs.stop());
  }

  facts(): ElapsedTimeFacts {
    const { world, warnings } = this.#prepared;
    const { fingerprint, scheduler } = world.sim;
    const asked = this.#passing?.injector?.asked ?? 0;
    return {
      fingerprint: this.#programs.isNeeded || asked > 0 ? NO_FINGERPRINT : fingerprint,
      events: scheduler.eventCount,
      wallMs: this.#wallMs,
      warnings: asked > 0 ? [...warnings, ASKED] : warnings,
    };
  }

  addTo(result: SeedResult): SeedResult {
    const losses = this.#kernel.losses;
    return {
      ...result,
      metrics: { ...result.metrics, ...this.#meter?.metrics(this.#ends) },
      nodeDrops: { ...result.nodeDrops, ...outsideDrops(this.#emulation, losses) },
      warnings: [
        ...result.warnings,
        ...this.#late,
        ...this.#programs.warnings,
        ...(this.#meter?.warnings() ?? []),
        ...endWarnings(this.#ends),
        ...kernelWarnings(losses),
      ],
    };
  }

  *close(): PromiseSteps<void> {
    yield this.#programs.stop();
    this.#run?.world.sim.tap.close();
  }

  get #prepared(): PreparedRun<EmulationWorld> {
    return this.#run as PreparedRun<EmulationWorld>;
  }

  get #emulation(): EmulationWorld {
    return this.#prepared.world.sim;
  }

  #assemble(): PreparedRun<EmulationWorld> {
    const { scenario, registry, onJourneys, calls, recordingsOf } = this.#order;
    const { seed } = this.#turn;
    const outside = outsideProgramProtocol((name) => {
      const world = this.#emulation;
      world.tap.open(world.host(name));
    });
    const stackOfNode = makeProtocolStackFinder(scenario, registry);
    const stackOf: ProtocolStackOf = (host) =>
      host.outside === undefined ? stackOfNode(host) : [outside];
    const run = {
      scenario,
      registry,
      seed,
      recordings: recordingsOf(seed),
      stackOf,
      ...(onJourneys === undefined ? {} : { onJourneys }),
      ...(calls === undefined ? {} : { calls }),
    };
    return assembleSeedOnNetwork(run, (options) => this.#makeNetwork(options));
  }

  #makeNetwork(options: SimWorldOptions): EmulationWorld {
    const { scenario, speed, onLate, lateLimitNs } = this.#order;
    const outside = outsideHosts(scenario).map(({ name, outside: spec }) => ({
      name,
      program: spec?.program ?? '',
      ports: spec?.ports ?? [],
    }));
    return new EmulationWorld({
      ...options,
      outside,
      pace: {
        factor: speed,
        onLate,
        lateLimitNs,
        sliceNs: SLICE_NS,
        onSlice: (atNs): void => this.#endSlice(atNs),
      },
    });
  }

  *#pace(experiment: Experiment): PromiseSteps<SeedResult['ending']> {
    const { pacer } = this.#emulation;
    const early = new EarlyRunEnder(this.#order);
    this.#limits = makeLimitWatch(this.#order, this.#prepared.world, this.#turn.seed);
    const onStop = (): void => pacer.stop();
    early.signal.addEventListener('abort', onStop, { once: true });
    experiment.onDone = (): void => pacer.endBy(experiment.overNs);
    const paced = pacer.run(experiment.overNs);
    if (early.signal.aborted) onStop();
    const end = yield* awaitStep(
      paced.finally(() => early.signal.removeEventListener('abort', onStop)),
    );
    switch (end.kind) {
      case 'reached':
        return 'complete';
      case 'stopped':
        return this.#isMissed ? 'aborted' : early.ending;
      case 'late':
        // With `--on-late fail`, a run that is too late has exit code 5, as at the time limit.
        this.#late = [lateText(this.#emulation, end.late, this.#order)];
        return 'time-limit';
      default:
        return end satisfies never;
    }
  }

  #endSlice(atNs: number): void {
    const { experiment, recording, injector } = this.#passing as RunDriverParts;
    const { scenario } = this.#order;
    recording.tick(atNs, experiment);
    if (!this.#isMissed && this.#limits?.isMissed(atNs, experiment) === true) {
      this.#isMissed = true;
      this.#emulation.pacer.stop();
    }
    // Faults act 1 ns after the slice, when nothing else is scheduled, as in virtual time.
    injector?.takeAll(atNs + 1);
    if (!this.#isWarm && scenario.warmupNs > 0 && atNs >= scenario.warmupNs) {
      this.#isWarm = true;
      this.#meter?.reset();
    }
    const wallMs = performance.now() - this.#turn.beganMs;
    if (wallMs - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = wallMs;
    if (this.#programs.isNeeded) void this.#kernel.poll();
    const events = this.#prepared.world.sim.scheduler.eventCount;
    reportProgress(this.#order, this.#turn, { nowNs: atNs, events });
  }
}

function lateText(
  world: EmulationWorld,
  { atNs, byNs }: LateEvent,
  order: EmulatedRunRequest,
): string {
  const what = world.describe(atNs);
  const limit = millisecondsText(order.lateLimitNs);
  return `stopped at ${atNs / 1e9} s: ${what} was ${millisecondsText(byNs)} late, the limit is ${limit}`;
}

function endWarnings(ends: ReadonlyMap<string, ProgramEnd>): readonly string[] {
  return [...ends].flatMap(([host, { code, byItself }]) =>
    byItself && code !== 0 ? [`${host} ended with exit code ${code}, see ${host}.err.log`] : [],
  );
}

function kernelWarnings({ ours, theirs }: KernelLosses): readonly string[] {
  const lost = (count: number, whose: string): readonly string[] =>
    count === 0
      ? []
      : [`${count} datagrams were lost because the receive buffer of ${whose} was full`];
  return [...lost(ours, 'Orrery'), ...lost(theirs, 'a program')];
}

function outsideDrops(
  world: EmulationWorld,
  { ours, theirs }: KernelLosses,
): Readonly<Record<string, number>> {
  const drops: readonly (readonly [string, number])[] = [
    ...world.tap.drops,
    ['receive-buffer-full', ours],
    ['program-buffer-full', theirs],
  ];
  const named = drops.filter(([, count]) => count > 0);
  return Object.fromEntries(named.map(([reason, count]) => [`outside/${reason}`, count]).sort());
}

function outsideAnswer(error: OutsideProgramError, { topology, file }: Scenario): SeedAnswer {
  const host = topology.hosts.find(({ name }): boolean => name === error.host);
  const place = host?.position ?? { file, line: 1, column: 1 };
  return { kind: 'scenario-error', ...place, message: `${error.host}: ${error.message}` };
}
