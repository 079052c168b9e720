/**
 * `--abort-on fail`: ends a run at the first limit that it cannot meet any more.
 *
 * @module
 */
import { canMissForGood } from '../runner/experiment/limit-watch.ts';
import type { Scenario } from '../scenarios/model.ts';
import { FlagError } from './exit.ts';

/** The flag `--abort-on`: with `fail`, a run ends at the first limit that it can no longer meet. */
export interface AbortFlags {
  readonly abortOn?: 'fail';
}

/**
 * Refuses `--abort-on` if no limit of the scenario could end the run early.
 * @throws FlagError if `--abort-on` is given, but no limit of the scenario could end the run.
 */
export function refuseAbortOnWithoutEffect(
  { kpis }: Pick<Scenario, 'kpis'>,
  { abortOn }: AbortFlags,
): void {
  if (abortOn === undefined || kpis.some(canMissForGood)) return;
  const message = '--abort-on: no limit of this file is missed for good before its end';
  throw new FlagError(message, '--abort-on', 'limits on count, max and min can be');
}
