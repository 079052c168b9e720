/**
 * Refuses clouds in runs that cannot have them.
 *
 * @module
 */
import type { Scenario } from '../../scenarios/model.ts';
import { Refusal } from '../../scenarios/refusal.ts';

/**
 * Refuses a scenario with a cloud in a run with several processes or event loops: all senders to a host
 * of a cloud share its access link, which can be in one process only.
 * @throws Refusal at the first cloud.
 */
export function refuseClouds({ topology }: Scenario): void {
  const [cloud] = topology.clouds;
  if (cloud === undefined) return;
  const { file, line, column } = cloud.position;
  throw new Refusal(
    `${file}:${line}:${column}  cloud ${cloud.id} needs one process and one loop: leave out --processes and --loops`,
  );
}
