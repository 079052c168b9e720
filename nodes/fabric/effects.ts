/**
 * Fabric: the inputs and the effects of the state machine that a node keeps for each peer.
 *
 * @module
 */

import type { Nanoseconds } from '../../engine/host/time.ts';
import type { PeerReachability, SendWishes } from '../../engine/host/transport.ts';
import type { EnvelopeDropReason, MessageKind } from './envelope.ts';
import type { InboxDropReason } from './incoming/inbox.ts';
import type { PacketDropReason } from './wire.ts';

/** A message to be sent. */
export interface SubmittedMessage<Request> {
  readonly kind: 'message' | 'call' | 'group';
  readonly payload: Uint8Array;
  /** 0 (bulk) to 3 (urgent). */
  readonly priority: number;
  readonly lifetimeNs: Nanoseconds;
  readonly request?: Request;
}

/** What ends a call: the reply, or the refusal; either may have an empty payload. */
export interface CallAnswer {
  readonly kind: 'reply' | 'refusal';
  readonly payload: Uint8Array;
}

/** The inputs of the state machine that a node keeps for each peer. */
export type PeerInput<Request> =
  | { readonly kind: 'submit'; readonly message: SubmittedMessage<Request> }
  /** A packet came over a way; the machine may keep `bytes`, so the caller must not reuse them. */
  | { readonly kind: 'packet'; readonly way: number; readonly bytes: Uint8Array }
  /** The carrier reports whether it took the packet that was sent with this token. */
  | {
      readonly kind: 'answered';
      readonly way: number;
      readonly token: number;
      readonly outcome: string;
    }
  | { readonly kind: 'way'; readonly way: number; readonly state: PeerReachability }
  | { readonly kind: 'synced'; readonly isDurable: boolean }
  /** More message numbers can be used, because their reservation is on disk. */
  | { readonly kind: 'numbers' }
  /** The handler of a message has run; `answer` is present if the message was a call. */
  | { readonly kind: 'handled'; readonly number: number; readonly answer?: CallAnswer };

/** A complete message of a peer, as its handler gets it. */
export interface ArrivedMessage {
  readonly number: number;
  readonly id: Uint8Array;
  readonly kind: 'message' | 'call' | 'group';
  readonly payload: Uint8Array;
  /** 0 (bulk) to 3 (urgent). */
  readonly priority: number;
  /** The encoded envelope. */
  readonly envelope: Uint8Array;
  readonly deadlineNs: Nanoseconds;
  /**
   * True if the message may already have been handed to its handler before a restart of this node.
   */
  readonly isAgain: boolean;
}

/** Reasons for which a `fabric` node drops something. */
export type FabricDropReason =
  | PacketDropReason
  | EnvelopeDropReason
  | InboxDropReason
  | 'unconfirmed-memory'
  | 'unconfirmed-floor'
  | 'foreign-challenge'
  | 'given-up'
  | 'never-sent'
  | 'wrong-peer'
  | 'wrong-id'
  | 'late'
  | 'late-reply'
  | 'deadline-over'
  | 'queue-full';

/** How a message that this node sent to a peer ended. */
export interface MessageSettlement<Request> {
  readonly number: number;
  readonly kind: MessageKind;
  readonly request: Request | undefined;
  /** `ok`, `refused`, `deadline-over`, `queue-full`. */
  readonly outcome: string;
  /** The answer to a call. */
  readonly body?: Uint8Array;
  /**
   * The payload of the message that ended; the account of messages identifies it by a hash of the
   * payload.
   */
  readonly payload: Uint8Array;
  /** Time from the acceptance of the message to this end, ns. */
  readonly tookNs: Nanoseconds;
  /** False if the message was refused when it was submitted. */
  readonly isKept: boolean;
}

/** Counters that the machines of all peers increase. */
export type PeerCounterName =
  | 'resent_acknowledged'
  | 'payload_bytes'
  | 'known_pieces'
  | 'refusals'
  | 'timeouts'
  | 'restarts';

/** The effects of the state machine that a node keeps for each peer. */
export type PeerEffect<Request> =
  | {
      readonly kind: 'send';
      readonly way: number;
      readonly bytes: Uint8Array;
      readonly wishes: SendWishes;
      /** Number of message bytes in the packet, and how many of these had been sent before. */
      readonly pieceBytes: number;
      readonly repeatedBytes: number;
      /**
       * If given, the input `answered` with this token tells whether the carrier took the packet.
       */
      readonly token: number | undefined;
    }
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'erase'; readonly key: string }
  | { readonly kind: 'sync' }
  | { readonly kind: 'hand'; readonly arrival: ArrivedMessage }
  /** The peer has lost its disk: messages that it sent before that are not handed over any more. */
  | { readonly kind: 'forgotten' }
  /** A message to the peer was accepted, now or before a restart. */
  | { readonly kind: 'accepted'; readonly messageKind: MessageKind; readonly payload: Uint8Array }
  /** The message is on disk now, or need not be (option `outbox: memory`). */
  | { readonly kind: 'kept'; readonly messageKind: MessageKind; readonly number: number }
  /** A call has been handled: its answer is on the disk, written now or found after a restart. */
  | { readonly kind: 'effected'; readonly call: Uint8Array; readonly how: 'written' | 'found' }
  /** The disk now records as handled the messages with these numbers, from the peer whose memory has this name. */
  | {
      readonly kind: 'remembered';
      readonly memory: Uint8Array;
      readonly numbers: readonly number[];
    }
  | { readonly kind: 'settled'; readonly settlement: MessageSettlement<Request> }
  | { readonly kind: 'drop'; readonly reason: FabricDropReason }
  | { readonly kind: 'count'; readonly of: PeerCounterName; readonly amount: number }
  /** The peer answers over some way again, or over none any more. */
  | { readonly kind: 'reach'; readonly state: PeerReachability }
  /**
   * A message left over another way after a way was lost. `afterNs` counts from the first unanswered packet over the
   * lost way or from the acceptance of the message, whichever came later.
   */
  | { readonly kind: 'switched'; readonly to: number; readonly afterNs: Nanoseconds };
