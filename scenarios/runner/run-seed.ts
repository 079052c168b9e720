/**
 * One run of one seed in virtual time, from a checked scenario to a plain result.
 *
 * A pure function of (commit, files, seed): the same fingerprint everywhere. The world runs in
 * slices of virtual time; between them, progress is shown and a run can be stopped. A run goes on to
 * the next slice in which something happens, so that an idle hour costs nothing.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { assert } from '../../engine/core/assert.ts';
import type { Fingerprint } from '../../engine/core/fingerprint.ts';
import { provider } from '../../engine/crypto/index.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { MessageObserver, Protocol, ReadMessage } from '../../engine/host/protocol.ts';
import { NodeCalls } from '../../engine/net/node-calls.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import { finishersOf } from '../files/until.ts';
import type { Scenario } from '../model.ts';
import { type Account, closeAccount, followRefusals, keepAccount } from './account.ts';
import { CheckpointBook } from './checkpoint-book.ts';
import { type CrashScene, guardingClocks, sceneOf, tellingCrashes } from './crash/crash-scene.ts';
import { scenarioOfSeed } from './drawn-pairs.ts';
import type { Recordings } from './job.ts';
import type { Fate } from './message-account.ts';
import { joinObservers } from './message-observer.ts';
import { flowProtocol, metricsOf, type NodeChoice, nodeChoice, stackOf } from './nodes.ts';
import { outcome } from './outcome.ts';
import { Injector } from './palette/injector.ts';
import { SteppedPalette } from './palette/stepped.ts';
import { type PrivacyParts, PrivacyWatch } from './privacy.ts';
import { provisionSeed } from './provision/run-provision.ts';
import { Recorders } from './recorders.ts';
import type { RunControl } from './run-control.ts';
import { type SimStageOptions, SimStageWorld } from './sim-stage-world.ts';
import { Stage, type StageParts } from './stage.ts';

/** The input of a run. */
export interface SeedRun {
  readonly scenario: Scenario;
  readonly registry: Registry;
  readonly seed: number;
  readonly recordings?: Recordings;
  /** Receives the journeys that `recordings.explain` asks for. */
  readonly onJourneys?: (text: string) => void;
  readonly control?: RunControl;
  /** `poison` detects use of buffers after they were returned; slower. */
  readonly buffers?: 'plain' | 'poison';
  /** Used instead of a new fingerprint when searching for a divergence. */
  readonly fingerprint?: Fingerprint;
  /** Memory in which calls of nodes are recorded for another thread. */
  readonly calls?: SharedArrayBuffer;
  /** Creates another kind of world with the same interface. */
  readonly makeWorld?: SimStageOptions['makeWorld'];
  /** Chooses the protocol of a host; by default, the registry does. */
  readonly nodeOf?: (host: HostSpec) => NodeChoice;
}

/** Slices are long enough to cost nothing and short enough to stop within a blink. */
export const SLICE_NS = 20_000_000;

/** All parts of a run before it begins, which tests can inspect. */
export interface PreparedRun {
  readonly world: SimStageWorld;
  readonly stage: Stage;
  readonly recorders: Recorders;
  readonly warnings: string[];
  /** Absent if the scenario measures no privacy. */
  readonly privacy?: PrivacyWatch;
  /** The account of messages, or why there is none. */
  readonly account: Account;
  /** The facts that are needed to report a crash. */
  readonly scene: CrashScene;
}

/** Creates the world and the stage and schedules the first events. */
export function prepareSeed(given: SeedRun): PreparedRun {
  const run = ofSeed(given);
  const { scenario, registry, seed } = run;
  const { hosts } = scenario.topology;
  const nodeOf = run.nodeOf ?? ((host): NodeChoice => nodeChoice(scenario, host, registry));
  const stacks = stackOf(scenario, registry);
  const crypto = provider(scenario.crypto, { timing: 'simulation' });
  const world = new SimStageWorld({
    scenario,
    seed,
    crypto,
    cpu: scenario.cpu,
    protocolOf: (host): Protocol => nodeOf(host).protocol,
    stackOf: stacks,
    ...(run.makeWorld === undefined ? {} : { makeWorld: run.makeWorld }),
    ...(run.buffers === undefined ? {} : { buffers: run.buffers }),
    ...(run.fingerprint === undefined ? {} : { fingerprint: run.fingerprint }),
    ...(run.calls === undefined ? {} : { calls: new NodeCalls(hosts.length, run.calls) }),
  });
  const readerOf = (host: HostSpec): ReadMessage | undefined => {
    const { protocol, options } = nodeOf(host);
    return protocol.messages?.(options, crypto);
  };
  const protocolOf = (host: HostSpec): Protocol => nodeOf(host).protocol;
  const scene = sceneOf(world, { hosts, protocolOf, stackOf: stacks, seed });
  const provision = provisionSeed({ scenario, seed, protocolOf, stackOf: stacks, crypto });
  const privacy = watchPrivacy(run, { world, protocolOf, readerOf });
  const account = keepAccount({ scenario, world, stage: () => stage, protocolOf, readerOf });
  const ledger = account.kind === 'kept' ? account.ledger : undefined;
  const stage: Stage = new Stage({
    world,
    scenario,
    seed,
    viewOf: (host, layer): NetworkView => provision.viewOf(host, layer),
    nodeOf,
    stackOf: stacks,
    observerOf: (node): MessageObserver | undefined =>
      joinObservers([
        ...(privacy === undefined ? [] : [privacy.observers.of(node)]),
        ...(ledger === undefined ? [] : [ledger.of(node)]),
        ...recorders.messagesOf(node),
      ]),
    ...(privacy === undefined ? {} : attackPart(privacy)),
    ...untilPart(scenario, registry),
    crashed: (node) => ledger?.crashed(node),
  });
  if (ledger !== undefined) world.listen(ledger);
  world.listen(stage);
  const warnings = [...scenario.warnings];
  world.listen(warningCollector(warnings));
  const watchers = [privacy?.links, ledger].filter((watcher) => watcher !== undefined);
  const fateOf = ledger && ((...which: [number, number]): Fate => ledger.fateOf(...which));
  const parts = { ...run, world, readerOf, fateOf };
  const recorders = new Recorders(parts, run.recordings ?? {}, watchers);
  tellingCrashes(scene, () => guardingClocks(scene, () => stage.prepare()));
  followRefusals(account, stage.flows);
  const watched = privacy === undefined ? {} : { privacy };
  return { world, stage, recorders, warnings, account, scene, ...watched };
}

function watchPrivacy(
  { scenario, seed }: SeedRun,
  parts: Pick<PrivacyParts, 'world' | 'protocolOf' | 'readerOf'>,
): PrivacyWatch | undefined {
  const { privacy } = scenario;
  if (privacy === undefined) return undefined;
  return new PrivacyWatch({ scenario, privacy, seed, ...parts });
}

function attackPart({ attacks }: PrivacyWatch): Pick<StageParts, 'attack'> {
  return { attack: (attack, draws) => attacks.begin(attack, draws) };
}

function ofSeed(run: SeedRun): SeedRun {
  return { ...run, scenario: scenarioOfSeed(run.scenario, run.seed) };
}

/** The hosts that the end of the run waits for, if its work can end it. */
export function untilPart(scenario: Scenario, registry: Registry): Pick<StageParts, 'finishers'> {
  return scenario.until === 'done' ? { finishers: finishersOf(scenario, registry) } : {};
}

/** Runs one seed to its end. */
export function runSeed(given: SeedRun): SeedResult {
  const began = performance.now();
  const run = ofSeed(given);
  const prepared = prepareSeed(run);
  try {
    const { scene } = prepared;
    const finish = (): SeedResult => finishSeed(run, prepared, began);
    const result = tellingCrashes(scene, () => guardingClocks(scene, finish));
    const warnings = prepared.recorders.finish(result, prepared.stage);
    return { ...result, warnings: [...result.warnings, ...warnings] };
  } finally {
    prepared.recorders.close();
  }
}

function finishSeed(run: SeedRun, prepared: PreparedRun, began: number): SeedResult {
  const palette = steppedPalette(run, prepared);
  const book = new CheckpointBook(run.scenario, SLICE_NS);
  const beganMs = epochMs();
  const { ending, engineMs } = advance(prepared, { control: run.control, palette, book });
  const engine = { beganMs, endedMs: epochMs(), busyMs: engineMs };
  const result = concludeSeed(run, prepared, { ending, wallMs: performance.now() - began });
  return { ...result, engine, checkpoints: book.checkpoints };
}

/** One clock for all threads of this process. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Ends a run whose time is over: checks that everything adds up, and collects the measurements. */
export function concludeSeed(
  run: SeedRun,
  { world, stage, warnings, privacy, account }: PreparedRun,
  how: Pick<SeedResult, 'ending' | 'wallMs'>,
): SeedResult {
  const { scenario, registry, seed } = run;
  const imbalance = world.sim.network.imbalance();
  assert(imbalance === undefined, `packets do not add up: ${imbalance}`);
  const messages = closeAccount(account, stage);
  stage.finish();
  const result = outcome(stage, world, scenario, {
    seed,
    fingerprint: world.sim.fingerprint,
    ...how,
    events: world.sim.scheduler.eventCount,
    warnings: [...new Set(warnings)],
    definitions: metricsOf(scenario, registry),
    protocolOf: (flow): string => flowProtocol(scenario, registry, flow),
  });
  const accounted = { ...result, ...messages };
  return privacy === undefined ? accounted : privacy.addTo(accounted);
}

interface Course {
  readonly control: RunControl | undefined;
  readonly palette: SteppedPalette | undefined;
  readonly book: CheckpointBook;
}

function steppedPalette(
  { scenario, registry, recordings, control }: SeedRun,
  { world, stage, recorders }: PreparedRun,
): SteppedPalette | undefined {
  const link = recordings?.palette;
  const injector = Injector.of({ link, scenario, registry, stage });
  if (link === undefined || injector === undefined) return undefined;
  return new SteppedPalette({
    injector,
    speed: link.speed,
    runUntil: (atNs) => world.sim.runUntil(atNs),
    onWait: () => recorders.tick(world.now(), stage),
    isStopped: () => control?.stopReason !== undefined,
  });
}

function advance(
  { world, stage, recorders }: PreparedRun,
  { control, palette, book }: Course,
): { readonly ending: SeedResult['ending']; readonly engineMs: number } {
  let engineMs = 0;
  stage.onDone = (): void => world.sim.scheduler.stop();
  for (let at = world.now(); at < stage.overNs; ) {
    palette?.between(at);
    // Slices in which nothing happens are left out, unless the run keeps to a pace.
    const nextNs = palette?.isPaced === true ? at : world.sim.scheduler.peekTime();
    const sliceNs = Math.max(sliceEnd(at + 1), sliceEnd(nextNs));
    const untilNs = Math.min(stage.overNs, book.nextAfter(at), sliceNs);
    const began = performance.now();
    world.sim.runUntil(untilNs);
    // Earlier than planned if the work was done meanwhile.
    at = world.now();
    engineMs += performance.now() - began;
    book.pass(at, world.sim);
    recorders.tick(at, stage);
    if (control === undefined) continue;
    control.report({ nowNs: at, events: world.sim.scheduler.eventCount, engineMs });
    const reason = control.stopReason;
    if (reason !== undefined && at < stage.overNs) return { ending: reason, engineMs };
  }
  return { ending: 'complete', engineMs };
}

/** The end of the slice to which an instant belongs, ns; Infinity for Infinity. */
function sliceEnd(atNs: number): number {
  return SLICE_NS * Math.ceil(atNs / SLICE_NS);
}

function warningCollector(into: string[]): Parameters<SimStageWorld['listen']>[0] {
  const ignore = (): void => undefined;
  return {
    delivered: ignore,
    state: ignore,
    spanned: ignore,
    marked: ignore,
    logged: (node, level, message): void => {
      if (level === 'warn') into.push(`${node}: ${message}`);
    },
  };
}
