/**
 * How a direction of a link stands in the header of a trace.
 *
 * @module
 */
import type { DirectionView } from '../../net/direction-context.ts';
import type { LinkInfo } from './layout.ts';

/** How a direction is described in the header. */
export function linkInfo(direction: DirectionView): LinkInfo {
  const { linkId, name, fromNode, toNode, pace } = direction;
  const { rateBps, delayNs, overheadBytes } = pace;
  return {
    ...{ id: linkId, name, from: fromNode, to: toNode },
    // JSON has no infinity.
    rateBps: Number.isFinite(rateBps) ? rateBps : null,
    ...{ delayNs, overheadBytes },
  };
}
