/** What a control service is configured with: nothing about the inside of other ASes. @module */
import { describe, expect, it } from 'vitest';
import type { Attributes, LinkEndView, NetworkMap } from '../../../../engine/host/network-view.ts';
import { findControlSurroundings } from '../../../../nodes/control-service/surroundings.ts';
import { networkMap } from '../../../../runner/nodes/network-map.ts';
import { load } from '../../runner/fixture.ts';

/** Other values of all attributes but the number of an interface, which both ends of a link agree on. */
function others({ interface: number, ...attributes }: Attributes = {}): Attributes {
  const changed = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : `not ${value}`,
  ]);
  return { ...Object.fromEntries(changed), ...(number === undefined ? {} : { interface: number }) };
}

/** A network without the inner hosts and links of all ASes but one, and with other attributes and addresses of these. */
function otherwiseOutside({ hosts, links, areas }: NetworkMap, own: string): NetworkMap {
  const inside = new Set(hosts.filter(({ area }) => area === own).map(({ name }) => name));
  const near = links.filter(({ a, b }) => inside.has(a.host) || inside.has(b.host));
  const seen = new Set(near.flatMap(({ a, b }) => [a.host, b.host]));
  const end = (one: LinkEndView): LinkEndView =>
    inside.has(one.host)
      ? one
      : { ...one, address: '127.9.9.9', port: one.port + 1, attributes: others(one.attributes) };
  return {
    hosts: hosts
      .filter(({ name }) => seen.has(name))
      .map((host) => (inside.has(host.name) ? host : { ...host, address: '127.9.9.9', stack: [] })),
    links: near.map((link) => ({ ...link, a: end(link.a), b: end(link.b) })),
    areas: areas.map(({ id, attributes }) =>
      id === own ? { id, attributes: attributes ?? {} } : { id, attributes: others(attributes) },
    ),
  };
}

describe('the surroundings of a control service', () => {
  const announces = '{ link: { carbon: 1gCO2/TB }, as: { hops: 2 } }';
  const set = { 'topology.defaults': `{ announces: ${announces} }` };
  const map = networkMap(load('scion-beaconing.yaml', set).topology);
  const services = map.hosts.filter(({ protocol }) => protocol === 'control-service');

  it('are the same whatever is inside other ASes, and whatever these announce', () => {
    expect(services.length).toBe(16);
    for (const { name, area } of services) {
      const own = findControlSurroundings(name, map);
      const changed = otherwiseOutside(map, area ?? '');
      expect(changed.links.length).toBeLessThan(map.links.length);
      expect(findControlSurroundings(name, changed)).toEqual(own);
      expect(own.insideLinks?.size).toBeGreaterThan(0);
      for (const { announced } of own.interfaces.values()) expect(announced?.carbon).toBe(1);
    }
  });
});
