/**
 * The parts of a control service's behaviour that a defective double changes.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { REVOCATION_NS } from './geometry.ts';

/** The behaviour of a control service that doubles change. */
export interface ControlBehaviour {
  /** True if it loses all segments and answers at this tick. */
  readonly forgets: (now: Nanoseconds) => boolean;
  /** True if it takes segments without checking their signatures. */
  readonly trusts: boolean;
  /** True if it believes SCMP errors that report an interface down. */
  readonly heedsErrors: boolean;
  /** True if it leaves paths over interfaces that are believed to be down out of its answers. */
  readonly leavesOut: boolean;
  /** How long an interface is believed to be down, ns. */
  readonly revocationNs: Nanoseconds;
}

/** The correct behaviour. */
export const CORRECT_BEHAVIOUR: ControlBehaviour = {
  forgets: () => false,
  trusts: false,
  heedsErrors: true,
  leavesOut: true,
  revocationNs: REVOCATION_NS,
};
