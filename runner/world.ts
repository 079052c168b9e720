/**
 * What the runner needs from a world, simulated or live: hosts for nodes, links to act on, and a
 * clock to act by. `engine/net` and `engine/live` provide it; the runner does not know which.
 *
 * @module
 */
import type { Host, RequestContent } from '../engine/host/host.ts';
import type { MetricValue } from '../engine/measure/counters.ts';
import type { NetworkObserver } from '../engine/net/direction-context.ts';
import type { OpenRequest, RequestWithReceiver } from '../engine/net/inquiry.ts';
import type { AffectedDirections, LinkChange } from '../engine/net/link-spec.ts';
import type { NodeCall } from '../engine/net/node-calls.ts';
import type { LogSink } from '../engine/net/sim-observers.ts';
import type { SimWorld } from '../engine/net/sim-world.ts';
import type { PacketTotals, SeedResult } from '../reports/model.ts';
import type { FaultAction } from '../scenarios/files/events/actions.ts';
import type { FloodCommand, MakeForger } from './flood-order.ts';

/** The kind of call to a node. */
export type NodeCallKind = NodeCall['kind'];

/** What a crash does to the data of a store that were not synced. */
export type StoreFault = 'synced' | 'prefix' | 'torn';

/** Undoes one effect of a fault; harmless if called twice. */
export type Undo = () => void;

/** An attack on the path, as plain data: it is carried out in the process of the link's sender. */
export type ReplayAttack = Extract<FaultAction, { kind: 'tap' }>;

/** A packet that a tap sees at the entry of a link direction. */
export interface TappedPacket {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/** How a tap can control the packets of a direction. */
export interface TapControl {
  /** Sends a copy of these bytes in this direction, as if the sender had. */
  inject(bytes: Uint8Array): void;
}

/** An on-path observer: returns true to let the packet pass, false to remove it (`tapped`). */
export type Tap = (packet: TappedPacket, control: TapControl) => boolean;

/** A link as faults see it. */
export interface WorldLink {
  readonly id: string;
  /** Changes the link until undone; several `up: false` add up. */
  change(change: LinkChange, side: AffectedDirections): Undo;
  /** Withholds packets in flight, and later ones, until undone. */
  hold(side: AffectedDirections): Undo;
  /** Puts an attacker on both directions of the link; it uses the random streams of the link. */
  attack(attack: ReplayAttack): Undo;
  isUp(side: 'forward' | 'backward'): boolean;
}

/** What nodes report to the runner, at the world's present time; a listener has the calls that it needs. */
export interface WorldListener {
  /** True if it records states: nodes report more then (engine/host/measure.ts, `isRecorded`). */
  readonly keepsStates?: boolean;
  /**
   * Application bytes reached the user of `node`; they are read during the call only.
   * @param protocol Name of the protocol that delivered them.
   * @param isAgain True if they are marked as what the user may have got before a restart of the node.
   */
  delivered?(
    node: string,
    from: string,
    bytes: Uint8Array,
    protocol: string,
    isAgain: boolean,
  ): void;
  state?(node: string, machine: string, state: string): void;
  spanned?(node: string, name: string, beginNs: number, endNs: number): void;
  marked?(node: string, name: string): void;
  readonly logged?: LogSink;
  /**
   * `node` is about to get a request; what it does until {@link handled} belongs to that request.
   */
  requested?(node: string, request: RequestContent): void;
  /** A request to `node` waits for a modelled processor. */
  postponed?(node: string, request: RequestContent): void;
  /** Like {@link requested}, for a request that had to wait for a modelled processor. */
  resumed?(node: string, request: RequestContent): void;
  /** Called when the node's handler has returned. */
  handled?(): void;
  /** A protocol of `node` has done its work, for the first time since the node's last start. */
  finished?(node: string, protocol: string): void;
  /** Called when a protocol reported a drop. */
  nodeDropped?(node: string, reason: string): void;
}

/** What a run needs of the world in which its nodes and links are: simulated, emulated, live or remote. */
export interface World {
  /** Adds a listener to everything that nodes report. */
  listen(listener: WorldListener): void;
  /** Sets the observer of packets; absent where links are in other processes. */
  observe?(observer: NetworkObserver): void;
  /** Sources grow to their rate until this instant of the scenario, ns; absent in virtual time. */
  readonly rampNs?: number | undefined;
  now(): number;
  /** Calls back at an instant, in ordinary order. */
  at(timeNs: number, fire: () => void): void;
  /**
   * Calls back after a time, ns, also before the scenario begins and when its sources are silent.
   * @returns does without the call.
   */
  later(delayNs: number, fire: () => void): Undo;
  /** Calls back at an instant, before everything else of that nanosecond. */
  atFault(timeNs: number, fire: () => void): void;
  /**
   * Calls back when the meters know everything that was sent or has arrived so far, which is
   * immediately if the nodes are in this process.
   */
  whenMeasured(fire: () => void): void;
  /** The interface between a host and its lowest protocol, or one of its layers, by the protocol's name. */
  host(name: string, layer?: string): Host;
  /** Calls a node outside its events; the call is recorded as one of that node, for reports of crashes. */
  call<T>(node: string, kind: NodeCallKind, code: () => T): T;
  link(id: string): WorldLink;
  /**
   * Separates members of clouds until undone; absent where there are none.
   * @returns the clouds that join any of them.
   */
  cutClouds?(
    from: readonly string[],
    to: readonly string[],
    ways: 'both' | 'one-way',
  ): { readonly ids: readonly string[]; readonly end: Undo };
  /**
   * Passes a question to a node's handler; rejected as `no-handler` or `node-down`.
   * @param by Name of the protocol that is asked; by default the lowest one.
   * @returns what the asker can still do; undefined if the question has its answer.
   */
  request(node: string, inquiry: RequestWithReceiver, by?: string): OpenRequest | undefined;
  /** Stops the node as a crash does: timers, sockets and unsynced data are lost. */
  crash(node: string, store: StoreFault): void;
  /** Makes the host usable again; the runner then creates its node again. */
  restart(node: string): void;
  /**
   * Sends forged datagrams from a host until undone. Worlds whose hosts are in other processes pass
   * the order on and create no forger.
   * @returns undefined if the sending host is down.
   */
  flood(order: FloodCommand, makeForger: MakeForger): Undo | undefined;
  /** Makes syncs of a node's stores take so much longer until undone; absent where disks are real. */
  readonly slowDisk?: ((node: string, extraNs: number) => Undo) | undefined;
  setClock(node: string, change: { readonly stepNs: number; readonly ppm: number }): void;
  metrics(node: string): Readonly<Record<string, MetricValue>>;
  /** Resets what meters counted (end of the warm-up). */
  resetMetrics(): void;
  nodeDrops(): Readonly<Record<string, number>>;
  packets(): PacketTotals;
  /** Bytes that links began to transmit so far; absent where links do not count them. */
  linkBytes?(): number;
  /** The link that was sending for the largest share of the run; absent where links are not counted. */
  busiestLink?(): SeedResult['busiestLink'];
  /**
   * Asserts that every packet of the links is accounted for; absent where links are in other
   * processes, which do so themselves.
   */
  assertBalance?(): void;
  /** Warnings of the links about the run; absent where links are in other processes. */
  linkWarnings?(): readonly string[];
}

/** A link whose directions are in this process. */
export interface LocalLink extends WorldLink {
  /** Shows an observer the packets of one direction, which it may remove or copy. */
  tap(side: 'forward' | 'backward', tap: Tap): Undo;
}

/** A world whose hosts and links are in this process: what accounts, watchers and recorders look into. */
export interface LocalWorld<Net extends SimWorld = SimWorld> extends World {
  readonly sim: Net;
  link(id: string): LocalLink;
  /** The name of a host by its number; undefined for that of all members of a segment. */
  hostName(index: number): string | undefined;
  /** The bytes of a packet on a link, which are valid during the call of an observer. */
  packetBytes(packet: number): Uint8Array;
  /** Bytes that packets take, for buffers and rows, and the most packets that there were at a time. */
  packetMemory(): { readonly bytes: number; readonly most: number };
  assertBalance(): void;
}
