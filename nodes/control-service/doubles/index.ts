/**
 * DEFECTIVE DOUBLES, never for traffic: wrong variants of the control service. A scenario that runs one misses a limit,
 * which proves that the limit can fail.
 *
 * @module
 */
import { CORRECT_BEHAVIOUR, type ControlBehaviour } from '../behaviour.ts';
import type { ControlOptions } from '../config.ts';
import { REVOCATION_NS, TICK_NS } from '../geometry.ts';

/** The double `amnesiac` loses its segments and answers at every tick after this instant, ns. */
const FORGETS_NS = 20_000_000_000;

type Word = NonNullable<ControlOptions['double']>;

/** For each value of the option `double`, the behaviour of that deliberately defective variant. */
export const DEFECTS_BY_DOUBLE: Readonly<Record<Word, ControlBehaviour>> = {
  amnesiac: {
    ...CORRECT_BEHAVIOUR,
    forgets: (now) => now > FORGETS_NS && now % (4 * TICK_NS) < TICK_NS,
  },
  trusting: { ...CORRECT_BEHAVIOUR, trusts: true },
  unheeding: { ...CORRECT_BEHAVIOUR, heedsErrors: false },
  careless: { ...CORRECT_BEHAVIOUR, leavesOut: false },
  stubborn: { ...CORRECT_BEHAVIOUR, revocationNs: 2 * REVOCATION_NS },
};

/** The behaviour of a node with these options: the correct one, unless they name a double. */
export function behaviourOf({ double }: ControlOptions): ControlBehaviour {
  return double === undefined ? CORRECT_BEHAVIOUR : DEFECTS_BY_DOUBLE[double];
}
