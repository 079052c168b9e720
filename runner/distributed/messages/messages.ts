/**
 * The messages between a coordinator and its agents. An agent is one process, or one event loop of
 * the coordinator's process, with the nodes of some hosts.
 *
 * Instants are ns of the scenario's time unless a name says otherwise. Measurements are sent as rows of
 * numbers, because there are several for every packet. This module contains types only;
 * `message-shapes.ts` checks what a channel delivers.
 *
 * @module
 */
import type { SampleBatch } from '../../../engine/live/handover/handover-samples.ts';
import type { AffectedDirections, LinkChange } from '../../../engine/net/link-spec.ts';
import type { AskAnswer, PacketTotals } from '../../../reports/model.ts';
import type { AskSpec } from '../../../scenarios/fault-parts.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import type { Crash } from '../../crash/crash.ts';
import type { FloodCommand } from '../../flood-command.ts';
import type { KeyBundle } from '../../nodes/key-bundle.ts';
import type { ReplayAttack, StoreFault } from '../../world.ts';
import type { PackedHistogram, PackedMetrics } from './packed-histogram.ts';

/** Numbers in a row for a sent packet: flow, sequence, instant. */
export const SENT_ROW_WIDTH = 3;
/**
 * Numbers in a row for a packet that arrived: host, flow, kind, sequence, sending instant, instant of
 * arrival. The kind is an index in the list of kinds, plus the length of this list if the packet may
 * have arrived before.
 */
export const ARRIVED_ROW_WIDTH = 6;
/** Index of the instant of arrival in a row for a packet that arrived. */
export const ARRIVED_INSTANT_INDEX = 5;

/** Everything an agent needs to build its part of the run. */
export interface AgentAssignment {
  /** Hosts whose nodes run in this process. */
  readonly hosts: readonly string[];
  readonly scenario: Scenario;
  readonly seed: number;
  /** The name of the run, 16 hexadecimal digits, by which a restarted node finds its stores. */
  readonly run: string;
  /** The secrets of these hosts, and all public keys. */
  readonly bundle: KeyBundle;
  readonly shape: 'links' | 'off';
  readonly precision: 'low' | 'high';
  /** Folder for the stores of the hosts, each in a folder of its own; a temporary one if absent. */
  readonly stateFolder?: string;
  /**
   * The first sequence number of each flow, which must be higher than any that the host used before
   * a restart.
   */
  readonly nextSequence: readonly number[];
  /**
   * The instant of the scenario's time 0, as in the message `start`; only for a process that joins
   * during the run.
   */
  readonly zeroNs?: bigint;
}

/** A message from the coordinator to an agent. */
export type AgentCommand =
  | { readonly type: 'load'; readonly order: AgentAssignment }
  /** The answer to a `hello` that the coordinator does not admit; the channel then ends. */
  | { readonly type: 'refused'; readonly reason: string }
  | RunCommand;

/** A command for an agent that has received its assignment. */
export type RunCommand =
  /** The scenario's time 0, on the monotonic clock of the agent's machine. */
  | { readonly type: 'start'; readonly zeroNs: bigint }
  /** Changes a link. `effect` is a number by which a later `undo` ends the change. */
  | {
      readonly type: 'change';
      readonly effect: number;
      readonly link: string;
      readonly side: AffectedDirections;
      readonly change: LinkChange;
    }
  | {
      readonly type: 'hold';
      readonly effect: number;
      readonly link: string;
      readonly side: AffectedDirections;
    }
  | {
      readonly type: 'attack';
      readonly effect: number;
      readonly link: string;
      readonly attack: ReplayAttack;
    }
  | { readonly type: 'flood'; readonly effect: number; readonly order: FloodCommand }
  | { readonly type: 'undo'; readonly effect: number }
  /** A question to a node; answered by reports of type `part`, and one of type `answer`. */
  | { readonly type: 'ask'; readonly number: number; readonly ask: AskSpec }
  /** Gives up the question with this number. */
  | { readonly type: 'unask'; readonly number: number }
  | {
      readonly type: 'clock';
      readonly node: string;
      readonly stepNs: number;
      readonly ppm: number;
    }
  /** Crashes a single node of an agent, whose other nodes continue. */
  | {
      readonly type: 'crash';
      readonly node: string;
      readonly store: 'synced' | 'prefix' | 'torn';
    }
  /** Starts a node that has crashed. */
  | { readonly type: 'restart'; readonly node: string }
  /** Stops the sources; packets under way still arrive. */
  | { readonly type: 'mute' }
  /** Makes the process end at once, as in a crash; for agents that somebody else started. */
  | { readonly type: 'die' }
  /** The end: nodes are checked for broken invariants and stopped; the answer is `result`. */
  | { readonly type: 'stop' };

/** The counters of an agent so far. */
export interface AgentTally {
  readonly metrics: Readonly<Record<string, PackedMetrics>>;
  readonly nodeDrops: Readonly<Record<string, number>>;
  readonly packets: PacketTotals;
  /** Number of datagrams of this run that were passed to the kernel, and received from it. */
  readonly written: number;
  readonly received: number;
  readonly unsent: number;
  readonly foreign: number;
  /** The histogram of lateness. It is large, so it is sent only at long intervals and with the result. */
  readonly lateness?: PackedHistogram;
  readonly cpuUs: number;
  readonly wallUs: number;
  readonly memoryBytes: number;
  readonly receiveBufferBytes: number;
  readonly events: number;
  /**
   * Number of packets of relayed streams that arrived; sockets do not count them, because they stay in the client's
   * process.
   */
  readonly streamPackets: number;
  /** Number of stream ends whose data used no emulated links. */
  readonly directStreams: number;
  /** Number of store syncs that failed. */
  readonly storeFailures: number;
  /** Longest time that something due waited because the process did not run, ns. */
  readonly stallNs: number;
  /** Number of deliveries whose bytes were not those of a packet of a flow. */
  readonly damaged: number;
  /** Number of rejected requests, by flow. */
  readonly refused: readonly number[];
  /** Number of rejected requests, by reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Indexes of the flows of files whose last chunk has been accepted. */
  readonly filesSent: readonly number[];
}

/** A message from an agent to its coordinator. */
export type AgentReport =
  /** The first message, in which the dialler identifies itself. */
  | {
      readonly type: 'hello';
      readonly hosts: readonly string[];
      readonly pid: number;
      /** Hash of the topology file that the agent was started with; absent for local agents. */
      readonly topologySha256?: string;
      /** Operator endpoint of the process, on loopback. */
      readonly operatorPort?: number;
    }
  /** Sockets are bound and nodes have started. */
  | { readonly type: 'loaded' }
  /** All nodes of the agent can carry traffic. */
  | { readonly type: 'ready' }
  /** A part of the answer to a question. */
  | { readonly type: 'part'; readonly number: number; readonly body: Uint8Array }
  | { readonly type: 'answer'; readonly number: number; readonly answer: AskAnswer }
  /** The nodes that are not ready; sent a few times a second until `ready`. */
  | { readonly type: 'waiting'; readonly nodes: readonly string[] }
  /** Everything that was measured up to `untilNs`; may be empty. */
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
  /** A protocol of a host has done its work. */
  | {
      readonly type: 'finished';
      readonly atNs: number;
      readonly node: string;
      readonly protocol: string;
    }
  | { readonly type: 'mark'; readonly atNs: number; readonly node: string; readonly name: string }
  /** The links that packets from a host of the agent to `to` take now; absent if there is no path. */
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
  | { readonly type: 'tally'; readonly tally: AgentTally }
  /** A node has put a vector into a sum; the checks of the vector are those of `reporting-witness.ts`. */
  | {
      readonly type: 'addend';
      readonly space: string;
      readonly part: number;
      readonly checks: Uint8Array;
    }
  /** A node states the total of a sum; `checks` are the linear checks of that total. */
  | {
      readonly type: 'sum';
      readonly space: string;
      readonly parts: readonly number[];
      readonly bits: number;
      readonly metric: string;
      readonly checks: Uint8Array;
    }
  /** Records about sampled datagrams since the previous report of this kind. */
  | { readonly type: 'handovers'; readonly batch: SampleBatch }
  | { readonly type: 'result'; readonly tally: AgentTally }
  /**
   * The agent failed, for example by an assertion of the engine. With `refused`, its machine cannot
   * carry out a command.
   */
  | {
      readonly type: 'broken';
      readonly kind: 'invariant' | 'exception' | 'refused';
      readonly message: string;
      readonly stack: string;
      /** The crash, if the code of a node threw. */
      readonly crash?: Crash;
    };

/** Sends commands to the agents of a run, kills them and starts them again. */
export interface AgentFleet {
  /** Sends a command to the agents that run any of these hosts; to all agents if absent. */
  tell(command: AgentCommand, hosts?: readonly string[]): void;
  /**
   * Kills the process of a node, as `kill -9` does. If the agent is an event loop of this process, only
   * the node crashes.
   */
  kill(node: string, store: StoreFault): void;
  /** Starts the node again in a new process, which gets its assignment once it has connected. */
  revive(node: string): void;
}
