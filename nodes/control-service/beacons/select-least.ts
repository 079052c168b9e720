/**
 * What is announced of the way that a beacon has come: a sum over its links and over the ASes between them.
 *
 * @module
 */
import type { LinkValues, StaticInfo } from '../../scion/index.ts';
import type { BeaconCandidate } from './selection.ts';

/** A sum, and the number of parts of which nothing is announced. */
interface AnnouncedSum {
  readonly unknown: number;
  readonly known: number;
}

/**
 * The candidates of the least sum, at most `most`. The sum of a beacon with unknown parts is a lower bound, so it comes
 * after those with fewer; of equal ones that which came first.
 */
export function selectLeast<One extends BeaconCandidate>(
  candidates: readonly One[],
  most: number,
  valuesOf: (info: StaticInfo) => LinkValues,
): readonly One[] {
  const sums = candidates.map((one) => ({ one, sum: announcedSum(one, valuesOf) }));
  sums.sort(({ sum: left }, { sum: right }) => {
    return left.unknown - right.unknown || left.known - right.known;
  });
  return sums.slice(0, most).map(({ one }) => one);
}

function announcedSum(
  { segment }: BeaconCandidate,
  valuesOf: (info: StaticInfo) => LinkValues,
): AnnouncedSum {
  let known = 0;
  let unknown = 0;
  for (const { hop, staticInfo } of segment.entries) {
    const values = staticInfo && valuesOf(staticInfo);
    const passed = [values?.inter.get(hop.consEgress)];
    if (hop.consIngress !== 0) passed.push(values?.intra.get(hop.consIngress));
    for (const value of passed) {
      known += value ?? 0;
      unknown += value === undefined ? 1 : 0;
    }
  }
  return { known, unknown };
}
