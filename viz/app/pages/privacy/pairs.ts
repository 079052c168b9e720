/**
 * Computes values for the matrix of senders and receivers: the steps of its colour scale, and for
 * how many senders the most likely receiver is the right one.
 *
 * @module
 */
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import type { PrivacyReport } from './observers.ts';

/** The probabilities of all pairs of sender and receiver in a report. */
export type LinkabilityPairs = NonNullable<PrivacyReport['linkability']>;

/** Number of steps of the colour scale. */
export const COLOUR_STEPS = 5;

/**
 * Returns the step of the colour scale for a value: 1 to {@link COLOUR_STEPS}, or 0 for the value
 * 0. `most` is the largest of all values.
 */
export function chooseColourStep(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0;
  return Math.max(1, Math.min(COLOUR_STEPS, Math.ceil((value / most) * COLOUR_STEPS - 1e-9)));
}

/**
 * Counts the senders whose most likely receiver is the one to which they really wrote most often.
 */
export function correctGuessCount({ mass, partners }: LinkabilityPairs): number {
  return mass.filter((row, at) => {
    const guess = row.indexOf(greatestOf(row));
    const truth = partners[at] ?? [];
    return (truth[guess] ?? 0) > 0 && truth[guess] === greatestOf(truth);
  }).length;
}
