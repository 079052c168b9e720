import { describe, expect, it } from 'vitest';
import type { HostView, NetworkMap } from '../../../../engine/host/network-view.ts';
import { CarrierReachability } from '../../../../nodes/dtn/carrier-reach.ts';

/** A network of hosts `name: stack` and links `a-b`. */
function network(hosts: Readonly<Record<string, string>>, links: readonly string[]): NetworkMap {
  const end = (host: string): NetworkMap['links'][number]['a'] => ({
    host,
    address: host,
    port: 1,
  });
  return {
    hosts: Object.entries(hosts).map(([name, stack]) => hostOf(name, stack)),
    links: links.map((id) => {
      const [a = '', b = ''] = id.split('-');
      return { id, a: end(a), b: end(b), mtu: 1_500, delayNs: 0, rateBps: 1 };
    }),
    areas: [],
  };
}

function hostOf(name: string, stack: string): HostView {
  const layers = stack.split(' ');
  return { name, address: name, protocol: layers[0] ?? '', stack: layers };
}

function peersOf(map: NetworkMap, name: string): readonly string[] {
  const host = map.hosts.find((one) => one.name === name);
  return host === undefined ? [] : new CarrierReachability(map).peersOf(host);
}

describe('the reach of a carrier', () => {
  it('ends at a neighbour that runs dtn itself: what goes on is its business', () => {
    const chain = network({ a: 'bulk dtn', b: 'bulk dtn', c: 'bulk dtn' }, ['a-b', 'b-c']);
    expect(['a', 'b', 'c'].map((name) => peersOf(chain, name))).toEqual([['b'], ['a', 'c'], ['b']]);
  });

  it('goes through the network of the carrier, however far', () => {
    const hosts = { a: 'gateway dtn', r: 'scion', s: 'scion', b: 'gateway dtn', c: 'gateway' };
    const map = network(hosts, ['a-r', 'r-s', 's-b', 's-c']);
    expect([peersOf(map, 'a'), peersOf(map, 'b')]).toEqual([['b'], ['a']]);
  });

  it('is among those above the same carrier only', () => {
    const map = network({ a: 'bulk dtn', b: 'datagram dtn', c: 'dtn' }, ['a-b', 'b-c']);
    expect(['a', 'b', 'c'].map((name) => peersOf(map, name))).toEqual([[], [], []]);
  });

  it('is everybody on a shared segment, whose links the map does not show', () => {
    const map = network({ a: 'datagram dtn', b: 'datagram dtn', c: 'datagram' }, []);
    expect(peersOf(map, 'a')).toEqual(['b']);
  });
});
