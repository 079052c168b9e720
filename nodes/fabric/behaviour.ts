/**
 * Fabric: the decisions of a node that its defective doubles (`doubles/`) make wrongly, and the correct
 * decisions.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { CarrierGuarantees } from '../../engine/host/transport.ts';
import { scoreCosts } from '../navigator/index.ts';
import { TIMEOUTS_BEFORE_FAILOVER } from './geometry.ts';
import type { Outbox } from './outgoing/outbox.ts';
import type { OutgoingMessage } from './outgoing/outgoing-message.ts';

/** The parts of a node's behaviour that a double may replace. */
export interface Behaviour {
  /** Whether a node knows after a restart which messages it had handled. */
  readonly remembersHandled: boolean;
  /**
   * Makes, for one peer, the function that decides whether a message or call that becomes complete at
   * `now` is handed to its handler; false drops it.
   */
  readonly handoverRule: () => (now: Nanoseconds) => boolean;
  /**
   * Called with the open messages of a peer before they are sent over a way; way 0 is the most preferred
   * carrier.
   */
  readonly beforeSending: (way: number, outbox: Outbox<unknown>) => void;
  /** Whether the congestion window never changes, even when packets are lost. */
  readonly isFixedWindow: boolean;
  /** Whether a way is given up, by whether its carrier reports it as closed and by its number of time-outs in a row. */
  readonly isLost: (way: { readonly isClosed: boolean; readonly timeouts: number }) => boolean;
  /** Called when a piece of a message was lost, before that piece is queued to be sent again. */
  readonly lost: (message: OutgoingMessage<unknown>) => void;
  /**
   * Number of yes votes that this member takes for the result when the group's owner reports `yes` of
   * them.
   */
  readonly yesOf: (yes: number) => number;
  /** Whether private messages may leave over a carrier with these guarantees. */
  readonly hides: (way: Pick<CarrierGuarantees, 'hides'>) => boolean;
  /** How the navigator scores the costs of ways. */
  readonly score: typeof scoreCosts;
}

/** The behaviour of a correct `fabric` node. */
export const CORRECT_BEHAVIOUR: Behaviour = {
  remembersHandled: true,
  handoverRule: () => () => true,
  beforeSending: () => undefined,
  isFixedWindow: false,
  isLost: ({ isClosed, timeouts }) => isClosed || timeouts >= TIMEOUTS_BEFORE_FAILOVER,
  lost: () => undefined,
  yesOf: (yes) => yes,
  hides: ({ hides }) => hides === true,
  score: scoreCosts,
};
