/**
 * What a gateway believes of the links of its paths, from the states that it traces: the health that it
 * gives each path, and accusations by SCMP that no answer has refuted yet. Drawn beside what is so.
 *
 * @module
 */
import type { Belief, NodeState } from '../../viz/format/drawing.ts';
import { MACHINE, pathLinksName } from './viz-states.ts';

/** Words of `PathHealth`; a path that never answered is believed nothing of. */
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
