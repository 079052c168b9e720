/**
 * A quantity over time as reports and traces hold it.
 *
 * @module
 */

/** Values at equal steps from 0 on; null: not measured. */
export interface Steps {
  readonly stepNs: number;
  readonly values: readonly (number | null)[];
}
