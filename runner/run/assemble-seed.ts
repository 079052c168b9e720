/**
 * Sets up a run of one seed whose time is virtual: its world, the experiment, and everything that watches.
 *
 * @module
 */
import type { Fingerprint } from '../../engine/core/fingerprint.ts';
import { provider } from '../../engine/crypto/index.ts';
import type { LocateMessage, Protocol } from '../../engine/host/protocol.ts';
import { NodeCalls } from '../../engine/net/node-calls.ts';
import type { LogSink } from '../../engine/net/sim-observers.ts';
import type { SimWorld } from '../../engine/net/sim-world.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { type NodeChoice, nodeChoice, stackOf } from '../../scenarios/open/nodes.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import { followRefusals, keepAccount } from '../accounts/account.ts';
import {
  type CrashContext,
  crashContextOf,
  guardingClocks,
  reportingCrashes,
} from '../crash/crash-context.ts';
import { provisionSeed } from '../nodes/run-provision.ts';
import { assembleRun } from '../phases/assemble-run.ts';
import type { AssembledRun } from '../phases/run-phases.ts';
import { BitWatch, type BitWatchParts } from '../privacy/bit-watch.ts';
import { type PrivacyMeter, type PrivacyParts, PrivacyWatch } from '../privacy/privacy.ts';
import { recordersOf } from '../recording/recorders.ts';
import type { Recordings } from '../recording/recordings.ts';
import { Deliveries } from '../traffic/deliveries.ts';
import { scenarioOfSeed } from '../traffic/drawn-pairs.ts';
import type { LocalWorld } from '../world.ts';
import type { SetUpMemory } from '../worlds/set-up-memory.ts';
import { type MakeNetwork, makeSimWorld, virtualWorld } from '../worlds/virtual-world.ts';
import type { RunControl } from './run-control.ts';

/** The input of a run. */
export interface SeedRun {
  readonly scenario: Scenario;
  readonly registry: Registry;
  readonly seed: number;
  readonly recordings?: Recordings;
  /** Receives the journeys that `recordings.explain` asks for. */
  readonly onJourneys?: (text: string) => void;
  readonly control?: RunControl;
  /** True if the run ends at the first limit that it cannot meet any more. */
  readonly endsOnMiss?: boolean;
  /** `poison` detects use of buffers after they were returned; slower. */
  readonly buffers?: 'plain' | 'poison';
  /** Used instead of a new fingerprint when searching for a divergence. */
  readonly fingerprint?: Fingerprint;
  /** Memory in which calls of nodes are recorded for another thread. */
  readonly calls?: SharedArrayBuffer;
  /** Watches what the set-up takes of memory. */
  readonly memory?: SetUpMemory;
  /** Chooses the protocol of a host; by default, the registry does. */
  readonly nodeOf?: (host: HostSpec) => NodeChoice;
}

/** All parts of a run before it begins, which tests can inspect. */
export interface PreparedRun<Net extends SimWorld = SimWorld> extends AssembledRun {
  readonly world: LocalWorld<Net>;
  readonly warnings: readonly string[];
  /** The facts that are needed to report a crash. */
  readonly crashContext: CrashContext;
}

/** Creates the world and the experiment and schedules the first events, for tests. */
export function prepareSeed(given: SeedRun): PreparedRun {
  const assembled = assembleSeed(given);
  runGuarded(assembled, () => assembled.experiment.prepare());
  followRefusals(assembled.account, assembled.experiment.flows);
  return assembled;
}

/** Runs code of nodes, and names the node if it throws. */
export function runGuarded<T>(
  { crashContext }: Pick<PreparedRun, 'crashContext'>,
  code: () => T,
): T {
  return reportingCrashes(crashContext, () => guardingClocks(crashContext, code));
}

/** Creates the world and the experiment. */
export function assembleSeed(given: SeedRun): PreparedRun {
  return assembleOn(given, makeSimWorld);
}

/** Like {@link assembleSeed}, on a network of another kind. */
export function assembleOn<Net extends SimWorld>(
  given: SeedRun,
  make: MakeNetwork<Net>,
): PreparedRun<Net> {
  const run = { ...given, scenario: scenarioOfSeed(given.scenario, given.seed) };
  const { scenario, registry, seed, memory, recordings = {} } = run;
  const { hosts } = scenario.topology;
  const nodeOf = run.nodeOf ?? ((host): NodeChoice => nodeChoice(scenario, host, registry));
  const protocolOf = (host: HostSpec): Protocol => nodeOf(host).protocol;
  const crypto = provider(scenario.crypto, { timing: 'simulation' });
  const facts = { scenario, seed, protocolOf, stackOf: stackOf(scenario, registry), crypto };
  const world = virtualWorld(
    {
      ...facts,
      ...{ cpu: scenario.cpu, memory },
      ...(run.buffers === undefined ? {} : { buffers: run.buffers }),
      ...(run.fingerprint === undefined ? {} : { fingerprint: run.fingerprint }),
      calls: run.calls && new NodeCalls(hosts.length, run.calls),
    },
    make,
  );
  const readerOf = (host: HostSpec): LocateMessage | undefined => {
    const { protocol, options } = nodeOf(host);
    return protocol.messages?.(options, crypto);
  };
  const deliveries = new Deliveries();
  const parts = { ...facts, world, readerOf, deliveries };
  const provision = provisionSeed(facts);
  const privacy = privacyMeter({ ...parts, flows: deliveries.flows });
  const account = keepAccount({
    ...parts,
    stackOf: (host) => (host.layers === undefined ? [nodeOf(host)] : facts.stackOf(host)),
  });
  const accounts = account.kind === 'kept' ? account.accounts : undefined;
  const recorders = recordersOf({ ...run, world, readerOf, account: accounts }, recordings);
  const warnings = [...scenario.warnings];
  const logged: LogSink = (node, level, message) => {
    if (level === 'warn') warnings.push(`${node}: ${message}`);
  };
  const { injection } = recordings;
  const assembled = assembleRun(world, {
    ...{ scenario, registry, seed, nodeOf, provision, memory, deliveries },
    ...{ account, recorders, privacy, injection, logged },
  });
  return { ...assembled, warnings, crashContext: crashContextOf(world, { hosts, ...facts }) };
}

/** Measures privacy, if asked; where no node mixes, packets are followed by their bits. */
function privacyMeter(
  parts: Omit<PrivacyParts, 'privacy'> & Pick<BitWatchParts, 'flows'>,
): PrivacyMeter | undefined {
  const { privacy } = parts.scenario;
  if (privacy === undefined) return undefined;
  if (privacy.mixes.length > 0) return new PrivacyWatch({ ...parts, privacy });
  return new BitWatch({ ...parts, everyNs: privacy.everyNs });
}
