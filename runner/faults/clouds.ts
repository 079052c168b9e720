/**
 * Which runs may have clouds.
 *
 * @module
 */
import type { Scenario } from '../../scenarios/model.ts';
import { Refusal } from '../../scenarios/refusal.ts';

/**
 * Rejects a scenario with a cloud whose hosts would be in several processes or loops: all senders to a host share
 * its access, which is in one of them.
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
