/**
 * Fabric: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { OutMessage } from './outgoing/out-message.ts';
import type { Outbox } from './outgoing/outbox.ts';

/** See the module. */
export interface Behaviour {
  /** Whether a new life knows what an earlier one handled. */
  readonly remembersHandled: boolean;
  /** Made for each peer: whether a message or call that came whole now is handed over. */
  readonly counts: () => (now: Nanoseconds) => boolean;
  /** Takes the messages that are about to leave over a way, 0 for the first. */
  readonly leaving: (way: number, outbox: Outbox<unknown>) => void;
  /** Whether the congestion window stays as it is, whatever is lost. */
  readonly isFixedWindow: boolean;
  /** Takes a message of which a piece was lost, before it is sent again. */
  readonly lost: (message: OutMessage<unknown>) => void;
  /** The votes for yes that this node believes, of those that the owner of a group counted. */
  readonly yesOf: (yes: number) => number;
}

/** A correct node. */
export const CORRECT: Behaviour = {
  remembersHandled: true,
  counts: () => () => true,
  leaving: () => undefined,
  isFixedWindow: false,
  lost: () => undefined,
  yesOf: (yes) => yes,
};
