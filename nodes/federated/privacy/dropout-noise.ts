/**
 * The noise in a sum when clients drop out. If only n' of n clients survive, the variance in the sum is
 * n' times that of one client, less than n clients would give. Three rules handle this:
 *
 * - `enough`: each client adds noise as if only the smallest allowed number of clients came; usually the
 * sum has more noise than needed.
 * - `honest`: each client adds noise as if all came, and the round is accounted with the noise that is
 * really in the sum.
 * - `add-then-remove`: each client adds noise in levels from separate seeds, enough for the largest
 * tolerated loss, and the survivors reveal the seeds of the levels that are not needed, whose noise is
 * subtracted (XNoise: Jiang, Wang, Chen 2024, "Dordis", EuroSys, arXiv 2209.12528). The kept variance is
 * exact.
 *
 * @module
 */

/** A rule for the noise of clients that drop out. */
export type DropoutNoiseRule = 'enough' | 'honest' | 'add-then-remove';

/** The noise of a round. */
export interface RoundNoiseTarget {
  /** Number of clients that start the round. */
  readonly clients: number;
  /** Number of lost clients that the round survives, below `clients`. */
  readonly tolerated: number;
  /** Variance that the noise in the sum is to have: (z C)^2. */
  readonly variance: number;
}

/**
 * Variances, in the unit of `round.variance`, of the levels of noise that each client adds. The rules
 * `enough` and `honest` have one level. `add-then-remove` has the levels 0 to `tolerated`: with v the
 * variance and n the clients of the round, v / n for level 0, and v / ((n - k + 1) (n - k)) for level k.
 */
export function noiseLevelVariances(
  rule: DropoutNoiseRule,
  round: RoundNoiseTarget,
): readonly number[] {
  const { clients, tolerated, variance } = round;
  switch (rule) {
    case 'enough':
      return [variance / (clients - tolerated)];
    case 'honest':
      return [variance / clients];
    case 'add-then-remove': {
      const levels = [variance / clients];
      for (let k = 1; k <= tolerated; k += 1) {
        levels.push(variance / ((clients - k + 1) * (clients - k)));
      }
      return levels;
    }
  }
}

/**
 * Indices of the levels that survivors reveal and the aggregator subtracts after `lost` losses: all
 * indices above `lost`. None for rules other than `add-then-remove`.
 */
export function noiseLevelsToRemove(
  rule: DropoutNoiseRule,
  round: Pick<RoundNoiseTarget, 'tolerated'> & { readonly lost: number },
): readonly number[] {
  if (rule !== 'add-then-remove') return [];
  const count = Math.max(0, round.tolerated - round.lost);
  return Array.from({ length: count }, (_, at) => round.lost + 1 + at);
}

/** Variance left in the sum after a number of losses, at most the tolerated one. */
export function remainingNoiseVariance(
  rule: DropoutNoiseRule,
  round: RoundNoiseTarget & { readonly lost: number },
): number {
  const removed = new Set(noiseLevelsToRemove(rule, round));
  let perClient = 0;
  noiseLevelVariances(rule, round).forEach((level, at) => {
    if (!removed.has(at)) perClient += level;
  });
  return (round.clients - round.lost) * perClient;
}

/**
 * Variance left in the sum divided by the wanted variance; below 1, the accounted epsilon would be too
 * small.
 */
export function remainingToWantedVariance(
  rule: DropoutNoiseRule,
  round: RoundNoiseTarget & { readonly lost: number },
): number {
  return remainingNoiseVariance(rule, round) / round.variance;
}
