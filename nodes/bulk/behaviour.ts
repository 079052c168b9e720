/**
 * Bulk: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { Store } from '../../engine/host/store.ts';

/** What a node needs of its stores. */
export type KeptStore = Pick<Store, 'get' | 'put' | 'sync'>;
/** Takes a packet that a peer has sent. */
export type HandOver = (peer: string, packet: Uint8Array) => void;

/** Each function takes what a correct node would use, and returns what the node uses. */
export interface Behaviour {
  /** Records which packets were delivered. */
  readonly inbox: (store: KeptStore) => KeptStore;
  /** Stores packets until the peer has confirmed them. */
  readonly outbox: (store: KeptStore) => KeptStore;
  /** Notes a packet in the account and delivers it. */
  readonly handOver: (next: HandOver) => HandOver;
  /** Delivers a packet. */
  readonly deliver: (next: HandOver) => HandOver;
  /** Answers a question when the peer will have everything. */
  readonly flush: (answer: () => void, after: (delayNs: number, act: () => void) => void) => void;
}

/** A correct node. */
export const CORRECT: Behaviour = {
  inbox: (store) => store,
  outbox: (store) => store,
  handOver: (next) => next,
  deliver: (next) => next,
  flush: (answer) => answer(),
};
