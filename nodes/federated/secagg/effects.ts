/**
 * Inputs and effects of the machines of secure aggregation.
 *
 * @module
 */
import type { TimerDue } from '../../_kit/machine.ts';
import type { SecaggDropReason } from './drops.ts';
import type { ComputeJobEffect, JobOutputInput } from './job-stage.ts';
import type { SecaggMessageType, SecaggOutcome } from './messages.ts';

/** A client's phases; each lasts until the next message is sent. */
export type ClientPhase =
  | 'idle'
  | 'advertised'
  | 'shared'
  | 'masked'
  | 'signed'
  | 'unmasked'
  | 'finished';

/** The inputs of a client's machine. */
export type ClientInput =
  | { readonly kind: 'begin' }
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  /**
   * The client's input to the sum: `m` elements below 2^bits. The caller must not use the array any
   * more.
   */
  | { readonly kind: 'update'; readonly ring: Uint32Array }
  | JobOutputInput
  | TimerDue;

/** The effects of a client's machine. */
export type ClientEffect =
  | { readonly kind: 'send'; readonly bytes: Uint8Array; readonly type: SecaggMessageType }
  | ComputeJobEffect
  | { readonly kind: 'drop'; readonly reason: SecaggDropReason }
  | { readonly kind: 'phase'; readonly phase: ClientPhase }
  | { readonly kind: 'finished'; readonly outcome: SecaggOutcome };

/** A server's phases. */
export type ServerPhase =
  | 'idle'
  | 'inviting'
  | 'sharing'
  | 'collecting'
  | 'consistency'
  | 'unmasking'
  | 'done'
  | 'aborted';

/** The inputs of a server's machine. */
export type ServerInput =
  | { readonly kind: 'begin' }
  | { readonly kind: 'message'; readonly from: number; readonly bytes: Uint8Array }
  /** This client will not answer any more. */
  | { readonly kind: 'gone'; readonly index: number }
  | JobOutputInput
  | TimerDue;

/** Why a session gives no sum. */
export type SecaggAbortReason =
  /** There are fewer clients, or fewer shares of one secret, than the threshold. */
  | 'too-few'
  /** The sum would have fewer inputs than the options allow. */
  | 'small-sum'
  | 'reconstruct-mismatch'
  | 'share-inconsistent'
  /** A job of `host.compute` failed. */
  | 'compute-failed';

/** The effects of a server's machine. */
export type ServerEffect =
  | {
      readonly kind: 'send';
      readonly to: number;
      readonly bytes: Uint8Array;
      readonly type: SecaggMessageType;
    }
  | ComputeJobEffect
  /** `from`: index of the sender, or of the client whose secret a bad share belongs to. */
  | { readonly kind: 'drop'; readonly reason: SecaggDropReason; readonly from: number }
  /** `members`: the clients that are expected to answer in this phase. */
  | { readonly kind: 'phase'; readonly phase: ServerPhase; readonly members: readonly number[] }
  | {
      readonly kind: 'sum';
      /** The sum modulo 2^bits. */
      readonly ring: Uint32Array;
      readonly survivors: readonly number[];
      /** Clients that left after their shares were distributed. */
      readonly lost: readonly number[];
    }
  | {
      readonly kind: 'aborted';
      readonly outcome: SecaggOutcome;
      readonly reason: SecaggAbortReason;
      /** The phase in which the session was aborted. */
      readonly phase: ServerPhase;
    }
  /** An attack opened an input. */
  | { readonly kind: 'opened'; readonly index: number; readonly ring: Uint32Array };
