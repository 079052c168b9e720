/**
 * Intervals of a proportion from independent trials: Wilson's score interval (Wilson 1927), and the
 * exact upper bound when no event was seen (rule of three; Hanley and Lippman-Hand 1983).
 *
 * @module
 */

/** The 0.975 quantile of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/** Lower and upper bound of a probability. */
export interface ProportionInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's 95 % interval of a proportion; valid only if the trials are independent.
 * @param trials At least 1.
 */
export function wilsonInterval(events: number, trials: number): ProportionInterval {
  const p = events / trials;
  const z2 = Z_95 * Z_95;
  const centre = (p + z2 / (2 * trials)) / (1 + z2 / trials);
  const half =
    (Z_95 / (1 + z2 / trials)) * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials));
  return {
    low: events === 0 ? 0 : centre - half,
    high: events === trials ? 1 : centre + half,
  };
}

/**
 * Upper 95 % bound of the probability of an event never seen in n independent trials:
 * 1 - 0.05^(1/n), close to 3 / n.
 */
export function upperBoundWithoutEvents(trials: number): number {
  return -Math.expm1(Math.log(0.05) / trials);
}
