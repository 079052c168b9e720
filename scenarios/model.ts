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
   * Name of the protocol that takes and delivers the packets, as the protocol states it; absent if each
   * of the two hosts runs a single protocol.
   */
  readonly by?: string;
  readonly pattern: TrafficPattern;
  /** Application bytes in each packet, from 32 bytes (the ground truth) to 16 MiB; of an IP packet all bytes. */
  readonly sizeBytes: number;
  /** Version of IP of the flow's packets; absent if they are not IP packets. */
  readonly ip?: 'ipv4' | 'ipv6';
  /** True if the sending node is not told the receiver, and finds it by the packet's destination address. */
  readonly routed?: boolean;
  /** Wishes of the application to the protocols that carry its packets; absent if it has none. */
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
  /** The index at which it is inserted among the other entries, to restore the order of the file. */
  readonly entry: number;
  /** Number of different pairs. */
  readonly pairs: number;
  /** The set of nodes as text, for reports. */
  readonly words: string;
  /** Nodes to draw from, in the order of the topology. */
  readonly among: readonly string[];
}

/** When an event happens. */
export type FaultSchedule =
  | { readonly kind: 'at'; readonly atNs: number; readonly forNs?: number }
  /** Once in each slot of `everyNs` from `fromNs` on; only slots that end before the run count. */
  | {
      readonly kind: 'every';
      readonly everyNs: number;
      readonly fromNs: number;
      readonly forNs: number;
      /**
       * When in its slot the event begins: at its `start`, or `random`, uniform in [0, every - for] and
       * drawn for each slot.
       */
      readonly phase: 'start' | 'random';
    }
  /** Independent exponential up and down times for each selected link or node. */
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

/** A sweep: its combinations, which all have the same seeds (common random numbers). */
export interface SweepSpec {
  /**
   * The combinations, `path -> value`: the value of the last parameter changes fastest; combinations of
   * a sample are in the order in which they were drawn.
   */
  readonly cells: readonly Readonly<Record<string, string>>[];
  readonly parameters: readonly { readonly path: string; readonly values: readonly string[] }[];
  /** Remarks on the design of the sweep, without the warnings of single runs. */
  readonly warnings: readonly string[];
}

/** The costs of processor time, and the machines to which they apply. */
export interface CpuChoice {
  readonly profile: CpuProfile;
  readonly receiveBuffer: readonly ReceiveBufferCapacity[];
  /** `one`: all nodes share one machine with one core, as in a live run in one process. */
  readonly machines: 'topology' | 'one';
  /**
   * With `timed`, packets that wait too long for a processor are dropped; with `endless` none is
   * dropped, so that calibration can search for the highest rate.
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
  /** Time between two targets, ns. */
  readonly everyNs: number;
  /** Names of the nodes that mix; if empty, the observer recognises packets by their unchanged bits. */
  readonly mixes: readonly string[];
  /** Names of the corrupt mixes, which reveal to the adversary which output each input became. */
  readonly corrupt: readonly string[];
  /** Privacy metrics for which there are limits. */
  readonly asked: readonly string[];
  /** Mean delay of a mix, ns, if the file states it. */
  readonly meanDelayNs?: number;
  /** What nodes do with messages, such as mixing; only for nodes whose protocol states it. */
  readonly facts: readonly NodePrivacyFacts[];
}

/**
 * The second run of each seed, if a scenario has a `twin`: its changes, and limits on the difference.
 */
export interface TwinSpec {
  /** Its changes, path to value as in `--set`. */
  readonly set: Readonly<Record<string, string>>;
  /** Limits on the difference: twin minus run as written. */
  readonly kpis: Scenario['kpis'];
}

/** A scenario whose file was checked: all that a run needs to know. */
export interface Scenario {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  /** SHA-256 of users' modules, by path; absent if there are none, and before they are loaded. */
  readonly modules?: Readonly<Record<string, string>>;
  /**
   * SHA-256 of each other file that was read, sorted: traces of traffic, imported topologies; absent if
   * there are none.
   */
  readonly data?: readonly string[];
  readonly question: string;
  /**
   * The network. Its hosts have all their layers: those of the topology's file and those of
   * {@link stack}.
   */
  readonly topology: Topology;
  /** Entries of `stack` in the scenario's own file. */
  readonly stack?: readonly StackEntry[];
  readonly durationNs: number;
  readonly warmupNs: number;
  /** Present if the file states that no message may reach an application in this run. */
  readonly arrives?: 'nothing';
  /**
   * `done`: the run ends when all nodes that can report it have reported that their work is done, at
   * the latest after the duration.
   */
  readonly until?: 'done';
  /** How long after the end packets may still arrive, ns. */
  readonly drainNs: number;
  /** Calendar time of virtual 0, Unix seconds. */
  readonly epochSeconds: number;
  readonly crypto: 'noble' | 'node' | 'sodium' | 'modelled';
  /** True if nodes in virtual time compute a key agreement once for both of its ends. */
  readonly sharesAgreements?: boolean;
  /** Remarks of protocols that the verdict must contain; absent if there are none. */
  readonly remarks?: readonly string[];
  /** Processor time is charged by this profile; if absent, it is not modelled. */
  readonly cpu?: CpuChoice;
  /** Options by protocol or node name, which override those of the topology's hosts. */
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly traffic: readonly TrafficSpec[];
  /**
   * Entries whose pairs of nodes are drawn from the seed. Absent if there are none, and in the scenario
   * for one seed, in which {@link traffic} contains their flows.
   */
  readonly drawnTraffic?: readonly DrawnTraffic[];
  /** Entries of `traffic` that put questions to nodes; absent if there are none. */
  readonly asks?: readonly PeriodicAskSpec[];
  readonly events: readonly FaultSpec[];
  readonly kpis: readonly (KpiSpec & { readonly position: SourcePosition })[];
  readonly sweep?: SweepSpec;
  /** Absent if the run measures no privacy. */
  readonly privacy?: PrivacySpec;
  /** The seeds of all {@link networks}, if there are any. */
  readonly seeds: readonly number[];
  /**
   * The numbers of the generated networks to run, from 1; absent if the file asks for none.
   * {@link topology} is the first of them.
   */
  readonly networks?: readonly number[];
  /** Each seed runs a second time with these changes; absent if it runs once. */
  readonly twin?: TwinSpec;
  /** Limit of the wall time of a run, ms; a run that takes longer ends with exit code 5. */
  readonly timeLimitMs?: number;
  readonly overrides: Readonly<Record<string, string>>;
  /** Values that a hunt sets in the file, `path -> value`; absent if there are none. */
  readonly hunt?: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** When a run is over if nothing ends it earlier, ns: its duration plus the drain. */
export function runEndNs({
  durationNs,
  drainNs,
}: Pick<Scenario, 'durationNs' | 'drainNs'>): number {
  return durationNs + drainNs;
}
