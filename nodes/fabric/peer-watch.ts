/**
 * Fabric: what the machine of a peer reports to a trace. Nothing else depends on these reports.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { WayChoice } from '../_kit/way-chooser.ts';
import type { MessageKind } from './envelope.ts';

/** The facts about a message to the peer that a trace shows. */
export interface ObservedMessage {
  readonly number: number;
  readonly kind: MessageKind;
  readonly priority: number;
  /** The encoded envelope. */
  readonly bytes: { readonly length: number };
  /**
   * Bytes that the peer has, or that a carrier has promised to deliver; `size` is their number.
   */
  readonly there: { readonly size: number };
  /** All bytes before this offset were sent at least once. */
  readonly sentEnd: number;
  readonly sinceNs: Nanoseconds;
}

/** Bytes of a message, from `start` to before `end`. */
export interface ObservedPiece {
  readonly message: ObservedMessage;
  readonly start: number;
  readonly end: number;
}

/** Observes what happens to the messages that this node sends to one peer. */
export interface PeerMessageObserver {
  accepted(now: Nanoseconds, message: ObservedMessage): void;
  /** Called when bytes of a message leave over a way. */
  sent(now: Nanoseconds, piece: ObservedPiece, way: number): void;
  /** Called when bytes of a message have to be sent again. */
  again(now: Nanoseconds, message: ObservedMessage, why: ResendReason): void;
  /** Called when the peer has handled the message, or the message ended otherwise. */
  ended(now: Nanoseconds, message: ObservedMessage, outcome: string): void;
  /** Called when the reason for the choice of a way has changed. */
  chosen(now: Nanoseconds, choice: WayChoice): void;
  /** Called when the believed state of a way may have changed. */
  way(now: Nanoseconds, way: number, state: WayState): void;
}

/** Why bytes are sent again. */
export type ResendReason = 'lost' | 'time-out' | 'refused' | 'other-way' | 'peer-restarted';

/** The state of a way (carrier) to a peer, as far as this node knows. */
export interface WayState {
  readonly isUp: boolean;
  /**
   * Congestion window and bytes under way; both 0 over carriers that promise delivery or report it.
   */
  readonly windowBytes: number;
  readonly inFlightBytes: number;
  /** Smoothed round-trip time; undefined before the first sample. */
  readonly roundTripNs: Nanoseconds | undefined;
  readonly isActive: boolean;
}
