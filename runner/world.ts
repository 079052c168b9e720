/**
 * What the runner needs from a world, simulated or live: hosts for nodes, links on which faults act,
 * and a clock. `engine/net` and `engine/live` provide it; the runner does not know which of them.
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
import type { FloodCommand, MakeForger } from './flood-command.ts';

/** The kind of call to a node. */
export type NodeCallKind = NodeCall['kind'];

/** What a crash does to data of a store that were not synced. */
export type StoreFault = 'synced' | 'prefix' | 'torn';

/** Undoes one effect of a fault; harmless if called twice. */
export type Undo = () => void;

/** An attack by a tap on a link, as plain data: it is carried out in the process of the link's sender. */
export type ReplayAttack = Extract<FaultAction, { kind: 'tap' }>;

/** A packet at the entry of a link direction, as a tap sees it. */
export interface TappedPacket {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/** How a tap can control the packets of a direction. */
export interface TapControl {
  /** Sends a copy of these bytes in this direction, as if the sender had sent it. */
  inject(bytes: Uint8Array): void;
}

/** An on-path observer: returns true to let the packet pass, false to remove it (`tapped`). */
export type Tap = (packet: TappedPacket, control: TapControl) => boolean;

/** A link as faults see it. */
export interface WorldLink {
  readonly id: string;
  /** Changes the link until undone; with several `up: false`, it is up when all are undone. */
  change(change: LinkChange, side: AffectedDirections): Undo;
  /** Withholds packets on the link, and packets sent later, until undone. */
  hold(side: AffectedDirections): Undo;
  /** Puts an attacker on both directions of the link; it uses the random streams of the link. */
  attack(attack: ReplayAttack): Undo;
  isUp(side: 'forward' | 'backward'): boolean;
}

/**
 * Receives reports of nodes, at the world's present time; a listener implements the methods that it
 * needs.
 */
export interface WorldListener {
  /** True if it records states: then nodes report more (engine/host/measure.ts, `isRecorded`). */
  readonly keepsStates?: boolean;
  /**
   * Called when application bytes reached the application of `node`; they are valid during the call
   * only.
   * @param protocol Name of the protocol that delivered them.
   * @param isAgain True if the node marked them as perhaps delivered before its restart.
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
  /** Called before `node` gets a request; all reports until {@link handled} belong to that request. */
  requested?(node: string, request: RequestContent): void;
  /** Called when a request to `node` has to wait for a modelled processor. */
  postponed?(node: string, request: RequestContent): void;
  /** Like {@link requested}, for a request that had to wait for a modelled processor. */
  resumed?(node: string, request: RequestContent): void;
  /** Called when the node's handler has returned. */
  handled?(): void;
  /**
   * Called when a protocol of `node` reports its work as done, for the first time since the node's last
   * start.
   */
  finished?(node: string, protocol: string): void;
  /** Called when a protocol reported a drop. */
  nodeDropped?(node: string, reason: string): void;
}

/** What a run needs from the world with its nodes and links: simulated, emulated, live or remote. */
export interface World {
  /** Adds a listener to everything that nodes report. */
  listen(listener: WorldListener): void;
  /** Sets the observer of packets; absent where links are in other processes. */
  observe?(observer: NetworkObserver): void;
  /**
   * The rates of traffic sources rise linearly until this instant of the scenario, ns; absent in virtual
   * time.
   */
  readonly rampNs?: number | undefined;
  now(): number;
  /** Calls back at an instant, in the usual order of events. */
  at(timeNs: number, fire: () => void): void;
  /**
   * Calls back after a delay, ns, also before the scenario begins and after its sources have stopped.
   * @returns a function that cancels the call.
   */
  later(delayNs: number, fire: () => void): Undo;
  /** Calls back at an instant, before everything else of that nanosecond. */
  atFault(timeNs: number, fire: () => void): void;
  /**
   * Calls back when the meters have been told of all packets sent and arrived so far; immediately if
   * the nodes are in this process.
   */
  whenMeasured(fire: () => void): void;
  /** The port of a host for its lowest protocol, or for the layer with this name. */
  host(name: string, layer?: string): Host;
  /**
   * Calls code of a node outside of its events; the call is recorded, so that a crash is attributed to
   * the node.
   */
  call<T>(node: string, kind: NodeCallKind, code: () => T): T;
  link(id: string): WorldLink;
  /**
   * Separates hosts of clouds until undone; absent in worlds without clouds.
   * @returns the names of the clouds that joined any of them.
   */
  cutClouds?(
    from: readonly string[],
    to: readonly string[],
    ways: 'both' | 'one-way',
  ): { readonly ids: readonly string[]; readonly end: Undo };
  /**
   * Passes a question to a node's handler; rejected as `no-handler` or `node-down`.
   * @param by Name of the protocol that gets the question; by default the lowest one.
   * @returns a handle of the open question; undefined if it is already answered.
   */
  request(node: string, inquiry: RequestWithReceiver, by?: string): OpenRequest | undefined;
  /** Stops the node as a crash does: timers, sockets and unsynced data are lost. */
  crash(node: string, store: StoreFault): void;
  /** Makes a crashed host usable again, after which the runner creates its node anew. */
  restart(node: string): void;
  /**
   * Sends forged datagrams from a host until undone. Worlds whose hosts are in other processes pass the
   * command on and do not call `makeForger`.
   * @returns undefined if the sending host is down.
   */
  flood(order: FloodCommand, makeForger: MakeForger): Undo | undefined;
  /** Makes syncs of a node's stores take `extraNs` longer until undone; absent if disks are real. */
  readonly slowDisk?: ((node: string, extraNs: number) => Undo) | undefined;
  setClock(node: string, change: { readonly stepNs: number; readonly ppm: number }): void;
  metrics(node: string): Readonly<Record<string, MetricValue>>;
  /** Resets all meters, at the end of the warm-up. */
  resetMetrics(): void;
  nodeDrops(): Readonly<Record<string, number>>;
  packets(): PacketTotals;
  /** Number of bytes that links have begun to transmit so far; absent if links do not count them. */
  linkBytes?(): number;
  /** The direction that was sending for the largest share of the run; absent if links do not measure it. */
  busiestLink?(): SeedResult['busiestLink'];
  /**
   * Asserts that every packet of the links is accounted for; absent if links are in other processes,
   * which assert it themselves.
   */
  assertBalance?(): void;
  /** Warnings of the links about the run; absent where links are in other processes. */
  linkWarnings?(): readonly string[];
}

/** A link whose directions are in this process. */
export interface LocalLink extends WorldLink {
  /** Installs a tap on one direction until undone; it may remove or copy packets. */
  tap(side: 'forward' | 'backward', tap: Tap): Undo;
}

/**
 * A {@link World} whose hosts and links are objects of this process, so that accounts, observers and
 * recorders can read packets and counters.
 */
export interface LocalWorld<Net extends SimWorld = SimWorld> extends World {
  readonly sim: Net;
  link(id: string): LocalLink;
  /** The name of the host with this number; undefined for the number that means all hosts of a segment. */
  hostName(index: number): string | undefined;
  /** The bytes of a packet on a link, which are valid during the call of an observer. */
  packetBytes(packet: number): Uint8Array;
  /** Bytes of memory of all packets, for buffers and rows, and the largest number of packets at a time. */
  packetMemory(): { readonly bytes: number; readonly most: number };
  assertBalance(): void;
}
