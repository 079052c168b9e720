/**
 * The inputs of an agent: requests of the application, bundles and receipts of neighbours, ways that
 * open and close.
 *
 * @module
 */
import type { PeerReachability, SendWishes } from '../../../engine/host/transport.ts';
import type { StoredRecord } from './records.ts';

/**
 * The inputs of an agent. The effect that answers a request returns its `Request`, by which the node
 * finds the application.
 */
export type AgentInput<Request> =
  | SendInput<Request>
  | BundleInput
  /** The neighbour has acknowledged the bundle of a transfer. */
  | { readonly kind: 'receipt'; readonly transfer: TransferId }
  /** The layer below has given a transfer up: its bundle is routed again. */
  | { readonly kind: 'failed'; readonly transfer: TransferId }
  | { readonly kind: 'way'; readonly outlet: string; readonly way: PeerReachability }
  /** The first input of all: the records of the durable store; none if the store is in memory. */
  | { readonly kind: 'start'; readonly records: readonly StoredRecord[] }
  /** The sync under way has ended; what it covered is on disk, or failed. */
  | { readonly kind: 'synced'; readonly isDurable: boolean };

/** An application's request to send a message. */
export interface SendInput<Request> {
  readonly kind: 'send';
  readonly request: Request;
  /** Name of the destination host. */
  readonly to: string;
  /** The agent keeps these bytes: the caller must not change them. */
  readonly body: Uint8Array;
  readonly wishes: SendWishes;
}

/** A bundle of a neighbour; the agent keeps the bytes. */
export interface BundleInput {
  readonly kind: 'bundle';
  readonly bytes: Uint8Array;
  /** Name of the neighbour. */
  readonly from: string;
  /** Present if the neighbour repeats the bundle until it has a receipt. */
  readonly transfer?: TransferId;
}

/** A transfer of a bundle; its number is unique only within its outlet. */
export interface TransferId {
  /** Id of the outlet. */
  readonly outlet: string;
  readonly number: number;
}
