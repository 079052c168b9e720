/**
 * The replay windows of a gateway: one per (peer, epoch) of received frames, shared by all paths
 * with clean-up and a bound on peers.
 *
 * Dropping a window while its key exists would allow every replay again, so clean-up only names the
 * silent peers; the owner of the set then closes their sessions, keys included. A factory decides
 * which kind of window is made (the correct one, a test double). No clock is read here.
 *
 * @module
 */
import type { ReplayGuard } from '../../_kit/replay-window.ts';
import { EPOCHS_PER_PEER_MAX } from '../geometry.ts';

/** Creates the window of an epoch, and is informed when the window is dropped. */
export interface ReplayWindowFactory {
  create(peer: string, epoch: number): ReplayGuard;
  retire?(peer: string, epoch: number): void;
}

/** Bounds of a {@link WindowSet}. */
export interface WindowSetLimits {
  /** A peer silent for longer is dropped, ns. */
  readonly cleanupTtlNs: number;
  /** Largest number of peers. */
  readonly peersMax: number;
}

/** The replay windows of one peer. */
export class PeerWindows {
  readonly peer: string;
  /** When the last authenticated frame arrived, ns; written by the session. */
  lastNs: number;
  readonly #factory: ReplayWindowFactory;
  readonly #guards = new Map<number, ReplayGuard>();

  constructor(peer: string, factory: ReplayWindowFactory, nowNs: number) {
    this.peer = peer;
    this.lastNs = nowNs;
    this.#factory = factory;
  }

  /** Epochs with a window, ascending. */
  get epochs(): readonly number[] {
    return [...this.#guards.keys()].sort((a, b) => a - b);
  }

  /** Opens the window of an epoch; drops the lowest epoch when there are already three. */
  open(epoch: number): ReplayGuard {
    const existing = this.#guards.get(epoch);
    if (existing !== undefined) return existing;
    const lowest = this.epochs[0];
    if (lowest !== undefined && this.#guards.size >= EPOCHS_PER_PEER_MAX) this.retire(lowest);
    const guard = this.#factory.create(this.peer, epoch);
    this.#guards.set(epoch, guard);
    return guard;
  }

  /** Removes the window of an epoch whose key is gone. */
  retire(epoch: number): void {
    if (this.#guards.delete(epoch)) this.#factory.retire?.(this.peer, epoch);
  }

  /** Removes all windows. */
  clear(): void {
    for (const epoch of this.epochs) this.retire(epoch);
  }
}

/** The replay windows of a gateway. */
export class WindowSet {
  readonly #factory: ReplayWindowFactory;
  readonly #limits: WindowSetLimits;
  readonly #peers = new Map<string, PeerWindows>();

  constructor(factory: ReplayWindowFactory, limits: WindowSetLimits) {
    this.#factory = factory;
    this.#limits = limits;
  }

  /** Number of windows, one for each epoch of each peer. */
  get count(): number {
    let count = 0;
    for (const { epochs } of this.#peers.values()) count += epochs.length;
    return count;
  }

  /** The windows of a peer, created if new; undefined when there are too many peers. */
  peer(name: string, nowNs: number): PeerWindows | undefined {
    const existing = this.#peers.get(name);
    if (existing !== undefined) return existing;
    if (this.#peers.size >= this.#limits.peersMax) return undefined;
    const windows = new PeerWindows(name, this.#factory, nowNs);
    this.#peers.set(name, windows);
    return windows;
  }

  /** Drops a peer's windows; its session must be closed first. */
  drop(name: string): void {
    this.#peers.get(name)?.clear();
    this.#peers.delete(name);
  }

  /** Peers silent for longer than `cleanup_ttl`, sorted: close their sessions, then drop them. */
  silent(nowNs: number): readonly string[] {
    const names: string[] = [];
    for (const [name, windows] of this.#peers) {
      if (nowNs - windows.lastNs > this.#limits.cleanupTtlNs) names.push(name);
    }
    return names.sort();
  }
}

/** Time between two searches for silent peers, ns: 24 in each `cleanup_ttl`, but at most one a second. */
export function cleanupIntervalNs(ttlNs: number): number {
  return Math.max(1_000_000_000, Math.floor(ttlNs / 24));
}
