/**
 * DEFECTIVE DOUBLES, never for traffic: wrong variants of the protocol. A scenario that runs one misses a limit, which
 * proves that the limit can fail.
 *
 * @module
 */
import { CORRECT_BEHAVIOUR, type DtnBehaviour } from '../behaviour.ts';
import type { DtnOptions } from '../config.ts';
import { type RankedRoutes, ROUTES_CONSIDERED_MAX } from '../contact-graph/choose.ts';
import type { DtnDropReason } from '../drops.ts';

/** Time from a write to its sync, ns: about as long as an operating system keeps written data in memory. */
const LATE_SYNC_NS = 2_000_000_000;

type Word = NonNullable<DtnOptions['double']>;

/** For each value of the option `double`, what that deliberately defective variant does wrong. */
export const DEFECTS_BY_DOUBLE: Readonly<Record<Word, Partial<DtnBehaviour>>> = {
  dropping: { leaving: () => everySecond('no-storage') },
  swallowing: { leaving: () => everySecond('vanishes') },
  roundabout: { routes: lastOf },
  'early-receipt': { syncLateNs: LATE_SYNC_NS },
  'blind-receipt': { hopsOf: () => undefined },
  forgetting: { remembersDelivered: false },
  ageless: { ages: false },
  overbooking: { books: false },
};

/** The behaviour of a node with these options: that of the double, if one is named. */
export function behaviourOf({ double }: Pick<DtnOptions, 'double'>): DtnBehaviour {
  return double === undefined
    ? CORRECT_BEHAVIOUR
    : { ...CORRECT_BEHAVIOUR, ...DEFECTS_BY_DOUBLE[double] };
}

function everySecond<Fate extends DtnDropReason | 'vanishes'>(fate: Fate): () => Fate | undefined {
  let bundles = 0;
  return () => {
    bundles += 1;
    return bundles % 2 === 0 ? fate : undefined;
  };
}

/** A list with only the worst of the routes. */
function lastOf(list: RankedRoutes): RankedRoutes {
  let last = ROUTES_CONSIDERED_MAX - 1;
  while (last > 0 && list.at(last) === undefined) last -= 1;
  return { at: (index) => (index === 0 ? list.at(last) : undefined) };
}
