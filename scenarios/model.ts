/**
 * A checked scenario: the loader's result for a YAML file. All quantities are in base units (ns,
 * bytes, packets per second). Names of nodes, links and metrics have been resolved or refused.
 *
 * @module
 */
import type { PrivacyFacts } from '../engine/host/privacy.ts';
import type { SendWishes } from '../engine/host/transport.ts';
import type { BufferRoom, CpuProfile } from '../engine/net/cpu-profile.ts';
import type { KpiSpec } from '../reports/model.ts';
import type { SourcePosition, StackEntry, Topology } from '../topologies/model.ts';

/** When packets of a flow leave. */
export type TrafficPattern =
  | { readonly kind: 'constant'; readonly rate: number }
  | { readonly kind: 'poisson'; readonly rate: number }
  /** Exponential on and off periods; constant `rate` while on. */
  | {
      readonly kind: 'on-off';
      readonly rate: number;
      readonly onNs: number;
      readonly offNs: number;
    }
  /** Instants and sizes from a CSV file (`seconds,bytes` lines), sorted. */
  | {
      readonly kind: 'trace';
      readonly atNs: readonly number[];
      readonly bytes: readonly number[];
    }
  /** Each request is answered by the receiver with `responseBytes`. */
  | {
      readonly kind: 'request-response';
      readonly rate: number;
      readonly responseBytes: number;
    }
  /** One transfer of `bytes` over the reliable stream, then the end. */
  | { readonly kind: 'file'; readonly bytes: number };

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
  /** Name of its random streams; absent: its index in the list. */
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

/** Which links an event acts on. */
export type LinkSelector =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** An inter-AS link of the path that `from` uses towards `to` when the event begins. */
  | {
      readonly kind: 'active-path';
      readonly from: string;
      readonly to: string;
      readonly hop: 'random' | 'first' | 'last' | number;
    };

/** What an event does. Every effect that begins can also end. */
export type FaultAction =
  | {
      readonly kind: 'set-link';
      readonly links: LinkSelector;
      readonly direction: 'both' | 'forward' | 'backward';
      /** Changed quantities, base units; `up` false cuts the cable. */
      readonly set: {
        readonly up?: boolean;
        readonly rateBps?: number;
        readonly delayNs?: number;
        readonly loss?: number;
        readonly lossBurst?: number;
        readonly corrupt?: number;
        readonly duplicate?: number;
      };
    }
  | { readonly kind: 'hold-link'; readonly links: LinkSelector }
  | {
      readonly kind: 'partition';
      readonly from: readonly string[];
      readonly to: readonly string[];
      readonly direction: 'both' | 'one-way';
    }
  | {
      readonly kind: 'crash';
      readonly nodes: readonly string[];
      /** So many of them, drawn; all if absent. */
      readonly count?: number;
      readonly store: 'synced' | 'prefix' | 'torn';
    }
  | { readonly kind: 'clock'; readonly node: string; readonly stepNs: number; readonly ppm: number }
  /** An attacker on the path who records packets and sends copies later or out of order. */
  | {
      readonly kind: 'tap';
      readonly links: LinkSelector;
      /** Share of recorded packets that are sent again, 0..1. */
      readonly replay: number;
      /** Replays leave up to this many packets later. */
      readonly replayWithin: number;
      /** Genuine packets are moved back by up to this many packets. */
      readonly reorder: number;
      /** Forged copies (bits flipped after recording), share 0..1. */
      readonly forge: number;
    }
  /** An adversary with a goal; its success is `privacy.attack.<name>.success`. */
  | { readonly kind: 'attack'; readonly attack: AttackSpec }
  /** Forged datagrams at a steady rate, from a neighbour of the target. */
  | { readonly kind: 'flood'; readonly flood: FloodSpec };

/** Forged datagrams: their kind, their target, the forged sender, and their number. */
export interface FloodSpec {
  /** One of the `forgeries` of the target's protocol. */
  readonly forgery: string;
  readonly node: string;
  /** A node with a link to the target, controlled by the attacker. */
  readonly by: string;
  /** The node that the forged datagrams name as their source. */
  readonly as: string;
  /** Rate, datagrams per second. */
  readonly rate: number;
  readonly sizeBytes?: number;
  /** Class of the datagrams, 0..63; 0 if absent. */
  readonly dscp?: number;
  /** Id of the link that the forged datagrams claim something about. */
  readonly about?: string;
}

/**
 * What an adversary at one node does (docs/PRIVACY.md#attacks). `kind` is the name of the attack.
 */
export type AttackSpec =
  /**
   * Blocks everything that enters, then lets one message in at a time and takes the next one that
   * leaves for it.
   */
  | {
      readonly kind: 'n_minus_one';
      readonly node: string;
      /** Time before the first target, ns: the pool runs empty. */
      readonly drainNs: number;
      /** A target is given up after this, ns. */
      readonly watchNs: number;
      /** What happens to all other messages: dropped, or held back until the target has left. */
      readonly others: 'drop' | 'hold';
      /** Names of the adversary's nodes: their messages pass, and it recognises them. */
      readonly own: readonly string[];
    }
  /** Flips a bit in what the node sends; corrupt last hops look for the damaged message. */
  | {
      readonly kind: 'tagging';
      readonly node: string;
      readonly part: 'header' | 'payload';
      readonly everyNs: number;
      /** Names of the corrupt last hops. */
      readonly last: readonly string[];
      /** Drop reason by which they recognise a damaged message; undefined: any. */
      readonly sign?: string;
    }
  /** Sends a copy of what entered, and looks for an output that appears twice. */
  | {
      readonly kind: 'replay';
      readonly node: string;
      readonly everyNs: number;
      /** Time from the original to its copy, ns. */
      readonly afterNs: number;
    };

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
  /** Remarks on what the design may not mean; those of single runs are not about the sweep. */
  readonly warnings: readonly string[];
}

/** What processor time costs, and on which machines. */
export interface CpuChoice {
  readonly profile: CpuProfile;
  readonly receiveBuffer: readonly BufferRoom[];
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

/** How the privacy of a run is measured. */
export interface PrivacySpec {
  /** A new message is followed once per this time, ns. */
  readonly everyNs: number;
  /** Names of the nodes that mix; none: packets are followed by their bits. */
  readonly mixes: readonly string[];
  /** The corrupt ones among them, which tell the adversary what happened to their inputs. */
  readonly corrupt: readonly string[];
  /** Privacy metrics for which there are limits. */
  readonly asked: readonly string[];
  /** Mean delay of a mix, ns, if the file states it. */
  readonly meanDelayNs?: number;
  /** What nodes do with messages, for those whose protocol says it. */
  readonly facts: readonly PrivacyFacts[];
}

/** A checked scenario. */
export interface Scenario {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  /** SHA-256 of users' modules as they were loaded, by path; absent without any, and until they are. */
  readonly modules?: Readonly<Record<string, string>>;
  /** SHA-256 of all else that was read, sorted: traces of traffic, imported topologies; absent without any. */
  readonly data?: readonly string[];
  readonly question: string;
  /** Its hosts have all their layers: those of the topology's file and those of {@link stack}. */
  readonly topology: Topology;
  /** Entries of the scenario's own file. */
  readonly stack?: readonly StackEntry[];
  readonly durationNs: number;
  readonly warmupNs: number;
  /** Nothing may reach an application. */
  readonly arrives?: 'nothing';
  /** Ends when all nodes that can have said that their work is done, at the latest after the duration. */
  readonly until?: 'done';
  /** After the end, what was sent may still arrive for this long. */
  readonly drainNs: number;
  /** Calendar time of virtual 0, Unix seconds. */
  readonly epochSeconds: number;
  readonly crypto: 'noble' | 'node' | 'sodium' | 'modelled';
  /** In virtual time, jobs of its nodes compute what two of them agree on once. */
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
  readonly events: readonly FaultSpec[];
  readonly kpis: readonly (KpiSpec & { readonly position: SourcePosition })[];
  readonly sweep?: SweepSpec;
  /** Absent if the run measures no privacy. */
  readonly privacy?: PrivacySpec;
  readonly seeds: readonly number[];
  /** A run that takes more wall time ends with exit code 5. Milliseconds. */
  readonly timeLimitMs?: number;
  readonly overrides: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** When a run in which nothing stops it earlier is over: its duration, then the drain, ns. */
export function endOf({ durationNs, drainNs }: Pick<Scenario, 'durationNs' | 'drainNs'>): number {
  return durationNs + drainNs;
}
