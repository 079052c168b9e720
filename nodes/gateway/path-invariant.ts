/**
 * The condition on the path in use that is checked while scenarios run.
 *
 * @module
 */
import type { GatewayOptions } from './config.ts';
import type { PathController } from './multipath/types.ts';

/**
 * reports a dead path that stays in use while a healthy one answers. A degraded path may
 * stay in use while the others are degraded too, and a silent one while all are silent.
 */
export function findDeadPathInUse(
  now: number,
  controller: PathController,
  { mode, probeInterval }: GatewayOptions['multipath'],
): string | undefined {
  const paths = controller.status(now);
  const active = paths[controller.active];
  if (active?.health !== 'dead' || mode === 'reference') return undefined;
  const healthy = paths.find(
    ({ health, measuredAgoNs }) => health === 'alive' && measuredAgoNs <= probeInterval,
  );
  if (healthy === undefined) return undefined;
  return `path ${active.id} is dead and in use while ${healthy.id} answers`;
}
