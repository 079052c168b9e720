/**
 * Sets up a run of one seed whose time is virtual: its world, the stage, and everything that watches.
 *
 * @module
 */
import type { Fingerprint } from '../../engine/core/fingerprint.ts';
import { provider } from '../../engine/crypto/index.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { MessageObserver, Protocol, ReadMessage } from '../../engine/host/protocol.ts';
import { NodeCalls } from '../../engine/net/node-calls.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { Scenario } from '../model.ts';
import { followRefusals, keepAccount, observerOf } from './account.ts';
import { BitWatch, type BitWatchParts } from './bit-watch.ts';
import { type CrashScene, guardingClocks, sceneOf, tellingCrashes } from './crash/crash-scene.ts';
import { untilPart } from './done-watch.ts';
import { scenarioOfSeed } from './drawn-pairs.ts';
import type { Recordings } from './job.ts';
import { joinObservers } from './message-observer.ts';
import { type NodeChoice, nodeChoice, stackOf } from './nodes.ts';
import type { Cast } from './phases/run-phases.ts';
import { type PrivacyParts, PrivacyWatch } from './privacy.ts';
import { provisionSeed } from './provision/run-provision.ts';
import { Recorders } from './recorders.ts';
import type { RunControl } from './run-control.ts';
import type { SetUpMemory } from './set-up-memory.ts';
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
  /** The run ends at the first limit that it cannot meet any more. */
  readonly endsOnMiss?: boolean;
  /** `poison` detects use of buffers after they were returned; slower. */
  readonly buffers?: 'plain' | 'poison';
  /** Used instead of a new fingerprint when searching for a divergence. */
  readonly fingerprint?: Fingerprint;
  /** Memory in which calls of nodes are recorded for another thread. */
  readonly calls?: SharedArrayBuffer;
  /** Creates another kind of world with the same interface. */
  readonly makeWorld?: SimStageOptions['makeWorld'];
  /** Watches what the set-up takes of memory. */
  readonly memory?: SetUpMemory;
  /** Chooses the protocol of a host; by default, the registry does. */
  readonly nodeOf?: (host: HostSpec) => NodeChoice;
}

/** All parts of a run before it begins, which tests can inspect. */
export interface PreparedRun extends Cast {
  readonly world: SimStageWorld;
  readonly recording: Recorders;
  readonly warnings: readonly string[];
  /** The facts that are needed to report a crash. */
  readonly scene: CrashScene;
}

/** Creates the world and the stage and schedules the first events, for tests. */
export function prepareSeed(given: SeedRun): PreparedRun {
  const cast = castSeed(given);
  guarded(cast, () => cast.stage.prepare());
  followRefusals(cast.account, cast.stage.flows);
  return cast;
}

/** Runs code of nodes, and names the node if it throws. */
export function guarded<T>({ scene }: Pick<PreparedRun, 'scene'>, code: () => T): T {
  return tellingCrashes(scene, () => guardingClocks(scene, code));
}

/** Creates the world and the stage. */
export function castSeed(given: SeedRun): PreparedRun {
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
    ...(run.memory === undefined ? {} : { memory: run.memory }),
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
  const bits = watchBits(run, { world, flows: () => stage.flows });
  const account = keepAccount({
    ...{ scenario, world, protocolOf, readerOf },
    stackOf: (host) => (host.layers === undefined ? [nodeOf(host)] : stacks(host)),
    stage: () => stage,
  });
  const books = account.kind === 'kept' ? account.books : undefined;
  const stage: Stage = new Stage({
    world,
    scenario,
    seed,
    viewOf: (host, layer): NetworkView => provision.viewOf(host, layer),
    nodeOf,
    stackOf: stacks,
    observerOf: (node, layer): MessageObserver | undefined => {
      const own = observerOf(account, node, layer);
      const kept = own === undefined ? [] : [own];
      if (layer !== undefined) return joinObservers(kept);
      const secret = privacy === undefined ? [] : [privacy.observers.of(node)];
      return joinObservers([...secret, ...kept, ...recording.messagesOf(node)]);
    },
    ...(privacy === undefined ? {} : attackPart(privacy)),
    ...untilPart(scenario, registry),
    ...(run.memory === undefined ? {} : { memory: run.memory }),
    crashed: (node) => books?.crashed(node),
  });
  for (const ledger of books?.ledgers ?? []) world.listen(ledger);
  world.listen(stage);
  const warnings = [...scenario.warnings];
  world.listen(warningCollector(warnings));
  const watchers = [privacy?.links, bits, ...(books?.ledgers ?? [])].filter(
    (watcher) => watcher !== undefined,
  );
  const parts = { ...run, world, readerOf, account: books };
  const recording = new Recorders(parts, run.recordings ?? {}, watchers);
  const measured = privacy ?? bits;
  const watched = measured === undefined ? {} : { privacy: measured };
  const palette = run.recordings?.palette;
  const facts = { scenario, registry, seed };
  return { ...facts, world, stage, recording, palette, warnings, account, scene, ...watched };
}

function watchPrivacy(
  { scenario, seed }: SeedRun,
  parts: Pick<PrivacyParts, 'world' | 'protocolOf' | 'readerOf'>,
): PrivacyWatch | undefined {
  const { privacy } = scenario;
  if (privacy === undefined || privacy.mixes.length === 0) return undefined;
  return new PrivacyWatch({ scenario, privacy, seed, ...parts });
}

/** Where no node mixes, packets are followed by their bits. */
function watchBits(
  { scenario }: SeedRun,
  parts: Pick<BitWatchParts, 'world' | 'flows'>,
): BitWatch | undefined {
  const { privacy } = scenario;
  if (privacy === undefined || privacy.mixes.length > 0) return undefined;
  return new BitWatch({ scenario, everyNs: privacy.everyNs, ...parts });
}

function attackPart({ attacks }: PrivacyWatch): Pick<StageParts, 'attack'> {
  return { attack: (attack, draws) => attacks.begin(attack, draws) };
}

function ofSeed(run: SeedRun): SeedRun {
  return { ...run, scenario: scenarioOfSeed(run.scenario, run.seed) };
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
