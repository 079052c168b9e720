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

/** The answer to a call. */
export interface CallAnswer {
  readonly kind: 'reply' | 'refusal';
  readonly payload: Uint8Array;
}

/** The inputs of the state machine that a node keeps for each peer. */
export type PeerInput<Request> =
  | { readonly kind: 'submit'; readonly message: SubmittedMessage<Request> }
  /** A packet came over a way; the machine keeps the bytes. */
  | { readonly kind: 'packet'; readonly way: number; readonly bytes: Uint8Array }
  /** The carrier's answer about the packet that was sent with this token. */
  | {
      readonly kind: 'answered';
      readonly way: number;
      readonly token: number;
      readonly outcome: string;
    }
  | { readonly kind: 'way'; readonly way: number; readonly state: PeerReachability }
  | { readonly kind: 'synced'; readonly isDurable: boolean }
  /** Message numbers have become free, because the disk has reserved more. */
  | { readonly kind: 'numbers' }
  /** The handler of a message has run; a call needs an answer. */
  | { readonly kind: 'handled'; readonly number: number; readonly answer?: CallAnswer };

/** A message for its handler. */
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
  /** True if the message may have been with its handler before a restart. */
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

/** How the delivery of one of our messages ended. */
export interface MessageSettlement<Request> {
  readonly number: number;
  readonly kind: MessageKind;
  readonly request: Request | undefined;
  /** `ok`, `refused`, `deadline-over`, `queue-full`. */
  readonly outcome: string;
  /** The answer to a call. */
  readonly body?: Uint8Array;
  /** The payload of the message itself; for the account of messages. */
  readonly payload: Uint8Array;
  /** Time from the acceptance of the message to this end, ns. */
  readonly tookNs: Nanoseconds;
  /** False if the message was refused at once. */
  readonly isKept: boolean;
}

/** Counters that machines add to. */
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
      /** Bytes of messages in the packet, and how many of these had been sent before. */
      readonly pieceBytes: number;
      readonly repeatedBytes: number;
      /** If given, the carrier's answer comes with this token. */
      readonly token: number | undefined;
    }
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'erase'; readonly key: string }
  | { readonly kind: 'sync' }
  | { readonly kind: 'hand'; readonly arrival: ArrivedMessage }
  /** The peer has lost its memory: messages that it sent before are not handed over any more. */
  | { readonly kind: 'forgotten' }
  /** A message to the peer was accepted, now or before a restart. */
  | { readonly kind: 'accepted'; readonly messageKind: MessageKind; readonly payload: Uint8Array }
  /** The message survives a crash from now on, or need not (option `outbox: memory`). */
  | { readonly kind: 'kept'; readonly messageKind: MessageKind; readonly number: number }
  /** A call has been handled: its answer is on the disk, written now or found after a restart. */
  | { readonly kind: 'effected'; readonly call: Uint8Array; readonly how: 'written' | 'found' }
  /** The disk knows from now on that the messages of this memory with these numbers were handled. */
  | {
      readonly kind: 'remembered';
      readonly memory: Uint8Array;
      readonly numbers: readonly number[];
    }
  | { readonly kind: 'settled'; readonly settlement: MessageSettlement<Request> }
  | { readonly kind: 'drop'; readonly reason: FabricDropReason }
  | { readonly kind: 'count'; readonly of: PeerCounterName; readonly amount: number }
  /** Messages leave over a less preferred way, `afterNs` after the first packet without answer. */
  | { readonly kind: 'switched'; readonly to: number; readonly afterNs: Nanoseconds };
