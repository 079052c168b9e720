/**
 * What a gateway believes about the links of its paths, read from traced states: each path's health,
 * and SCMP errors that no later answer has refuted. The page draws it beside the actual link states.
 *
 * @module
 */
import type { Belief, NodeState } from '../../viz/format/drawing.ts';
import {
  PATH_HEALTH_TRACE,
  PATH_IN_USE_TRACE,
  PATH_LINKS_TRACE,
  type PathHealth,
} from '../_kit/path-states.ts';
import { readTracedState, readTracedStates } from '../_kit/trace-state.ts';
import { ACCUSED_PATH_TRACE } from './trace-states.ts';

/** The belief for each `PathHealth`; a path that has never answered gives none. */
const HOLDS: Readonly<Record<PathHealth, Belief['holds'] | undefined>> = {
  unknown: undefined,
  alive: 'up',
  degraded: 'doubtful',
  probation: 'doubtful',
  dead: 'down',
};

/** What a gateway believes of links: one belief for each path whose links are known. */
export function linkBeliefsOfPaths({ states }: NodeState): readonly Belief[] {
  return readTracedStates(PATH_LINKS_TRACE, states).flatMap(
    ({ key, value: links }): readonly Belief[] => {
      const { path, peer } = key;
      const health = readTracedState(PATH_HEALTH_TRACE, key, states)?.value?.health ?? 'unknown';
      const holds = HOLDS[health];
      if (links === undefined || holds === undefined) return [];
      const accused = readTracedState(ACCUSED_PATH_TRACE, key, states)?.value?.isAccused;
      const isAccused = accused === 'yes' && holds === 'up';
      return [
        {
          links,
          holds: isAccused ? 'doubtful' : holds,
          by: isAccused ? `SCMP on ${path}` : `path ${path}`,
          isInUse: readTracedState(PATH_IN_USE_TRACE, { peer }, states)?.value?.path === path,
        },
      ];
    },
  );
}
