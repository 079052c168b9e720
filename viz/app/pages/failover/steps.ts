/**
 * The form in which reports and traces store a quantity over time.
 *
 * @module
 */

/**
 * One value for each step of time, from the start of the run on; null for a step in which nothing
 * was measured.
 */
export interface StepSeries {
  readonly stepNs: number;
  readonly values: readonly (number | null)[];
}
