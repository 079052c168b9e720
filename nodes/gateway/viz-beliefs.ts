/**
 * What a gateway believes about the links of its paths, read from traced states: each path's health,
 * and SCMP errors that no later answer has refuted. The page draws it beside the actual link states.
 *
 * @module
 */
import type { Belief, NodeState } from '../../viz/format/drawing.ts';
import { MACHINE, pathLinksName } from './viz-states.ts';

/** The belief for each `PathHealth`; a path that has never answered gives none. */
const HOLDS: Readonly<Record<string, Belief['holds']>> = {
  alive: 'up',
  degraded: 'doubtful',
  probation: 'doubtful',
  dead: 'down',
};

/** One belief for each path whose links are known. */
export function pathBeliefs({ states }: NodeState): readonly Belief[] {
  return [...states].flatMap(([machine, links]): readonly Belief[] => {
    const place = pathLinksName(machine);
    if (place === undefined) return [];
    const { path, peer } = place;
    const health = states.get(`path ${path} to ${peer}`) ?? 'unknown';
    const holds = Object.hasOwn(HOLDS, health) ? HOLDS[health] : undefined;
    if (holds === undefined) return [];
    const isAccused = states.get(MACHINE.accused(path, peer)) === 'yes' && holds === 'up';
    return [
      {
        links: links.split(' '),
        holds: isAccused ? 'doubtful' : holds,
        by: isAccused ? `SCMP on ${path}` : `path ${path}`,
        isInUse: states.get(`path to ${peer}`) === path,
      },
    ];
  });
}
