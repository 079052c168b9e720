/**
 * The description of a direction of a link in the header of a trace.
 *
 * @module
 */
import type { DirectionView } from '../../net/direction-context.ts';
import type { LinkInfo } from './layout.ts';

/** Describes a direction for the header. */
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
