/**
 * What a control service does that a defective double does differently.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';

/** The behaviour of a control service. */
export interface ControlBehaviour {
  /** True if it loses all segments and answers at this tick. */
  readonly forgets: (now: Nanoseconds) => boolean;
  /** True if it takes segments without a look at their signatures. */
  readonly trusts: boolean;
}

/** The correct behaviour. */
export const CORRECT_BEHAVIOUR: ControlBehaviour = { forgets: () => false, trusts: false };
