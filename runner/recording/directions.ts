/**
 * The directions of a topology in the order in which a network numbers them, for the trace of a run whose network is
 * in other processes.
 *
 * @module
 */
import type { LinkDirectionView } from '../../engine/net/direction-context.ts';
import { LINK_DIRECTION_DEFAULTS, type LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import type { Topology } from '../../topologies/model.ts';

type Place = Pick<LinkDirectionView, 'linkId' | 'name' | 'fromNode' | 'toNode'>;

/**
 * The directions of a topology, in the order in which a network numbers them. They are the same as in a
 * network before its run begins (engine/net/network.ts, `directions`).
 */
export function listDirections({
  hosts,
  links,
  segments,
  clouds,
}: Pick<Topology, 'hosts' | 'links' | 'segments' | 'clouds'>): readonly LinkDirectionView[] {
  const directions: LinkDirectionView[] = [];
  const index = new Map(hosts.map(({ name }, at) => [name, at]));
  const indexOf = (name: string): number => index.get(name) as number;
  const add = (
    place: Place,
    { rateBps, delayNs, overheadBytes, contacts }: LinkDirectionSpec,
  ): void => {
    const { overheadBytes: usual } = LINK_DIRECTION_DEFAULTS;
    const pace = { rateBps, delayNs, overheadBytes: overheadBytes ?? usual };
    directions.push({ ...place, id: directions.length, pace, plan: contacts });
  };
  for (const { id: linkId, a, b, forward, backward } of links) {
    const [fromNode, toNode] = [indexOf(a.host), indexOf(b.host)];
    add({ linkId, name: `${a.host}->${b.host}`, fromNode, toNode }, forward);
    const back = { linkId, name: `${b.host}->${a.host}`, fromNode: toNode, toNode: fromNode };
    add(back, backward);
  }
  for (const { id: linkId, medium } of segments) {
    add({ linkId, name: 'medium', fromNode: -1, toNode: -1 }, medium);
  }
  for (const { id, regions, members, between } of clouds) {
    for (const { host, up, down } of members) {
      const linkId = `${id}/${host}`;
      add({ linkId, name: `${host}->`, fromNode: indexOf(host), toNode: -1 }, up);
      add({ linkId, name: `->${host}`, fromNode: -1, toNode: indexOf(host) }, down);
    }
    for (const [a, from] of regions.entries()) {
      for (const [b, to] of regions.entries()) {
        const linkId = a <= b ? `${id}/${from}--${to}` : `${id}/${to}--${from}`;
        const place = { linkId, name: `${from}->${to}`, fromNode: -1, toNode: -1 };
        add(place, between[a * regions.length + b] as LinkDirectionSpec);
      }
    }
  }
  return directions;
}
