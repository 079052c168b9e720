/**
 * Settings of differential privacy, and the check whether they have a finite epsilon. The unit of privacy is one
 * client; neighbours differ by one client added or removed.
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import { type DropoutNoiseRule, noiseLevelVariances } from './dropout-noise.ts';

/** The distribution of the noise. */
export type NoiseMechanism = 'gaussian' | 'discrete-gaussian' | 'skellam';

/**
 * Who adds the noise, and so who is trusted:
 *
 * - `central`: the aggregator sees the exact sum and adds noise once.
 * - `distributed`: each client adds a share of the noise before a secure sum; nobody is trusted.
 * - `local`: each client adds enough noise for its own update; nobody is trusted, and the mean has sqrt(n) times the
 * noise.
 */
export type NoisePlace = 'central' | 'distributed' | 'local';

/** The parameters from which an accountant computes the privacy loss. */
export interface PrivacySettings {
  readonly mechanism: NoiseMechanism;
  readonly place: NoisePlace;
  /** Probability q with which a client joins a round, in (0, 1]. */
  readonly rate: number;
  /** z: standard deviation of the noise in the sum (`local`: of one client), divided by the clipping norm. */
  readonly noise: number;
  /** Delta: probability, in (0, 1), with which the guarantee of epsilon may fail. */
  readonly delta: number;
  /** `fixed`: a round always has the same number of clients. Poisson unless told otherwise. */
  readonly sampling?: 'poisson' | 'fixed';
  /** `examples`: updates are weighted by the clients' examples. Equal unless told otherwise. */
  readonly weighting?: 'equal' | 'examples';
  /** The largest weight of a client; it multiplies the sensitivity. */
  readonly weightCap?: number;
  /** Number of clients whose shares make the whole noise: for `distributed`. */
  readonly clients?: number;
  /** Number of lost clients, of `clients`, that a round survives: for `add-then-remove`. */
  readonly tolerated?: number;
  /** Number of clients that may collude with the aggregator: they know their own noise. */
  readonly colluders?: number;
  /** What happens to the noise of lost clients; `enough` unless told otherwise. */
  readonly dropout?: DropoutNoiseRule;
  /** L2 norm of an update; for noise on a ring. */
  readonly clip?: number;
  /** Width of a ring unit, in units of the update; for noise on a ring. */
  readonly gamma?: number;
  /** Number of rounded coordinates, after padding; for noise on a ring. */
  readonly dimension?: number;
  /** Probability that a rounding is repeated; exp(-1/2) unless told otherwise. */
  readonly beta?: number;
  /** Orders of the running account; whole ones unless told otherwise. */
  readonly orders?: readonly number[];
}

/** Smallest `noise` divided by the weight cap: less hides nothing. */
const NOISE_MIN = 0.001;
/** Largest `noise` divided by the weight cap: more leaves nothing to learn. */
const NOISE_MAX = 1e9;
/** Least standard deviation, in ring units, for which a sum of discrete Gaussians is nearly a discrete Gaussian. */
const SUMMABLE_UNITS_MIN = 3;

/**
 * Why settings have no finite epsilon, and what to write instead; undefined if they have one.
 * @example privacySettingsProblem({ ...settings, noise: 0 }) // 'noise 0 has no bound: write ...'
 */
export function privacySettingsProblem(settings: PrivacySettings): string | undefined {
  return (
    refuseNumbers(settings) ??
    refuseSampling(settings) ??
    refuseWeights(settings) ??
    refuseSize(settings) ??
    refuseRing(settings) ??
    refuseDropout(settings)
  );
}

function refuseNumbers({ rate, noise, delta }: PrivacySettings): string | undefined {
  if (!(rate > 0 && rate <= 1)) {
    return `rate ${rate} is no probability above 0: write the share of clients in a round, e.g. 0.1, or 1 for all`;
  }
  if (!(noise > 0 && Number.isFinite(noise))) {
    return `noise ${noise} has no bound: write a multiple of the clipping norm above 0, e.g. 1, or leave privacy out`;
  }
  if (!(delta > 0 && delta < 1)) {
    return `delta ${delta} is no probability between 0 and 1: write less than one over the number of clients, e.g. 1e-5`;
  }
  return undefined;
}

function refuseSampling({ sampling, rate }: PrivacySettings): string | undefined {
  if (sampling !== 'fixed' || rate === 1) return undefined;
  return `rounds of fixed size are not Poisson-sampled, and the account of rate ${rate} assumes that: write sampling: poisson, or rate: 1 to count every round for every client`;
}

function refuseWeights({ weighting, weightCap }: PrivacySettings): string | undefined {
  if (weighting !== 'examples') return undefined;
  if (weightCap !== undefined && weightCap > 0 && Number.isFinite(weightCap)) return undefined;
  return 'weights by number of examples have no bound: write weighting: equal, or a cap, which multiplies the sensitivity';
}

function refuseSize({ noise, weightCap = 1 }: PrivacySettings): string | undefined {
  const perWeight = noise / weightCap;
  if (perWeight >= NOISE_MIN && perWeight <= NOISE_MAX) return undefined;
  return `noise ${noise} with weights up to ${weightCap} is out of range: write ${NOISE_MIN} to ${NOISE_MAX.toExponential()} times the clipping norm, e.g. 1`;
}

function refuseRing(settings: PrivacySettings): string | undefined {
  const { mechanism, place, clients, clip, gamma, dimension } = settings;
  if (place === 'distributed' && !isCount(clients)) {
    return 'noise of clients needs their number: write clients, the number whose shares make the whole noise';
  }
  if (mechanism === 'gaussian') {
    return place === 'distributed'
      ? 'a sum on a ring has whole numbers, and continuous noise has none: write mechanism: discrete-gaussian or skellam'
      : undefined;
  }
  if (!(isPositive(clip) && isPositive(gamma) && isCount(dimension))) {
    return `${mechanism} noise rounds to a ring, which costs privacy: write clip, gamma (the width of a ring unit) and dimension`;
  }
  return undefined;
}

function refuseDropout(settings: PrivacySettings): string | undefined {
  const { place, dropout, clients = 1, tolerated = 0, colluders = 0, mechanism, noise } = settings;
  if (place === 'distributed' && !(colluders >= 0 && colluders < clients)) {
    return `${colluders} colluders among ${clients} clients leave no noise: write fewer colluders than clients`;
  }
  if (place !== 'distributed' || dropout !== 'add-then-remove') return undefined;
  if (!(Number.isInteger(tolerated) && tolerated >= 0 && tolerated < clients)) {
    return `tolerated losses of ${tolerated} among ${clients} clients: write a whole number from 0 to ${clients - 1}`;
  }
  if (mechanism !== 'discrete-gaussian') return undefined;
  const { clip = 1, gamma = 1 } = settings;
  const units = (noise * clip) / gamma;
  const levels = noiseLevelVariances(dropout, { clients, tolerated, variance: units * units });
  const narrowest = Math.sqrt(leastOf(levels));
  if (narrowest >= SUMMABLE_UNITS_MIN) return undefined;
  return `a level of noise is ${narrowest.toPrecision(4)} ring units wide, and sums of discrete Gaussians need ${SUMMABLE_UNITS_MIN}: write mechanism: skellam, whose sums are exact, or a smaller gamma`;
}

function isPositive(value: number | undefined): boolean {
  return value !== undefined && value > 0 && Number.isFinite(value);
}

function isCount(value: number | undefined): boolean {
  return value !== undefined && Number.isInteger(value) && value >= 1;
}
