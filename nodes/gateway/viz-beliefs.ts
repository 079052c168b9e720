/**
 * What a gateway believes about the links of its paths, read from traced states: each path's health,
 * and SCMP errors that no later answer has refuted. The page draws it beside the actual link states.
 *
 * @module
 */
import type { Belief, NodeState } from '../../viz/format/drawing.ts';
import {
  HEALTH_OF_PATH,
  LINKS_OF_PATH,
  PATH_IN_USE,
  type PathHealth,
} from '../_kit/path-states.ts';
import { tracedStateAt, tracedStatesOf } from '../_kit/trace-state.ts';
import { ACCUSED_PATH } from './trace-states.ts';

/** The belief for each `PathHealth`; a path that has never answered gives none. */
const HOLDS: Readonly<Record<PathHealth, Belief['holds'] | undefined>> = {
  unknown: undefined,
  alive: 'up',
  degraded: 'doubtful',
  probation: 'doubtful',
  dead: 'down',
};

/** One belief for each path whose links are known. */
export function pathBeliefs({ states }: NodeState): readonly Belief[] {
  return tracedStatesOf(LINKS_OF_PATH, states).flatMap(
    ({ key, value: links }): readonly Belief[] => {
      const { path, peer } = key;
      const health = tracedStateAt(HEALTH_OF_PATH, key, states)?.value?.health ?? 'unknown';
      const holds = HOLDS[health];
      if (links === undefined || holds === undefined) return [];
      const accused = tracedStateAt(ACCUSED_PATH, key, states)?.value?.isAccused;
      const isAccused = accused === 'yes' && holds === 'up';
      return [
        {
          links,
          holds: isAccused ? 'doubtful' : holds,
          by: isAccused ? `SCMP on ${path}` : `path ${path}`,
          isInUse: tracedStateAt(PATH_IN_USE, { peer }, states)?.value?.path === path,
        },
      ];
    },
  );
}
