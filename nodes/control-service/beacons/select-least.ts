/**
 * Selects beacons by a value that ASes announce, such as latency: the sum over the links that a beacon has passed and
 * over the ASes between them.
 *
 * @module
 */
import type { PropertyValues, StaticInfo } from '../../scion/index.ts';
import type { BeaconCandidate } from './selection.ts';

/** A sum of announced values, and the number of links and ASes that announce none. */
interface AnnouncedSum {
  readonly unknown: number;
  readonly known: number;
}

/**
 * Selects the candidates with the least sums, at most `most`. Where values are unknown, the sum is only a lower bound:
 * so beacons with fewer unknown values come first. Equal beacons keep their order.
 */
export function selectLeast<One extends BeaconCandidate>(
  candidates: readonly One[],
  most: number,
  valuesOf: (info: StaticInfo) => PropertyValues,
): readonly One[] {
  const sums = candidates.map((one) => ({ one, sum: announcedSum(one, valuesOf) }));
  sums.sort(({ sum: left }, { sum: right }) => {
    return left.unknown - right.unknown || left.known - right.known;
  });
  return sums.slice(0, most).map(({ one }) => one);
}

function announcedSum(
  { segment }: BeaconCandidate,
  valuesOf: (info: StaticInfo) => PropertyValues,
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
