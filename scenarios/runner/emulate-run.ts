/**
 * Runs a scenario in virtual time paced by the wall clock, with outside programs if the topology
 * has any, and gathers what the judge needs (docs/spec/live.md#emulation).
 *
 * Nodes, faults, traffic and recordings are those of `run-seed.ts`, so without outside programs the
 * fingerprint is the same. With them a run cannot be repeated bit by bit, and has none.
 *
 * @module
 */
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { untilBound } from '../../engine/live/emulation/bound-ports.ts';
import { EmulationWorld } from '../../engine/live/emulation/emulation-world.ts';
import { type KernelLosses, KernelWatch } from '../../engine/live/emulation/kernel-losses.ts';
import { OutsideError } from '../../engine/live/emulation/outside-error.ts';
import { OutsideProgram, type ProgramEnd } from '../../engine/live/emulation/outside-program.ts';
import type { LateEvent, OnLate } from '../../engine/live/emulation/pacer.ts';
import type { SimWorldOptions } from '../../engine/net/sim-world.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { Scenario } from '../model.ts';
import { crashOf } from './crash/crash-scene.ts';
import { scenarioOfSeed } from './drawn-pairs.ts';
import { EMULATE_METRICS, EmulateMeter, hostMetrics, inMs } from './emulate-metrics.ts';
import type { SeedAnswer } from './job.ts';
import { type NodeChoice, nodeChoice } from './nodes.ts';
import { checkOutside, outsideChoice, outsideHosts } from './outside.ts';
import { Injector } from './palette/injector.ts';
import type { RunEnd, RunOrder } from './run-scenario.ts';
import { concludeSeed, type PreparedRun, prepareSeed, type SeedRun, SLICE_NS } from './run-seed.ts';
import { answerOf } from './seed-answer.ts';
import type { Stage } from './stage.ts';
import {
  EarlyEnd,
  NO_FINGERPRINT,
  runInTurn,
  type SeedTurn,
  tellProgress,
  type WatchedParts,
} from './wall-clock-run.ts';

/** The flags of an emulated run. */
export interface EmulateHow {
  /** Virtual seconds per second of wall time; must be 1 if there are outside programs. */
  readonly speed: number;
  readonly onLate: OnLate;
  readonly lateLimitNs: number;
  /** Receives the output of outside programs. */
  readonly folder: string;
}

/** What to run, and how. */
export interface EmulateOrder extends RunOrder, EmulateHow, WatchedParts {
  readonly registry: Registry;
  /** Receives the process groups of outside programs, when they begin and when they end. */
  readonly onProgram?: (pid: number, isLiving: boolean) => void;
}

/** After this time, a program that has bound none of its ports is no longer waited for. */
const READY_MAX_MS = 10_000;
const PROGRESS_MS = 100;

/** Runs all seeds. */
export async function runEmulated(order: EmulateOrder): Promise<RunEnd> {
  checkOutside(order.scenario);
  const hosts = outsideHosts(order.scenario).map(({ name }) => name);
  const definitions = [...EMULATE_METRICS, ...hostMetrics(hosts)];
  return await runInTurn(order, { mode: 'emulate', definitions }, (turn) =>
    runEmulatedSeed(order, turn),
  );
}

/** Runs one of them. */
export function runEmulatedSeed(order: EmulateOrder, turn: SeedTurn): Promise<SeedAnswer> {
  const scenario = scenarioOfSeed(order.scenario, turn.seed);
  return new EmulatedRun({ ...order, scenario }, turn).run();
}

/** One seed. */
class EmulatedRun {
  readonly #order: EmulateOrder;
  readonly #turn: SeedTurn;
  readonly #programs = new Map<string, OutsideProgram>();
  readonly #warnings: string[] = [];
  readonly #run: SeedRun;
  #world: EmulationWorld | undefined;
  #prepared: PreparedRun | undefined;
  #meter: EmulateMeter | undefined;
  #injector: Injector | undefined;
  #isWarm = false;
  #toldMs = 0;
  readonly #kernel: KernelWatch;

  constructor(order: EmulateOrder, turn: SeedTurn) {
    this.#order = order;
    this.#turn = turn;
    const { seed } = turn;
    const { scenario, registry, onJourneys } = order;
    const programs = outsideHosts(scenario).map(({ outside }) => outside?.program ?? '');
    this.#kernel = new KernelWatch({
      hosts: scenario.topology.hosts.map(({ address }) => address),
      programs,
    });
    const outside = outsideChoice((name) => this.#openTap(name));
    this.#run = {
      scenario,
      registry,
      seed,
      recordings: order.recordingsOf(seed),
      makeWorld: (options): EmulationWorld => this.#makeWorld(options),
      nodeOf: (host): NodeChoice =>
        host.outside === undefined ? nodeChoice(scenario, host, registry) : outside,
      ...(onJourneys === undefined ? {} : { onJourneys }),
      ...(order.calls === undefined ? {} : { calls: order.calls }),
    };
  }

  async run(): Promise<SeedAnswer> {
    try {
      return { kind: 'result', result: await this.#toTheEnd() };
    } catch (error) {
      const { scenario } = this.#order;
      if (error instanceof OutsideError) return outsideAnswer(error, scenario);
      const scene = this.#prepared?.scene;
      return answerOf(scene === undefined ? error : crashOf(error, scene), this.#turn.seed);
    } finally {
      await this.#stopPrograms();
      this.#world?.tap.close();
      this.#prepared?.recorders.close();
    }
  }

  async #toTheEnd(): Promise<SeedResult> {
    const prepared = prepareSeed(this.#run);
    this.#prepared = prepared;
    const world = this.#world as EmulationWorld;
    const meter = new EmulateMeter(world, this.#order.lateLimitNs);
    this.#meter = meter;
    await this.#startPrograms();
    const { scenario, registry } = this.#order;
    const link = this.#run.recordings?.palette;
    this.#injector = Injector.of({ link, scenario, registry, stage: prepared.stage });
    const began = performance.now();
    const { ending, warnings } = await this.#pace(world, prepared.stage);
    const wallMs = performance.now() - began;
    if (this.#programsCount > 0) await this.#kernel.look();
    const ends = await this.#stopPrograms();
    const plain = concludeSeed(this.#run, prepared, { ending, wallMs });
    const result: SeedResult = {
      ...plain,
      fingerprint: this.#programsCount === 0 ? plain.fingerprint : NO_FINGERPRINT,
      metrics: { ...plain.metrics, ...meter.metrics(ends) },
      nodeDrops: { ...plain.nodeDrops, ...outsideDrops(world, this.#kernel.losses) },
      warnings: [
        ...plain.warnings,
        ...warnings,
        ...this.#warnings,
        ...meter.warnings(),
        ...endWarnings(ends),
        ...kernelWarnings(this.#kernel.losses),
      ],
    };
    const more = prepared.recorders.finish(result, prepared.stage);
    return { ...result, warnings: [...result.warnings, ...more] };
  }

  get #programsCount(): number {
    return outsideHosts(this.#order.scenario).length;
  }

  #makeWorld(options: SimWorldOptions): EmulationWorld {
    const { scenario, speed, onLate, lateLimitNs } = this.#order;
    const outside = outsideHosts(scenario).map(({ name, outside: spec }) => ({
      name,
      program: spec?.program ?? '',
      ports: spec?.ports ?? [],
    }));
    this.#world = new EmulationWorld({
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
    return this.#world;
  }

  #openTap(name: string): void {
    this.#world?.tap.open(this.#world.host(name));
  }

  async #pace(
    world: EmulationWorld,
    stage: Stage,
  ): Promise<{ readonly ending: SeedResult['ending']; readonly warnings: readonly string[] }> {
    const early = new EarlyEnd(this.#order);
    const onStop = (): void => world.pacer.stop();
    early.signal.addEventListener('abort', onStop, { once: true });
    stage.onDone = (): void => world.pacer.endBy(stage.overNs);
    const paced = world.pacer.run(stage.overNs);
    if (early.signal.aborted) onStop();
    const end = await paced.finally(() => early.signal.removeEventListener('abort', onStop));
    switch (end.kind) {
      case 'reached':
        return { ending: 'complete', warnings: [] };
      case 'stopped':
        return { ending: early.ending, warnings: [] };
      case 'late':
        // Too late with `--on-late fail`: exit code 5, as for a run that takes too long.
        return { ending: 'time-limit', warnings: [lateText(world, end.late, this.#order)] };
      default:
        return end satisfies never;
    }
  }

  #endSlice(atNs: number): void {
    const prepared = this.#prepared;
    const { scenario } = this.#order;
    if (prepared === undefined) return;
    prepared.recorders.tick(atNs, prepared.stage);
    // 1 ns after the slice, when nothing else is scheduled, as in virtual time.
    this.#injector?.takeAll(atNs + 1);
    if (!this.#isWarm && scenario.warmupNs > 0 && atNs >= scenario.warmupNs) {
      this.#isWarm = true;
      this.#meter?.reset();
    }
    const wallMs = performance.now() - this.#turn.beganMs;
    if (wallMs - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = wallMs;
    if (this.#programsCount > 0) void this.#kernel.look();
    const events = prepared.world.sim.scheduler.eventCount;
    tellProgress(this.#order, this.#turn, { nowNs: atNs, events });
  }

  /**
   * Programs that receive from others are started first, so that no packet is lost because its
   * receiver has not started.
   */
  async #startPrograms(): Promise<void> {
    const hosts = outsideHosts(this.#order.scenario);
    const waits = (host: HostSpec): boolean => (host.outside?.ports.length ?? 0) > 0;
    for (const host of hosts.filter(waits)) {
      await this.#start(host);
      await this.#untilBound(host);
    }
    await Promise.all(hosts.filter((host) => !waits(host)).map((host) => this.#start(host)));
  }

  async #start({ name, outside }: HostSpec): Promise<void> {
    const { scenario, folder, seeds } = this.#order;
    const { command } = outside ?? {};
    if (command === undefined) return;
    const file = join(folder, seeds.length === 1 ? name : `${name}.${this.#turn.seed}`);
    try {
      const program = await OutsideProgram.start({
        command,
        folder: dirname(resolve(scenario.file)),
        outFile: `${file}.out.log`,
        errFile: `${file}.err.log`,
      });
      this.#programs.set(name, program);
      const { onProgram } = this.#order;
      onProgram?.(program.pid, true);
      void program.ended.then(() => onProgram?.(program.pid, false));
    } catch (error) {
      throw new OutsideError(startText(command, error), { host: name, cause: error });
    }
  }

  async #untilBound({ name, outside }: HostSpec): Promise<void> {
    const { signal } = this.#order;
    const program = this.#programs.get(name);
    if (program === undefined || outside === undefined) return;
    const { program: address, ports } = outside;
    const isOver = (): boolean => signal?.aborted === true || program.end !== undefined;
    const isBound = await untilBound({ address, ports, limitMs: READY_MAX_MS, isOver });
    if (isBound || signal?.aborted === true) return;
    const { end } = program;
    const why =
      end === undefined
        ? `${name}: not bound to any of its ports after ${READY_MAX_MS / 1000} s`
        : `${name}: ended with exit code ${end.code} before it was bound to a port of its own`;
    this.#warnings.push(`${why}, see ${name}.err.log`);
  }

  async #stopPrograms(): Promise<ReadonlyMap<string, ProgramEnd>> {
    const programs = [...this.#programs];
    const ends = await Promise.all(programs.map(([, program]) => program.stop()));
    return new Map(ends.map((end, index) => [programs[index]?.[0] ?? '', end]));
  }
}

function startText(command: readonly string[], error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const name = command[0] ?? '';
  switch (code) {
    case 'ENOENT':
      return `command "${name}" was not found`;
    case 'EACCES':
      return `command "${name}" is not allowed to run`;
    default:
      return `command "${name}" cannot be started: ${code ?? String(error)}`;
  }
}

function lateText(world: EmulationWorld, { atNs, byNs }: LateEvent, order: EmulateOrder): string {
  const what = world.describe(atNs);
  const limit = inMs(order.lateLimitNs);
  return `stopped at ${atNs / 1e9} s: ${what} was ${inMs(byNs)} late, the limit is ${limit}`;
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

function outsideAnswer(error: OutsideError, { topology, file }: Scenario): SeedAnswer {
  const host = topology.hosts.find(({ name }): boolean => name === error.host);
  const place = host?.position ?? { file, line: 1, column: 1 };
  return { kind: 'scenario-error', ...place, message: `${error.host}: ${error.message}` };
}
