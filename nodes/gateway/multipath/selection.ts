/**
 * Compares paths: disjointness, score and preferences. Pure functions of measured values.
 *
 * Paths are compared by their base round trip, the minimum of a window: an average includes a
 * machine's rare delays, and chance would choose among paths that are 4 ms apart. For the same
 * reason steadiness counts only when the options ask for it (`favour`).
 *
 * @module
 */
import type { PathQuality } from './path-quality.ts';
import type { PathInfo, PathPreferences } from './types.ts';

const LINK_WEIGHT = 0.7;
const TRANSIT_WEIGHT = 0.3;
const RTT_SCALE_NS = 100_000_000;
const BANDWIDTH_SCALE_BPS = 100_000_000;
const UNKNOWN_BANDWIDTH_SCORE = 0.5;
const PREFERRED_AS_BONUS = 0.1;

/** The properties of a path on which its score and limits depend. */
type RatedPath = Pick<PathInfo, 'bandwidthBps' | 'hops' | 'transit'>;
type RatedQuality = Pick<PathQuality, 'baseRttNs' | 'jitterNs' | 'loss' | 'srttNs' | 'stability'>;

/**
 * How much two paths have in common, from 0 (nothing) to 1 (the same path): 1 - (0.7 x link
 * disjointness + 0.3 x transit disjointness).
 */
export function pathOverlap(a: PathInfo, b: PathInfo): number {
  const links = disjointness(a.links, b.links);
  const transit = disjointness(a.transit, b.transit);
  return 1 - (LINK_WEIGHT * links + TRANSIT_WEIGHT * transit);
}

/**
 * Up to `most` paths that have as few elements in common as possible: first the one at `first`,
 * then always the path with the fewest elements in common with those already chosen; ties keep
 * their order.
 * @returns indexes; none if there are no paths.
 */
export function disjointPathIndexes(
  paths: readonly PathInfo[],
  first: number,
  most: number,
): readonly number[] {
  const chosen = first < paths.length ? [first] : [];
  while (chosen.length > 0 && chosen.length < Math.min(most, paths.length)) {
    let best = -1;
    let bestFate = Number.POSITIVE_INFINITY;
    for (const [index, path] of paths.entries()) {
      if (chosen.includes(index)) continue;
      const fate = worstFate(path, chosen, paths);
      if (fate >= bestFate) continue;
      best = index;
      bestFate = fate;
    }
    chosen.push(best);
  }
  return chosen;
}

function worstFate(path: PathInfo, chosen: readonly number[], all: readonly PathInfo[]): number {
  let worst = 0;
  for (const index of chosen) {
    const other = all[index];
    if (other !== undefined) worst = Math.max(worst, pathOverlap(path, other));
  }
  return worst;
}

/**
 * 1 - |A n B| / min(|A|, |B|); 1 when either is empty (docs/spec/multipath.md, "Choice of a path").
 */
function disjointness(a: readonly string[], b: readonly string[]): number {
  const least = Math.min(a.length, b.length);
  if (least === 0) return 1;
  const other = new Set(b);
  let common = 0;
  for (const item of a) if (other.has(item)) common += 1;
  return 1 - Math.min(common, least) / least;
}

/**
 * Names the preference that rules the path out, or undefined. Unmeasured values rule nothing out.
 */
export function violatedPathPreference(
  path: RatedPath,
  quality: RatedQuality,
  preferences: PathPreferences,
): 'max-rtt' | 'min-bandwidth' | 'max-hops' | 'avoid-as' | undefined {
  const { maxRttNs, minBandwidthBps, maxHops, avoidAs } = preferences;
  if (maxRttNs !== undefined && quality.baseRttNs > maxRttNs) return 'max-rtt';
  const isSlow = path.bandwidthBps > 0 && path.bandwidthBps < (minBandwidthBps ?? 0);
  if (isSlow) return 'min-bandwidth';
  if (maxHops !== undefined && path.hops > maxHops) return 'max-hops';
  if (avoidAs?.some((as) => crosses(path, as)) === true) return 'avoid-as';
  return undefined;
}

/** Score of a path, about 0..1; 0 for a path that was never measured. */
export function pathScore(
  path: RatedPath,
  quality: RatedQuality,
  preferences: PathPreferences,
): number {
  const { baseRttNs } = quality;
  if (baseRttNs < 0) return 0;
  const rtt = 1 / (1 + baseRttNs / RTT_SCALE_NS);
  const delivered = 1 - quality.loss;
  const steady = 1 - Math.min(1, quality.jitterNs / quality.srttNs);
  const bandwidth =
    path.bandwidthBps > 0
      ? Math.min(path.bandwidthBps, BANDWIDTH_SCALE_BPS) / BANDWIDTH_SCALE_BPS
      : UNKNOWN_BANDWIDTH_SCORE;
  const weight = weights(preferences.favour);
  const bonus = (preferences.preferAs ?? []).filter((as) => crosses(path, as)).length;
  return (
    weight.rtt * rtt +
    0.3 * delivered +
    weight.steady * steady +
    weight.stability * quality.stability +
    weight.bandwidth * bandwidth +
    PREFERRED_AS_BONUS * bonus
  );
}

interface Weights {
  readonly rtt: number;
  readonly steady: number;
  readonly stability: number;
  readonly bandwidth: number;
}

function weights(favour: PathPreferences['favour']): Weights {
  switch (favour) {
    case 'latency':
      return { rtt: 0.6, steady: 0, stability: 0, bandwidth: 0 };
    case 'bandwidth':
      return { rtt: 0.05, steady: 0, stability: 0, bandwidth: 0.55 };
    case 'stability':
      return { rtt: 0.05, steady: 0.3, stability: 0.3, bandwidth: 0.05 };
    case undefined:
      return { rtt: 0.3, steady: 0, stability: 0, bandwidth: 0.1 };
  }
}

function crosses(path: RatedPath, isdAs: string): boolean {
  return path.transit.some((element) => element === isdAs);
}
