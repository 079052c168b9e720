/**
 * Vault: the inputs and effects of a replica's machine.
 *
 * @module
 */

import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { VaultRefusal } from '../changes.ts';
import type { VaultDropReason } from '../drop-reasons.ts';
import type { ReceiptPlace } from '../receipt.ts';
import type { SyncDropReason } from './drop-reasons.ts';

/** The requests to a replica; those from `get` to `watch` change nothing but the chain of receipts. */
export const VAULT_QUESTIONS = {
  get: 'the value of the register `target`',
  count: 'the value of the counter `target`, as text',
  elements: 'the elements of the set `target`, as JSON',
  fields: 'the fields of the map `target`, as JSON',
  digest: 'SHA-256 of the state, in hexadecimal: equal at replicas that have converged',
  receipts: 'the receipts of this replica that it still has, as JSON',
  witnessed: 'the heads of the receipts of other replicas, as this replica last saw them, as JSON',
  consents: 'the nodes that ask to take part, and until when their question stands, as JSON',
  watch: 'each change of keys that begin with `target`, as it becomes durable, as lines of JSON',
  put: 'writes the body to the register `target`',
  delete: 'deletes the register `target`',
  erase:
    'deletes the register or map `target` so that no replica can read an earlier value again; answered when all have confirmed',
  increment: 'adds the number in the body, by default 1, to the counter `target`',
  add: 'adds the body to the set `target`',
  remove: 'removes the body from the set `target`',
  'put-field': 'writes the body to a field of a map; `target` is `map/field`',
  'remove-field': 'removes a field of a map; `target` is `map/field`',
  allow: 'lets the node `target` take part',
  deny: 'lets the node `target` take part no longer',
} as const;

/** Kind of a request to a replica. */
export type VaultRequestKind = keyof typeof VAULT_QUESTIONS;

/** A request of an application; the machine owns the body. */
export interface VaultRequest {
  readonly kind: VaultRequestKind;
  readonly target: string;
  readonly body: Uint8Array;
}

/** The content of a message to a peer; the carrier's report of its delivery names it again. */
export type SentKind = 'clock' | 'items';

/** The inputs of a replica's machine; `Asker` identifies the sender of a request. */
export type VaultInput<Asker> =
  | { readonly kind: 'start' }
  | { readonly kind: 'message'; readonly from: string; readonly bytes: Uint8Array }
  | { readonly kind: 'request'; readonly request: VaultRequest; readonly asker: Asker }
  | { readonly kind: 'cancel'; readonly asker: Asker }
  | { readonly kind: 'synced'; readonly isDurable: boolean }
  | { readonly kind: 'way'; readonly peer: string; readonly isOpen: boolean }
  | {
      readonly kind: 'settled';
      readonly peer: string;
      readonly what: SentKind;
      readonly isDelivered: boolean;
    };

/** Answers to a request other than `ok`. */
export type RequestRefusal =
  | VaultRefusal
  | 'not-found'
  | 'erased'
  | 'bad-request'
  | 'busy'
  | 'unknown-node';

/** The effects that the node performs for its machine. */
export type VaultEffect<Asker> =
  | {
      readonly kind: 'send';
      readonly to: string;
      readonly bytes: Uint8Array;
      readonly what: SentKind;
    }
  | { readonly kind: 'append'; readonly record: Uint8Array }
  | { readonly kind: 'rewrite'; readonly snapshot: Uint8Array }
  | { readonly kind: 'receipt'; readonly record: Uint8Array }
  /** Replaces all receipts on disk. */
  | {
      readonly kind: 'receipts';
      readonly records: readonly Uint8Array[];
      readonly next: ReceiptPlace;
    }
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'sync' }
  | {
      readonly kind: 'answer';
      readonly asker: Asker;
      readonly outcome: 'ok' | RequestRefusal;
      readonly body?: Uint8Array;
    }
  | { readonly kind: 'more'; readonly asker: Asker; readonly body: Uint8Array }
  | { readonly kind: 'drop'; readonly reason: VaultDropReason | SyncDropReason }
  | { readonly kind: 'count'; readonly metric: VaultCounter; readonly by: number }
  | { readonly kind: 'measure'; readonly metric: VaultHistogram; readonly value: Nanoseconds }
  | { readonly kind: 'published' | 'converged'; readonly sequence: number }
  | { readonly kind: 'unconfirmed'; readonly count: number }
  | { readonly kind: 'warn'; readonly text: string };

/** Counters that the machine reports, without `vault.`. */
export type VaultCounter =
  | 'applied'
  | 'compared'
  | 'equal_compared'
  | 'snapshots'
  | 'clock_corrections'
  | 'sync.bytes';

/** Histograms that the machine reports, without `vault.`. */
export type VaultHistogram = 'converge' | 'erase.time' | 'sync.idle_bytes';
