/**
 * Names of rules that a user asks for beside limits: a run with one of them has a verdict.
 *
 * @module
 */

/** Name of the rule that a scenario with `arrives: nothing` adds. */
export const NOTHING_ARRIVES_RULE = 'nothing arrives';
/** Name of the rule that a run with `--baseline` adds. */
export const NO_WORSE_RULE = 'no worse than the baseline';
