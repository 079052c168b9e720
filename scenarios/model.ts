/**
 * A checked scenario: the loader's result for a YAML file. All quantities are in base units (ns,
 * bytes, packets per second). Names of nodes, links and metrics have been resolved or refused.
 *
 * @module
 */
import type { NodePrivacyFacts } from '../engine/host/privacy.ts';
import type { SendWishes } from '../engine/host/transport.ts';
import type { CpuProfile, ReceiveBufferCapacity } from '../engine/net/cpu-profile.ts';
import type { KpiSpec } from '../reports/model.ts';
import type { SourcePosition, StackEntry, Topology } from '../topologies/model.ts';
import type { PeriodicAskSpec } from './fault-parts.ts';
import type { FaultAction } from './files/events/actions.ts';
import type { TrafficPattern } from './traffic-pattern.ts';

/** One flow of application bytes. */
export interface TrafficSpec {
  readonly from: string;
  readonly to: string;
  /**
   * Protocol that takes and delivers the packets, by the name that it gives itself; absent where
   * both hosts run one protocol.
   */
  readonly by?: string;
  readonly pattern: TrafficPattern;
  /** Application bytes a packet, 32 bytes (the ground truth) to 16 MiB. */
  readonly sizeBytes: number;
  /** What the application asks of the protocols that carry a packet; absent if nothing. */
  readonly wishes?: SendWishes;
  readonly startNs: number;
  readonly stopNs: number;
  /** Name of the random streams of the flow; if absent, its index in the list. */
  readonly streams?: string;
  /** Name under which reports show the flows of one entry together. */
  readonly group?: string;
  readonly position: SourcePosition;
}

/** An entry of flows between pairs of nodes, which are drawn from the seed. */
export interface DrawnTraffic extends Omit<TrafficSpec, 'from' | 'to' | 'streams' | 'group'> {
  /** Its index in the file's list, among the entries that name their nodes. */
  readonly entry: number;
  /** Number of different pairs. */
  readonly pairs: number;
  /** What the file says about the nodes, for reports. */
  readonly words: string;
  /** Nodes to draw from, in the order of the topology. */
  readonly among: readonly string[];
}

/** When an event happens. */
export type FaultSchedule =
  | { readonly kind: 'at'; readonly atNs: number; readonly forNs?: number }
  /** Every `everyNs` from `fromNs`; only whole slots before the end. */
  | {
      readonly kind: 'every';
      readonly everyNs: number;
      readonly fromNs: number;
      readonly forNs: number;
      /** `random`: uniform in [0, every - for], drawn per slot. */
      readonly phase: 'start' | 'random';
    }
  /** Independent exponential up and down times per selected link or node. */
  | {
      readonly kind: 'random';
      readonly meanUpNs: number;
      readonly meanDownNs: number;
      readonly fromNs: number;
      readonly toNs: number;
    };

/** One entry of `events`. */
export interface FaultSpec {
  readonly id: string;
  readonly schedule: FaultSchedule;
  readonly action: FaultAction;
  readonly position: SourcePosition;
}

/** A sweep: one run per combination, same seeds in each (common random numbers). */
export interface SweepSpec {
  /**
   * The combinations that run, `path -> value`: the last parameter moves fastest, those of a sample
   * are in the order in which they were drawn.
   */
  readonly cells: readonly Readonly<Record<string, string>>[];
  readonly parameters: readonly { readonly path: string; readonly values: readonly string[] }[];
  /** Remarks on the design of the sweep; single runs have warnings of their own. */
  readonly warnings: readonly string[];
}

/** The costs of processor time, and the machines to which they apply. */
export interface CpuChoice {
  readonly profile: CpuProfile;
  readonly receiveBuffer: readonly ReceiveBufferCapacity[];
  /** `one`: all nodes share one machine with one core, as in a live run in one process. */
  readonly machines: 'topology' | 'one';
  /**
   * `timed`: what waits too long is dropped. With `endless`, nothing is dropped; calibration uses
   * this to search for the highest rate.
   */
  readonly queues?: 'timed' | 'endless';
  /** The file of the profile, as a name for messages. */
  readonly file: string;
  readonly sha256: string;
  readonly cpuModel: string;
  /** The date of its measurement, YYYY-MM-DD. */
  readonly date: string;
}

/** The parameters of the privacy measurement of a run. */
export interface PrivacySpec {
  /** A new message is followed once per this time, ns. */
  readonly everyNs: number;
  /** Names of the nodes that mix; none: packets are followed by their bits. */
  readonly mixes: readonly string[];
  /** The corrupt ones among the mixes, which tell the adversary what happened to their inputs. */
  readonly corrupt: readonly string[];
  /** Privacy metrics for which there are limits. */
  readonly asked: readonly string[];
  /** Mean delay of a mix, ns, if the file states it. */
  readonly meanDelayNs?: number;
  /** What nodes do with messages, such as mixing, for nodes whose protocol states it. */
  readonly facts: readonly NodePrivacyFacts[];
}

/** The second run of each seed. */
export interface TwinSpec {
  /** What it changes, path to value as in `--set`. */
  readonly set: Readonly<Record<string, string>>;
  /** Limits on the difference: twin minus as written. */
  readonly kpis: Scenario['kpis'];
}

/** A scenario whose file was checked: all that a run needs to know. */
export interface Scenario {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  /** SHA-256 of users' modules, by path; absent if there are none, and before they are loaded. */
  readonly modules?: Readonly<Record<string, string>>;
  /** SHA-256 of other files that were read, sorted: traces of traffic, imported topologies; absent if none. */
  readonly data?: readonly string[];
  readonly question: string;
  /** The network; its hosts have all layers, those of the topology's file and those of {@link stack}. */
  readonly topology: Topology;
  /** Entries of `stack` in the scenario's own file. */
  readonly stack?: readonly StackEntry[];
  readonly durationNs: number;
  readonly warmupNs: number;
  /** Present if no message may reach an application in this run. */
  readonly arrives?: 'nothing';
  /** Ends when all nodes that can have said that their work is done, at the latest after the duration. */
  readonly until?: 'done';
  /** How long after the end packets may still arrive, ns. */
  readonly drainNs: number;
  /** Calendar time of virtual 0, Unix seconds. */
  readonly epochSeconds: number;
  readonly crypto: 'noble' | 'node' | 'sodium' | 'modelled';
  /** True if nodes in virtual time compute a key agreement once for both of its ends. */
  readonly sharesAgreements?: boolean;
  /** Processor time is charged by this profile; if absent, it is not modelled. */
  readonly cpu?: CpuChoice;
  /** Options merged over those of the topology's hosts, by protocol or node name. */
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly traffic: readonly TrafficSpec[];
  /**
   * Entries whose nodes are drawn from the seed; absent if there are none, and in the scenario of one
   * seed, whose {@link traffic} has their flows.
   */
  readonly drawnTraffic?: readonly DrawnTraffic[];
  /** Absent if no entry of `traffic` asks nodes. */
  readonly asks?: readonly PeriodicAskSpec[];
  readonly events: readonly FaultSpec[];
  readonly kpis: readonly (KpiSpec & { readonly position: SourcePosition })[];
  readonly sweep?: SweepSpec;
  /** Absent if the run measures no privacy. */
  readonly privacy?: PrivacySpec;
  /** The seeds of all {@link networks}, if there are any. */
  readonly seeds: readonly number[];
  /**
   * The generated networks that run, from 1; absent if the file asks for none. The topology is that of the
   * first of them.
   */
  readonly networks?: readonly number[];
  /** Each seed runs a second time with these changes; absent if it runs once. */
  readonly twin?: TwinSpec;
  /** A run that takes more wall time ends with exit code 5. Milliseconds. */
  readonly timeLimitMs?: number;
  readonly overrides: Readonly<Record<string, string>>;
  /** What a hunt changes in the file, `path -> value`; absent if nothing. */
  readonly hunt?: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** When a run is over if nothing stops it earlier, ns: its duration plus the drain. */
export function runEndNs({
  durationNs,
  drainNs,
}: Pick<Scenario, 'durationNs' | 'drainNs'>): number {
  return durationNs + drainNs;
}
