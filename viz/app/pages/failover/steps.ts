/**
 * A quantity over time in the form in which reports and traces store it.
 *
 * @module
 */

/** The values of equal steps from time 0 on; null for a step in which nothing was measured. */
export interface StepSeries {
  readonly stepNs: number;
  readonly values: readonly (number | null)[];
}
