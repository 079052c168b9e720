/**
 * Names of the rules that a user can ask for in addition to limits. A run with such a rule has a
 * verdict, even without limits.
 *
 * @module
 */

/** Name of the rule that a scenario with `arrives: nothing` adds. */
export const NOTHING_ARRIVES_RULE = 'nothing arrives';
/** Name of the rule that a run with `--baseline` adds. */
export const NO_WORSE_RULE = 'no worse than the baseline';
