import { describe, expect, it } from 'vitest';
import type { LinkView, NetworkView } from '../../../../../engine/host/network-view.ts';
import type { LinkRelation } from '../../../../../nodes/scion/network.ts';
import { findRouterSurroundings } from '../../../../../nodes/scion/router/situation.ts';
import { viewWith } from '../../../../fixtures/views.ts';
import { addressWord } from './test-router.ts';

const hosts = [
  { name: 'a1', address: '127.1.0.1', protocol: 'scion', area: '1-ff00:0:a' },
  { name: 'a2', address: '127.1.0.2', protocol: 'scion', area: '1-ff00:0:a' },
  { name: 'gateway', address: '127.1.0.111', protocol: 'gateway', area: '1-ff00:0:a' },
  { name: 'b', address: '127.1.1.1', protocol: 'scion', area: '1-ff00:0:b' },
  { name: 'c', address: '127.1.2.1', protocol: 'scion', area: '1-ff00:0:c' },
  { name: 'loose', address: '127.9.9.9', protocol: 'ping' },
];

function link(id: string, relation: LinkRelation, a: string, b: string): LinkView {
  const end = (text: string): LinkView['a'] => {
    const [name, ifId] = text.split('#') as [string, string | undefined];
    const { address } = hosts.find((view) => view.name === name)!;
    const port = 50_000 + Number(ifId ?? 0);
    return { host: name, address, port, attributes: { interface: Number(ifId ?? 0) } };
  };
  const rest = { mtu: 1400, delayNs: 0, rateBps: 1 };
  return { id, attributes: { relation }, a: end(a), b: end(b), ...rest };
}

const links = [
  link('up', 'parent-child', 'b#1', 'a1#11'),
  link('side', 'peer', 'a2#21', 'c#2'),
  link('inside', 'internal', 'a1', 'a2'),
  link('access', 'internal', 'gateway', 'a1'),
  link('elsewhere', 'core', 'b#3', 'c#3'),
];

function network(more: readonly LinkView[] = []): NetworkView {
  return viewWith({
    hosts: hosts.map((host) => ({ ...host, stack: [host.protocol] })),
    links: [...links, ...more],
    areas: [],
  });
}

describe('where a router stands', () => {
  it('links to other ASes come from the topology, with the neighbour as seen from here', () => {
    const { peers, isdAs } = findRouterSurroundings('a1', network());
    expect(isdAs).toBe('1-ff00:0:a');
    expect(peers[0]).toMatchObject({
      address: '127.1.1.1',
      port: 50_001,
      localPort: 50_011,
      isdAs: '1-ff00:0:b',
      link: { kind: 'external', id: 'up', ifId: 11, neighbour: 'parent', mtu: 1400, index: 0 },
    });
    expect(findRouterSurroundings('b', network()).peers[0]?.link).toMatchObject({
      neighbour: 'child',
    });
    expect(findRouterSurroundings('b', network()).peers[1]?.link).toMatchObject({
      neighbour: 'core',
    });
    expect(findRouterSurroundings('c', network()).peers[0]?.link).toMatchObject({
      neighbour: 'peer',
    });
  });

  it('other routers of the AS are siblings, and their interfaces are known', () => {
    const { peers, interfaces, internal } = findRouterSurroundings('a1', network());
    expect(peers.map((peer) => peer.link.id)).toEqual(['up', 'a2']);
    expect(peers[1]).toMatchObject({ address: '127.1.0.2', link: { kind: 'sibling', mtu: 1400 } });
    expect(interfaces.get(21)).toMatchObject({ neighbour: 'peer', link: peers[1]!.link });
    expect(interfaces.get(11)?.link).toBe(peers[0]!.link);
    expect([...interfaces.keys()].sort()).toEqual([11, 21]);
    expect(internal.index).toBe(2);
  });

  it('a sibling without a link to us is known, but the way to it is always down', () => {
    const apart = { ...network(), links: links.filter(({ id }) => id !== 'inside') };
    const { peers, interfaces } = findRouterSurroundings('a1', apart);
    expect(peers.map((peer) => peer.link.id)).toEqual(['up']);
    expect(interfaces.get(21)?.link).toMatchObject({ kind: 'sibling', id: 'a2', isUp: false });
  });

  it('hosts are those of the AS', () => {
    expect([...findRouterSurroundings('a2', network()).hosts]).toEqual([
      [addressWord('127.1.0.1'), '127.1.0.1'],
      [addressWord('127.1.0.2'), '127.1.0.2'],
      [addressWord('127.1.0.111'), '127.1.0.111'],
    ]);
  });

  it('an outside program is known by the address that it names in packets, too', () => {
    const program = { address: '127.9.0.7', ports: [31_000] };
    const gateway = { ...network().hosts.find(({ name }) => name === 'gateway')!, program };
    const others = network().hosts.filter(({ name }) => name !== 'gateway');
    const withProgram = { ...network(), hosts: [...others, gateway] };
    const known = findRouterSurroundings('a1', withProgram).hosts;
    expect(known.get(addressWord('127.9.0.7'))).toBe('127.1.0.111');
    expect(known.get(addressWord('127.1.0.111'))).toBe('127.1.0.111');
  });

  it('a router outside of every AS, and one interface number twice, are refused', () => {
    expect(() => findRouterSurroundings('loose', network())).toThrow('loose is in no AS');
    const twice = link('again', 'peer', 'a1#21', 'c#9');
    expect(() => findRouterSurroundings('a1', network([twice]))).toThrow(
      'interface 21 of a1 is used twice',
    );
    const nowhere = link('nowhere', 'peer', 'a1#31', 'loose#1');
    expect(() => findRouterSurroundings('a1', network([nowhere]))).toThrow('loose is in no AS');
  });
});
