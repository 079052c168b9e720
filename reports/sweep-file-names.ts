/**
 * Names of the files that are made from the result of a sweep, without `sweep.json`.
 *
 * @module
 */

/** The names, in the order in which they are listed to users. */
export const SWEEP_FILES = [
  'sweep.html',
  'sweep.md',
  'sweep.junit.xml',
  'sweep.csv',
  'sweep.parquet',
] as const;
