/**
 * DEFECTIVE DOUBLES, never for real data: wrong variants of the protocol. A scenario that runs one misses a limit, which
 * proves that the limit can fail.
 *
 * @module
 */
import { type Behaviour, CORRECT_BEHAVIOUR } from '../behaviour.ts';
import type { VaultOptions } from '../config.ts';

type Word = NonNullable<VaultOptions['double']>;

/** For each value of the option `double`, what that deliberately defective variant does wrong. */
export const DEFECTS_BY_DOUBLE: Readonly<Record<Word, Partial<Behaviour>>> = {
  'carried-key': { replica: { believesCarriedKey: true } },
  'one-nonce': { replica: { oneNonce: true } },
  'by-millisecond': { replica: { dedupesByMillisecond: true } },
  'own-clock': { adoptsOthersTime: false },
  'keeps-keys': { forgetsKeys: false },
};

/** The behaviour of a node with these options: correct, or that of its double. */
export function behaviourOf({ double }: Pick<VaultOptions, 'double'>): Behaviour {
  return double === undefined
    ? CORRECT_BEHAVIOUR
    : { ...CORRECT_BEHAVIOUR, ...DEFECTS_BY_DOUBLE[double] };
}
