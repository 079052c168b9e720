/**
 * Names of rules that a user asks for beside limits: a run with one of them has a verdict.
 *
 * @module
 */

/** Of a scenario with `arrives: nothing`. */
export const NOTHING_ARRIVES = 'nothing arrives';
/** Of a run with `--baseline`. */
export const NO_WORSE = 'no worse than the baseline';
