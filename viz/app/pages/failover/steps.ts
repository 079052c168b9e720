/**
 * A quantity over time in the form in which reports and traces store it.
 *
 * @module
 */

/** Values at equal steps from time 0 on; null where nothing was measured. */
export interface StepSeries {
  readonly stepNs: number;
  readonly values: readonly (number | null)[];
}
