/**
 * What the cases of the port suite run on: two hosts joined by a link, in any world.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { StoreFault } from '../../../engine/net/sim-store.ts';

/** Seed of the worlds of the suite. */
export const SUITE_SEED = 7;

/** Two hosts, `a` and `b`, and the time they live in. */
export interface PortWorld {
  readonly kind: 'sim' | 'live';
  readonly a: Host;
  readonly b: Host;
  readonly addressOfB: string;
  /** Runs node code, as an event of the world. */
  act(code: () => void): void;
  /** Lets time pass until `isDone`, and fails after `limitMs` of the world's time. */
  until(isDone: () => boolean, what: string, limitMs?: number): Promise<void>;
  /** Lets this much of the world's time pass. */
  pass(ms: number): Promise<void>;
  /** Crashes and restarts `a`. */
  crashA(fault: StoreFault): void;
  restartA(): void;
  /** Asks `a`. */
  request(kind: string, target: string, body: Uint8Array): Promise<RequestAnswer>;
  /** What `a` delivered to its user so far. */
  readonly delivered: readonly { readonly from: string; readonly bytes: Uint8Array }[];
  /** Drops that `a` named so far. */
  dropsOfA(): Readonly<Record<string, number>>;
  /** Datagrams lost for this reason of the network. */
  networkDrops(reason: string): number;
  close(): Promise<void>;
}

/** An answer to a request. */
export interface RequestAnswer {
  readonly outcome: string;
  readonly body: Uint8Array | undefined;
}

/** One case; `run` fails by an expectation. */
export interface PortCase {
  /** `area/what`, unique. */
  readonly id: string;
  /** A sentence of the contract. */
  readonly says: string;
  readonly run: (world: PortWorld) => Promise<void>;
}
