/**
 * Names of the files that are made of the result of a sweep, `sweep.json` aside.
 *
 * @module
 */

/** In the order in which they are named to people. */
export const SWEEP_FILES = [
  'sweep.html',
  'sweep.md',
  'sweep.junit.xml',
  'sweep.csv',
  'sweep.parquet',
] as const;
