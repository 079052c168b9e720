/**
 * Numbers for the chart of senders and receivers: steps of its scale, and how often the best guess
 * about a sender is right.
 *
 * @module
 */
import type { Privacy } from './observers.ts';

/** Probabilities of a report. */
export type Pairs = NonNullable<Privacy['linkability']>;

/** Steps of the scale. */
export const STEPS = 5;

/** Step of a value between 0 and the largest, 1 to {@link STEPS}; 0 for a value of 0. */
export function stepOf(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0;
  return Math.max(1, Math.min(STEPS, Math.ceil((value / most) * STEPS - 1e-9)));
}

/** Senders whose likeliest receiver is the one that they really wrote to most. */
export function bestGuesses({ mass, partners }: Pairs): number {
  return mass.filter((row, at) => {
    const guess = row.indexOf(Math.max(...row));
    const truth = partners[at] ?? [];
    return (truth[guess] ?? 0) > 0 && truth[guess] === Math.max(...truth);
  }).length;
}
