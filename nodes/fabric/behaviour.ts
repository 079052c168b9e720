/**
 * Fabric: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { OutgoingMessage } from './outgoing/out-message.ts';
import type { Outbox } from './outgoing/outbox.ts';

/** The parts of a node's behaviour that a double may replace. */
export interface Behaviour {
  /** Whether a node knows after a restart which messages it had handled. */
  readonly remembersHandled: boolean;
  /** Makes a function for one peer: whether a message or call that is complete at `now` is handed over. */
  readonly counts: () => (now: Nanoseconds) => boolean;
  /** Called with the messages that are about to leave over a way; 0 is the first way. */
  readonly leaving: (way: number, outbox: Outbox<unknown>) => void;
  /** Whether the congestion window never changes, even when packets are lost. */
  readonly isFixedWindow: boolean;
  /** Called with a message of which a piece was lost, before the piece is sent again. */
  readonly lost: (message: OutgoingMessage<unknown>) => void;
  /** Number of yes votes that this node believes when a group's owner has counted `yes` of them. */
  readonly yesOf: (yes: number) => number;
}

/** The behaviour of a correct `fabric` node. */
export const CORRECT_BEHAVIOUR: Behaviour = {
  remembersHandled: true,
  counts: () => () => true,
  leaving: () => undefined,
  isFixedWindow: false,
  lost: () => undefined,
  yesOf: (yes) => yes,
};
