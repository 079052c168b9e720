/**
 * Sets up a run of one seed in virtual time: its world, its experiment, and its observers and
 * recorders.
 *
 * @module
 */
import type { Fingerprint } from '../../engine/core/fingerprint.ts';
import type { LocateMessage } from '../../engine/host/protocol.ts';
import { NodeCalls } from '../../engine/net/node-calls.ts';
import type { LogSink } from '../../engine/net/sim-observers.ts';
import type { SimWorld } from '../../engine/net/sim-world.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { makeProtocolStackFinder, type ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import { recordRefusedMessages, startMessageAccounting } from '../accounts/account.ts';
import {
  type CrashContext,
  makeCrashContext,
  runGuardingClocks,
  runReportingCrashes,
} from '../crash/crash-context.ts';
import { provisionSeed } from '../nodes/run-provision.ts';
import { assembleRun } from '../phases/assemble-run.ts';
import type { AssembledRun } from '../phases/run-phases.ts';
import { PacketBitObserver, type PacketBitObserverParts } from '../privacy/bit-watch.ts';
import {
  MixPrivacyMeter,
  type MixPrivacyMeterParts,
  type PrivacyMeter,
} from '../privacy/privacy.ts';
import { makeRecorders } from '../recording/recorders.ts';
import type { RecordingPaths } from '../recording/recordings.ts';
import { withTrafficOfSeed } from '../traffic/drawn-pairs.ts';
import { RunFlows } from '../traffic/run-flows.ts';
import type { LocalWorld } from '../world.ts';
import type { SetUpMemoryGuard } from '../worlds/set-up-memory.ts';
import { type MakeNetwork, makeSimWorld, makeVirtualWorld } from '../worlds/virtual-world.ts';
import type { RunSteering } from './run-control.ts';

/** The scenario and the seed of a run, and how it is run and recorded. */
export interface SeedRunInput {
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  readonly seed: number;
  readonly recordings?: RecordingPaths;
  /** Receives the journeys that `recordings.explain` asks for. */
  readonly onJourneys?: (text: string) => void;
  readonly control?: RunSteering;
  /** True if the run ends as soon as it cannot meet a limit any more. */
  readonly endsOnMiss?: boolean;
  /** `poison` detects the use of buffers after their release; it is slower. */
  readonly buffers?: 'plain' | 'poison';
  /** Replaces the fingerprint of the run, to find the first difference of two runs. */
  readonly fingerprint?: Fingerprint;
  /** Memory in which calls of nodes are recorded, for a watchdog on another thread. */
  readonly calls?: SharedArrayBuffer;
  /** Limits the memory that the set-up takes. */
  readonly memory?: SetUpMemoryGuard;
  /** Finds the protocols of a host; by default, in the registry. */
  readonly stackOf?: ProtocolStackOf;
}

/** All parts of a run before it begins, which tests can inspect. */
export interface PreparedRun<Net extends SimWorld = SimWorld> extends AssembledRun {
  readonly world: LocalWorld<Net>;
  readonly warnings: readonly string[];
  /** The facts that are needed to report a crash. */
  readonly crashContext: CrashContext;
}

/** Creates the world and the experiment and schedules the first events, for tests. */
export function prepareSeed(given: SeedRunInput): PreparedRun {
  const assembled = assembleSeed(given);
  runNamingCrashedNode(assembled, () => assembled.experiment.prepare());
  recordRefusedMessages(assembled.account, assembled.experiment.flows);
  return assembled;
}

/** Runs code of nodes; if it throws, the error names the node. */
export function runNamingCrashedNode<T>(
  { crashContext }: Pick<PreparedRun, 'crashContext'>,
  code: () => T,
): T {
  return runReportingCrashes(crashContext, () => runGuardingClocks(crashContext, code));
}

/** Creates the world and the experiment. */
export function assembleSeed(given: SeedRunInput): PreparedRun {
  return assembleSeedOnNetwork(given, makeSimWorld);
}

/** Like {@link assembleSeed}, on a network of another kind. */
export function assembleSeedOnNetwork<Net extends SimWorld>(
  given: SeedRunInput,
  make: MakeNetwork<Net>,
): PreparedRun<Net> {
  const run = { ...given, scenario: withTrafficOfSeed(given.scenario, given.seed) };
  const { scenario, registry, seed, memory, recordings = {} } = run;
  const { hosts } = scenario.topology;
  const { stackOf = makeProtocolStackFinder(scenario, registry) } = run;
  const crypto = registry.machine.crypto(scenario.crypto);
  const facts = { scenario, seed, stackOf, crypto };
  const world = makeVirtualWorld(
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
    const [{ protocol, options }] = stackOf(host);
    return protocol.messages?.(options, crypto);
  };
  const deliveries = new RunFlows();
  const parts = { ...facts, world, readerOf, deliveries };
  const provision = provisionSeed(facts);
  const privacy = privacyMeter({ ...parts, flows: deliveries.flows });
  const account = startMessageAccounting(parts);
  const accounts = account.kind === 'kept' ? account.accounts : undefined;
  const recorders = makeRecorders({ ...run, world, readerOf, account: accounts }, recordings);
  const warnings = [...scenario.warnings];
  const logged: LogSink = (node, level, message) => {
    if (level === 'warn') warnings.push(`${node}: ${message}`);
  };
  const { injection } = recordings;
  const assembled = assembleRun(world, {
    ...{ scenario, registry, seed, stackOf, provision, memory, deliveries },
    ...{ account, recorders, privacy, injection, logged },
  });
  return {
    ...assembled,
    warnings,
    crashContext: makeCrashContext(world, { machine: registry.machine, hosts, ...facts }),
  };
}

/**
 * Makes the privacy measurement if the scenario asks for one; if no node mixes, packets are followed by
 * their bits.
 */
function privacyMeter(
  parts: Omit<MixPrivacyMeterParts, 'privacy'> & Pick<PacketBitObserverParts, 'flows'>,
): PrivacyMeter | undefined {
  const { privacy } = parts.scenario;
  if (privacy === undefined) return undefined;
  if (privacy.mixes.length > 0) return new MixPrivacyMeter({ ...parts, privacy });
  return new PacketBitObserver({ ...parts, everyNs: privacy.everyNs });
}
