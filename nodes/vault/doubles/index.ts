/**
 *
 * @module
 */
import { type Behaviour, CORRECT_BEHAVIOUR } from '../behaviour.ts';
import type { VaultOptions } from '../config.ts';

/** For each value of the option `double`, the decisions that the double makes wrongly. */
export const DOUBLES: Readonly<Record<NonNullable<VaultOptions['double']>, Partial<Behaviour>>> = {
  'carried-key': { replica: { believesCarriedKey: true } },
  'one-nonce': { replica: { oneNonce: true } },
  'by-millisecond': { replica: { dedupesByMillisecond: true } },
  'own-clock': { adoptsOthersTime: false },
  'keeps-keys': { forgetsKeys: false },
};

/** The behaviour of a node with these options: correct, or that of its double. */
export function behaviourOf({ double }: Pick<VaultOptions, 'double'>): Behaviour {
  return double === undefined ? CORRECT_BEHAVIOUR : { ...CORRECT_BEHAVIOUR, ...DOUBLES[double] };
}
