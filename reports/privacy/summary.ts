/**
 * The privacy numbers that a report draws: plain data of one run, with adversary and estimator for each
 * chart, and what the privacy cost.
 *
 * @module
 */
import { leastOf } from '../../engine/pure/extremes.ts';
import type { AttackSuccess } from './attacks/index.ts';
import { type BelievedPath, findBelievedPath } from './believed-path.ts';
import type { TruthCounts } from './census.ts';
import type { MixFit } from './delay-fit.ts';
import { computeLinkabilityMatrix, type LinkabilityMatrix } from './linkability.ts';
import type { Posterior } from './mass/posterior.ts';
import type { NodeMixingModel } from './mass/propagate.ts';
import { hartleyBits, minEntropyBits, shannonBits } from './metrics/uncertainty.ts';
import type { PrivacySetting } from './setting.ts';
import { EVENT_CREATED, type RunTruth } from './truth/truth.ts';

/** Bars of the delay histogram; the last one contains all longer delays. */
const BARS = 40;
/** Right end of the histogram, as a multiple of the mean delay. */
const MEANS_SHOWN = 5;

/** The results for one target, in bits. */
export interface TargetEntropies {
  /** When its sender created the target, ns. */
  readonly atNs: number;
  readonly entropy: number;
  readonly minEntropy: number;
  readonly hartley: number;
}

/** Delays of all mixes as multiples of their mean delays, beside the shares expected of Exp(1). */
export interface DelayHistogram {
  /** Width of a bar, as a multiple of the mean delay. */
  readonly step: number;
  /** Share of the delays in each bar; the last one contains all longer delays. */
  readonly measured: readonly number[];
  readonly expected: readonly number[];
  readonly delays: number;
  readonly meanNs: number;
  /** Smallest p-value of the delay tests of all mixes; null without tests. */
  readonly worstP: number | null;
  readonly mixes: number;
}

/** The privacy numbers of one run. */
export interface PrivacySummary {
  readonly adversary: string;
  readonly estimator: string;
  readonly mixes: number;
  readonly corrupt: readonly string[];
  readonly poolMean: number;
  readonly targets: readonly TargetEntropies[];
  readonly massLeft: number;
  readonly delays?: DelayHistogram;
  /** Median latency of delivered payloads, a part of the cost. */
  readonly latencyMsP50: number | null;
  readonly latencyMsP95: number | null;
  /** Packets on links per delivered payload. */
  readonly packetsPerPayload: number | null;
  /** Bytes on links per delivered payload; absent when links were not observed. */
  readonly bytesPerPayload?: number;
  /** The believed path of one target; absent if there were no targets. */
  readonly journey?: BelievedPath;
  readonly linkability?: LinkabilityMatrix;
  /** Attacks requested by limits, each with its own adversary and estimator. */
  readonly attacks?: readonly (AttackSuccess & {
    readonly adversary: string;
    readonly estimator: string;
  })[];
}

/** The input of {@link summarisePrivacy}. */
export interface PrivacySummaryInput {
  readonly truth: RunTruth;
  readonly setting: PrivacySetting;
  readonly census: TruthCounts;
  readonly fits: readonly MixFit[];
  readonly beliefs: readonly Posterior[];
  readonly laws: readonly NodeMixingModel[];
  readonly adversary: string;
  readonly estimator: string;
}

/** Combines all measurements of one run's privacy into the summary of its report. */
export function summarisePrivacy(parts: PrivacySummaryInput): PrivacySummary {
  const { truth, setting, census, beliefs, fits, adversary, estimator } = parts;
  const pools = setting.mixes.map(({ name }) => census.poolMean[truth.nodes.indexOf(name)] ?? 0);
  const delays = histogramOf(fits);
  const { deliveredPayloads, hops } = census;
  const packetsPerPayload = deliveredPayloads === 0 ? null : hops / deliveredPayloads;
  const packetBytes = meanSize(setting.sizes);
  const madeNs = creationTimes(truth, beliefs);
  const targets = beliefs.map(
    ({ target, p }): TargetEntropies => ({
      atNs: madeNs.get(target) ?? 0,
      entropy: shannonBits(p),
      minEntropy: minEntropyBits(p),
      hartley: hartleyBits(p),
    }),
  );
  const journey = findBelievedPath({ truth, laws: parts.laws, beliefs, targets });
  const linkability = computeLinkabilityMatrix(truth, beliefs);
  return {
    adversary,
    estimator,
    mixes: setting.mixes.length,
    corrupt: setting.corrupt,
    poolMean: pools.reduce((sum, one) => sum + one, 0) / Math.max(1, pools.length),
    targets,
    massLeft: beliefs.reduce((most, { left }) => Math.max(most, left), 0),
    ...(delays === undefined ? {} : { delays }),
    latencyMsP50: quantileMs(census.latencyNs, 0.5),
    latencyMsP95: quantileMs(census.latencyNs, 0.95),
    packetsPerPayload,
    ...(packetsPerPayload === null || packetBytes === undefined
      ? {}
      : { bytesPerPayload: packetsPerPayload * packetBytes }),
    ...(journey === undefined ? {} : { journey }),
    ...(linkability === undefined ? {} : { linkability }),
  };
}

/** Mean size of the packets on links; undefined when there were none. */
function meanSize(sizes: PrivacySetting['sizes']): number | undefined {
  let packets = 0;
  let bytes = 0;
  for (const [size, count] of sizes ?? []) {
    packets += count;
    bytes += size * count;
  }
  return packets === 0 ? undefined : bytes / packets;
}

function creationTimes(
  { events: { count, code, message, atNs } }: RunTruth,
  beliefs: readonly Posterior[],
): ReadonlyMap<number, number> {
  const asked = new Set(beliefs.map(({ target }) => target));
  const found = new Map<number, number>();
  for (let i = 0; i < count; i += 1) {
    const one = message[i] as number;
    if (code[i] === EVENT_CREATED && asked.has(one)) found.set(one, atNs[i] as number);
  }
  return found;
}

function quantileMs(sorted: readonly number[], p: number): number | null {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
  return value === undefined ? null : value / 1e6;
}

function histogramOf(fits: readonly MixFit[]): DelayHistogram | undefined {
  const delays = fits.reduce((sum, { sorted }) => sum + sorted.length, 0);
  if (delays === 0) return undefined;
  const step = MEANS_SHOWN / BARS;
  const counts = new Array<number>(BARS + 1).fill(0);
  let sum = 0;
  for (const { sorted, meanNs } of fits) {
    for (const delay of sorted) {
      const bar = Math.min(BARS, Math.max(0, Math.floor(delay / meanNs / step)));
      counts[bar] = (counts[bar] ?? 0) + 1;
      sum += delay;
    }
  }
  const tail = (means: number): number => Math.exp(-means);
  const ps = fits.flatMap(({ p }) => p ?? []);
  return {
    step,
    measured: counts.map((count) => count / delays),
    expected: counts.map((_, bar) =>
      bar === BARS ? tail(MEANS_SHOWN) : tail(bar * step) - tail((bar + 1) * step),
    ),
    delays,
    meanNs: sum / delays,
    worstP: ps.length === 0 ? null : leastOf(ps),
    mixes: fits.length,
  };
}
