/**
 * What a coordinator and its agents tell each other (DESIGN 9): one agent is one process, or one event
 * loop of the coordinator's process, with the nodes of some hosts.
 *
 * Instants are ns of the scenario's time unless a name says otherwise. Measurements travel as rows
 * of numbers, since there are some for every packet. Types only: what a channel brings becomes one of
 * these by `message-shapes.ts`.
 *
 * @module
 */
import type { SampleBatch } from '../../engine/live/handover/handover-samples.ts';
import type { LinkChange, LinkSide } from '../../engine/net/link-spec.ts';
import type { PacketTotals } from '../../reports/model.ts';
import type { Scenario } from '../model.ts';
import type { FloodOrder } from '../runner/flood-order.ts';
import type { Parcel } from '../runner/provision/parcel.ts';
import type { ReplayAttack } from '../runner/world.ts';
import type { PackedHistogram, PackedMetrics } from './packed-histogram.ts';

/** A measured row of a packet that was sent: flow, sequence, instant. */
export const SENT_ROW = 3;
/** A measured row of a packet that arrived: host, flow, kind, sequence, sent at, instant. */
export const ARRIVED_ROW = 6;
/** Where in that row the instant stands. */
export const ARRIVED_AT = 5;

/** Everything an agent needs to build its part of the run. */
export interface AgentOrder {
  /** Hosts whose nodes run in this process. */
  readonly hosts: readonly string[];
  readonly scenario: Scenario;
  readonly seed: number;
  /** Names the run, so that a node that comes back finds its stores: 16 hexadecimal digits. */
  readonly run: string;
  /** Secrets of these hosts, and of all others what is public. */
  readonly parcel: Parcel;
  readonly shape: 'links' | 'off';
  readonly precision: 'low' | 'high';
  /** Stores of the hosts, a folder each; a temporary one when absent. */
  readonly stateFolder?: string;
  /** First sequence number of each flow: higher than any of an earlier life. */
  readonly nextSequence: readonly number[];
  /** As in `start`, for a process that comes while the run is under way. */
  readonly zeroNs?: bigint;
}

/** From the coordinator to an agent. */
export type Command =
  | { readonly type: 'load'; readonly order: AgentOrder }
  /** The answer to a `hello` that cannot take part; the channel ends behind it. */
  | { readonly type: 'refused'; readonly reason: string }
  | RunCommand;

/** To an agent that has its order. */
export type RunCommand =
  /** The scenario's time 0, on the monotonic clock of the agent's machine. */
  | { readonly type: 'start'; readonly zeroNs: bigint }
  /** `effect` names what `undo` ends. */
  | {
      readonly type: 'change';
      readonly effect: number;
      readonly link: string;
      readonly side: LinkSide;
      readonly change: LinkChange;
    }
  | {
      readonly type: 'hold';
      readonly effect: number;
      readonly link: string;
      readonly side: LinkSide;
    }
  | {
      readonly type: 'attack';
      readonly effect: number;
      readonly link: string;
      readonly attack: ReplayAttack;
    }
  | { readonly type: 'flood'; readonly effect: number; readonly order: FloodOrder }
  | { readonly type: 'undo'; readonly effect: number }
  | {
      readonly type: 'clock';
      readonly node: string;
      readonly stepNs: number;
      readonly ppm: number;
    }
  /** Stops one node as a crash does; for agents whose other nodes live on. */
  | {
      readonly type: 'crash';
      readonly node: string;
      readonly store: 'synced' | 'prefix' | 'torn';
    }
  /** Starts a node that has crashed. */
  | { readonly type: 'restart'; readonly node: string }
  /** Meters forget what they counted: the warm-up is over. */
  | { readonly type: 'reset' }
  /** Sources send no more; what is under way still arrives. */
  | { readonly type: 'mute' }
  /** Ends the process without a word, as a crash does; for agents that others started. */
  | { readonly type: 'die' }
  /** The end: nodes are asked for broken invariants and stopped; the answer is `result`. */
  | { readonly type: 'stop' };

/** What an agent has counted so far. */
export interface Tally {
  readonly metrics: Readonly<Record<string, PackedMetrics>>;
  readonly nodeDrops: Readonly<Record<string, number>>;
  readonly packets: PacketTotals;
  /** Datagrams handed to the kernel, and received from it, of this run. */
  readonly written: number;
  readonly received: number;
  readonly unsent: number;
  readonly foreign: number;
  /** A large part: told now and then, and with the result. */
  readonly lateness?: PackedHistogram;
  readonly cpuUs: number;
  readonly wallUs: number;
  readonly memoryBytes: number;
  readonly receiveBufferBytes: number;
  readonly events: number;
  readonly streamsOpened: number;
  /** Syncs of stores that failed. */
  readonly storeFailures: number;
  /** The longest time that something due has waited because the process did not run. */
  readonly stallNs: number;
  /** Application bytes that no flow explains, or damaged ones. */
  readonly damaged: number;
  /** Refused requests by flow. */
  readonly refused: readonly number[];
  /** Flows of files whose last chunk was handed over. */
  readonly filesSent: readonly number[];
}

/** From an agent to its coordinator. */
export type Report =
  /** First of all: who dials. */
  | {
      readonly type: 'hello';
      readonly hosts: readonly string[];
      readonly pid: number;
      /** Hash of the topology file that the agent was started with; absent for local agents. */
      readonly topologySha256?: string;
      /** Where the process answers its operator, on loopback. */
      readonly operatorPort?: number;
    }
  /** Sockets are bound and nodes have started. */
  | { readonly type: 'loaded' }
  /** All nodes of the agent can carry traffic. */
  | { readonly type: 'ready' }
  /** Nodes that are not ready, said a few times a second until `ready`. */
  | { readonly type: 'waiting'; readonly nodes: readonly string[] }
  /** Everything that was measured up to `untilNs`, also when it was nothing. */
  | {
      readonly type: 'measured';
      readonly untilNs: number;
      readonly sent: Float64Array;
      readonly arrived: Float64Array;
    }
  | {
      readonly type: 'state';
      readonly atNs: number;
      readonly node: string;
      readonly machine: string;
      readonly state: string;
    }
  | {
      readonly type: 'span';
      readonly node: string;
      readonly name: string;
      readonly beginNs: number;
      readonly endNs: number;
    }
  | { readonly type: 'mark'; readonly atNs: number; readonly node: string; readonly name: string }
  /** Links that packets from a host of the agent to `to` take; absent when there is no path. */
  | {
      readonly type: 'path';
      readonly from: string;
      readonly to: string;
      readonly links?: readonly string[];
    }
  | {
      readonly type: 'log';
      readonly node: string;
      readonly level: 'debug' | 'info' | 'warn';
      readonly message: string;
    }
  | { readonly type: 'tally'; readonly tally: Tally }
  /** What was noted of followed datagrams since the last report of this kind. */
  | { readonly type: 'handovers'; readonly batch: SampleBatch }
  | { readonly type: 'result'; readonly tally: Tally }
  /** An assertion of ours broke in the agent, or, `refused`, its machine cannot do what it is told. */
  | {
      readonly type: 'broken';
      readonly kind: 'invariant' | 'exception' | 'refused';
      readonly message: string;
      readonly stack: string;
    };
