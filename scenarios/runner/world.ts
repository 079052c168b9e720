/**
 * What the runner needs of a world, simulated or live: hosts to put nodes on, links to act on, and
 * a clock to act by. `engine/net` and `engine/live` provide it; the runner does not know which.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { MetricValue } from '../../engine/measure/counters.ts';
import type { LinkChange, LinkSide } from '../../engine/net/link-spec.ts';
import type { PacketTotals } from '../../reports/model.ts';
import type { FaultAction } from '../model.ts';
import type { FloodOrder, MakeForger } from './flood-order.ts';

/** Undoes one effect of a fault; harmless when called twice. */
export type Undo = () => void;

/** An attacker on the path, as plain data: it works where the sender of the link is. */
export type ReplayAttack = Extract<FaultAction, { kind: 'tap' }>;

/** A link as faults see it. */
export interface WorldLink {
  readonly id: string;
  /** Changes the link until undone; several holders of `up: false` add up. */
  change(change: LinkChange, side: LinkSide): Undo;
  /** Keeps packets in flight and later ones in the pipe until undone. */
  hold(side: LinkSide): Undo;
  /** Puts an attacker on both directions; it draws from the streams of the link. */
  attack(attack: ReplayAttack): Undo;
  isUp(side: 'forward' | 'backward'): boolean;
}

/** What the runner hears from nodes. All calls carry the world's time. */
export interface WorldListener {
  /** True when it keeps the states: nodes say more then (engine/host/measure.ts, `isRecorded`). */
  readonly keepsStates?: boolean;
  /** Application bytes reached the user of `node`; they are read during the call only. */
  delivered(node: string, from: string, bytes: Uint8Array): void;
  state(node: string, machine: string, state: string): void;
  spanned(node: string, name: string, beginNs: number, endNs: number): void;
  marked(node: string, name: string): void;
  logged(node: string, level: 'debug' | 'info' | 'warn', message: string): void;
  /** `node` is about to get a request; what it does until {@link handled} belongs to it. */
  requested?(node: string, request: NodeRequest): void;
  /** A request to `node` waits for a modelled processor. */
  postponed?(node: string, request: NodeRequest): void;
  /** As {@link requested}, of a request that had to wait for a modelled processor. */
  resumed?(node: string, request: NodeRequest): void;
  /** The node's handler has returned. */
  handled?(): void;
  /** A protocol named a drop. */
  nodeDropped?(node: string, reason: string): void;
}

/** The world. */
export interface World {
  /** Sources grow to their rate up to this instant of the scenario, ns; absent in virtual time. */
  readonly rampNs?: number;
  now(): number;
  /** Calls back at an instant; ordinary order. */
  at(timeNs: number, fire: () => void): void;
  /** Calls back before everything else of that nanosecond. */
  atFault(timeNs: number, fire: () => void): void;
  /**
   * Calls back when everything that was sent or has arrived up to now is known to the meters: at
   * once, where the nodes are in this process.
   */
  whenMeasured(fire: () => void): void;
  host(name: string): Host;
  link(id: string): WorldLink;
  /** Hands a request to a node's handler; refused as `no-handler` or `node-down`. */
  request(node: string, request: NodeRequest): void;
  /** Stops the node as a crash does: timers, sockets and what was not synced are gone. */
  crash(node: string, store: 'synced' | 'prefix' | 'torn'): void;
  /** Makes the host usable again; the runner then creates the node anew. */
  restart(node: string): void;
  /**
   * Sends forged datagrams from a host until undone. Worlds whose hosts are in other processes tell
   * those, and make no forger here.
   * @returns undefined when the host that sends is down.
   */
  flood(order: FloodOrder, makeForger: MakeForger): Undo | undefined;
  setClock(node: string, change: { readonly stepNs: number; readonly ppm: number }): void;
  metrics(node: string): Readonly<Record<string, MetricValue>>;
  /** Forgets what meters counted (end of the warm-up). */
  resetMetrics(): void;
  nodeDrops(): Readonly<Record<string, number>>;
  packets(): PacketTotals;
}
