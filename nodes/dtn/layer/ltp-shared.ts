/**
 * The types that the parts of LTP with one neighbour share: parameters, inputs, effects, alarms.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import type { OpenContact } from './ltp-transmitter.ts';
import type { LtpSegment } from './ltp-wire.ts';

/** The configuration of LTP on one link. */
export interface LtpLinkParameters {
  /** Engine numbers of both ends. */
  readonly ownEngine: number;
  readonly peerEngine: number;
  /** Longest segment, bytes. */
  readonly segmentMax: number;
  /**
   * Wait for an answer after the last bit has left, ns: twice the light time, plus the processing time of both
   * ends, plus the time to send one longest segment, which may leave before the answer (RFC 5326 section 6.6).
   */
  readonly answerNs: number;
  /** Silence after which a block is given up, ns on the contact clock ({@link LtpSharedContext.clockAt}). */
  readonly silenceNs: number;
  readonly retries: number;
  readonly sessions: number;
  /** Returns the rate and the planned end of the contact that is open. */
  readonly contactAt: (now: Nanoseconds) => OpenContact;
  /** Random stream for the first serial numbers of checkpoints and reports. */
  readonly random: Random;
}

/** Why a segment, or a block, is dropped. */
export type LtpDropReason =
  | 'ltp-bad-segment'
  | 'ltp-stranger'
  | 'ltp-bad-report'
  | 'ltp-bad-data'
  | 'ltp-sessions-full'
  | 'ltp-closed-session'
  | 'ltp-forgotten'
  | 'ltp-silence'
  | 'ltp-retries'
  | 'ltp-cancelled'
  | 'ltp-control-full';

/** Events that an LTP engine handles. */
export type LtpInput =
  /** Sends a block in datagrams with this DSCP; its first `redBytes` bytes are acknowledged. */
  | {
      readonly kind: 'send';
      readonly session: number;
      readonly block: Uint8Array;
      readonly redBytes: number;
      readonly dscp: number;
    }
  /** Cancels a session, since its block is no longer of use. */
  | { readonly kind: 'cancel'; readonly session: number }
  /** A datagram of the neighbour; the machine may keep its bytes, so the caller must not reuse them. */
  | { readonly kind: 'segment'; readonly bytes: Uint8Array }
  /** The node has stored the block of a session. */
  | { readonly kind: 'kept'; readonly session: number }
  | { readonly kind: 'way'; readonly way: PeerReachability };

/** Actions that an LTP engine asks of its node. */
export type LtpEffect =
  | { readonly kind: 'transmit'; readonly bytes: Uint8Array; readonly dscp: number }
  /**
   * A whole block came. The node answers with the input `kept` when it is stored; else the block is offered again
   * when the sender repeats its checkpoint.
   */
  | { readonly kind: 'block'; readonly session: number; readonly block: Uint8Array }
  /** The neighbour has acknowledged the red part, and all data has left. `rounds`: number of repair rounds. */
  | { readonly kind: 'sent'; readonly session: number; readonly rounds: number }
  /** The block did not arrive, as far as this end knows. */
  | { readonly kind: 'failed'; readonly session: number }
  | { readonly kind: 'drop'; readonly reason: LtpDropReason };

/** A timer on the contact clock: when it is due, this end repeats a segment or checks a session. */
export type LtpAlarm =
  | { readonly kind: 'checkpoint'; readonly session: number; readonly serial: number }
  | { readonly kind: 'missing'; readonly session: number }
  | { readonly kind: 'report'; readonly session: number; readonly serial: number }
  | { readonly kind: 'silence'; readonly session: number }
  | { readonly kind: 'cancel'; readonly session: number; readonly by: 'sender' | 'receiver' };

/** What the two halves of a machine share. */
export interface LtpSharedContext {
  readonly facts: LtpLinkParameters;
  /** Reads the contact clock, ns, which runs only while contacts with the neighbour are open. */
  readonly clockAt: () => number;
  /** Sets an alarm `waitNs` ahead. @returns when it is due. Both in ns on the contact clock. */
  readonly alarm: (waitNs: number, alarm: LtpAlarm) => number;
  /**
   * Sends a segment ahead of all queued data; the alarm is set when the segment has left ({@link
   * OutgoingLtpSegment}).
   */
  readonly tell: (segment: LtpSegment, alarm?: LtpAlarm, isObsolete?: () => boolean) => void;
  readonly effect: (effect: LtpEffect) => void;
  /** Draws a first serial number. */
  readonly serial: () => number;
}
