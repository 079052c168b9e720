/**
 * Bulk: the parts of a node that a defective double (`doubles/`) replaces, and the parts of a
 * correct node.
 *
 * @module
 */
import type { Store } from '../../engine/host/store.ts';

/** The operations of the port's store that bulk uses. */
export type BulkStore = Pick<Store, 'get' | 'put' | 'sync'>;
/** Takes a packet that a peer has sent. */
export type ReceivedPacketHandler = (peer: string, packet: Uint8Array) => void;

/**
 * Each function gets the part that a correct node uses, and returns the one that this node uses; `flush` returns
 * nothing.
 */
export interface BulkBehaviour {
  /** The store that records which packets were delivered. */
  readonly inbox: (store: BulkStore) => BulkStore;
  /** The store of packets that the peer has not confirmed yet. */
  readonly outbox: (store: BulkStore) => BulkStore;
  /** The handler that notes a packet in the account and delivers it. */
  readonly handOver: (next: ReceivedPacketHandler) => ReceivedPacketHandler;
  /** The handler that delivers a packet to the application. */
  readonly deliver: (next: ReceivedPacketHandler) => ReceivedPacketHandler;
  /** Handles a `flush`, by `answer`, perhaps `after` a delay; the answer comes when the peer has everything. */
  readonly flush: (answer: () => void, after: (delayNs: number, act: () => void) => void) => void;
}

/** The behaviour of a correct node: every function returns what it got. */
export const CORRECT_BEHAVIOUR: BulkBehaviour = {
  inbox: (store) => store,
  outbox: (store) => store,
  handOver: (next) => next,
  deliver: (next) => next,
  flush: (answer) => answer(),
};
