/**
 * Groups: the inputs and the effects of the machine of groups.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { GroupDropReason } from './drops.ts';
import type { GroupMessage, Proposal, VoteResult } from './messages.ts';
import type { GroupId, GroupRequest } from './requests.ts';

/** Events that the machine of groups handles. */
export type GroupsInput<Request> =
  /** The first input after the machine was made: it continues what a restart interrupted. */
  | { readonly kind: 'start' }
  | { readonly kind: 'request'; readonly request: GroupRequest; readonly token: Request }
  /**
   * A group message came from a peer; the effect `handled` with this token follows when the message
   * need not be handed over again.
   */
  | {
      readonly kind: 'message';
      readonly from: string;
      readonly bytes: Uint8Array;
      readonly token: number;
    }
  /** The message that the effect `send` with this token sent has ended. */
  | { readonly kind: 'sent'; readonly token: number; readonly isDelivered: boolean }
  | { readonly kind: 'synced'; readonly isDurable: boolean };

/** Events of a group that are reported to the application without a request. */
export type GroupEvent =
  | { readonly kind: 'joined'; readonly members: readonly string[] }
  | {
      readonly kind: 'members';
      readonly epoch: number;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | { readonly kind: 'left' }
  | { readonly kind: 'opened'; readonly proposal: Proposal; readonly mayVote: boolean }
  | { readonly kind: 'result'; readonly proposal: Proposal; readonly result: VoteResult };

/** The answer to a request about a group. */
export type GroupRequestOutcome =
  | 'ok'
  | 'busy'
  | 'unknown-group'
  | 'not-owner'
  | 'too-many-groups'
  | 'too-many-members'
  | 'already-member'
  | 'no-such-member'
  | 'bad-name'
  | 'text-too-long'
  | 'bad-deadline'
  | 'too-many-votes'
  | 'unknown-vote'
  | 'vote-over'
  | 'not-an-elector'
  | 'already-voted'
  | 'undelivered'
  | 'no-answer';

/** Effects that leave this node: they wait until all records put before them are on disk. */
export type ExternallyVisibleEffect<Request> =
  | {
      readonly kind: 'send';
      readonly to: string;
      readonly bytes: Uint8Array;
      readonly lifetimeNs: Nanoseconds;
      readonly token: number;
    }
  | {
      readonly kind: 'answer';
      readonly token: Request;
      readonly outcome: GroupRequestOutcome;
      readonly body?: Uint8Array;
    }
  | { readonly kind: 'tell'; readonly group: GroupId; readonly event: GroupEvent }
  | { readonly kind: 'handled'; readonly from: string; readonly token: number };

/** The effects of the machine of groups, which the adapter performs. */
export type GroupsEffect<Request> =
  | ExternallyVisibleEffect<Request>
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'erase'; readonly key: string }
  | { readonly kind: 'sync' }
  | { readonly kind: 'drop'; readonly reason: GroupDropReason };

/**
 * A message that a group sends to a member or its owner; `done` is called when it was delivered, or
 * will not be.
 */
export interface OutgoingGroupMessage {
  readonly to: string;
  readonly message: GroupMessage;
  readonly lifetimeNs: Nanoseconds;
  readonly done?: (isDelivered: boolean) => void;
}

/**
 * What all groups of a node share: the clock, and the functions by which they send, report and write.
 */
export interface GroupsContext {
  /** Name of this node. */
  readonly own: string;
  /** Calendar time, ms. */
  readonly nowMs: () => number;
  readonly send: (message: OutgoingGroupMessage) => void;
  readonly tell: (group: GroupId, event: GroupEvent) => void;
  readonly put: (key: string, value: Uint8Array) => void;
  readonly erase: (key: string) => void;
  readonly drop: (reason: GroupDropReason) => void;
  /** Asks for a call of the group's `resend` after this time, ns. */
  readonly resendIn: (waitNs: Nanoseconds) => void;
}
