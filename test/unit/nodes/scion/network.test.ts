/** What SCION reads from the attributes of a network. @module */
import { describe, expect, it } from 'vitest';
import type { HostView, LinkEndView, LinkView } from '../../../../engine/host/network-view.ts';
import {
  exitsOf,
  findControlServices,
  interfaceIdOf,
  isdAsOf,
  listAutonomousSystems,
  readLinkRelation,
} from '../../../../nodes/scion/network.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';

const END: LinkEndView = { host: 'a', address: '127.1.0.1', port: 50_000 };
const LINK: LinkView = { id: 'a--b', a: END, b: END, mtu: 1_472, delayNs: 0, rateBps: 1 };

describe('a network as SCION reads it', () => {
  it('has links inside an AS, and hosts in none, unless something else is said', () => {
    expect(readLinkRelation(LINK)).toBe('internal');
    expect(interfaceIdOf(END)).toBe(0);
    expect(isdAsOf({})).toBeUndefined();
    expect(isdAsOf(undefined)).toBeUndefined();
  });

  it('has the relations, interfaces and systems that are said', () => {
    for (const relation of ['core', 'parent-child', 'peer'] as const) {
      expect(readLinkRelation({ ...LINK, attributes: { relation } })).toBe(relation);
    }
    expect(interfaceIdOf({ ...END, attributes: { interface: 41 } })).toBe(41);
    expect(isdAsOf({ area: '1-ff00:0:110' })).toBe('1-ff00:0:110');
    const attributes = { core: true, mtu: 1_450 };
    expect(listAutonomousSystems({ areas: [{ id: '1-ff00:0:110', attributes }] })).toEqual([
      { isdAs: '1-ff00:0:110', ...attributes },
    ]);
  });

  it('has the interfaces of an AS, with its neighbour as seen from there', () => {
    const view = (name: string, area?: string): HostView => {
      const host = { name, address: '127.1.0.1', protocol: 'scion', stack: ['scion'] };
      return area === undefined ? host : { ...host, area };
    };
    const hosts = [view('a', '1-ff00:0:1'), view('b', '1-ff00:0:2'), view('c')];
    const to = (relation: string, a: string, b: string): LinkView => ({
      ...LINK,
      ...{ a: { ...END, host: a }, b: { ...END, host: b }, attributes: { relation } },
    });
    const links = [
      to('parent-child', 'a', 'b'),
      to('peer', 'b', 'a'),
      to('core', 'b', 'b'),
      to('internal', 'b', 'c'),
    ];
    const seenFrom = (isdAs: string): string[] =>
      exitsOf(requireIsdAs(isdAs), { hosts, links }).map(
        ({ near, far, neighbour, farIsdAs }) => `${near.host} ${far.host} ${neighbour} ${farIsdAs}`,
      );
    expect(seenFrom('1-ff00:0:1')).toEqual(['a b child 1-ff00:0:2', 'a b peer 1-ff00:0:2']);
    expect(seenFrom('1-ff00:0:2')).toEqual([
      ...['b a parent 1-ff00:0:1', 'b a peer 1-ff00:0:1'],
      ...['b b core 1-ff00:0:2', 'b b core 1-ff00:0:2'],
    ]);
    const loose = { hosts, links: [to('core', 'a', 'c')] };
    expect(() => exitsOf(requireIsdAs('1-ff00:0:1'), loose)).toThrow('c is in no AS');
  });

  it('has the first control service of each AS, looked for once', () => {
    const host = (name: string, protocol: string, area?: string): HostView => ({
      ...{ name, address: '127.1.0.1', protocol, stack: [protocol] },
      ...(area === undefined ? {} : { area }),
    });
    const hosts = [
      host('router', 'scion', '1-ff00:0:110'),
      host('nowhere', 'control-service'),
      host('first', 'control-service', '1-ff00:0:110'),
      host('second', 'control-service', '1-ff00:0:110'),
      host('other', 'control-service', '1-ff00:0:111'),
    ];
    const services = findControlServices({ hosts });
    expect([...services].map(([isdAs, { name }]) => [isdAs, name])).toEqual([
      ['1-ff00:0:110', 'first'],
      ['1-ff00:0:111', 'other'],
    ]);
    expect(findControlServices({ hosts })).toBe(services);
    expect(findControlServices({ hosts: hosts.slice(0, 2) }).size).toBe(0);
  });

  it('was never meant by words of another protocol', () => {
    expect(() => readLinkRelation({ ...LINK, attributes: { relation: 'cousin' } })).toThrow(
      'link a--b has the relation cousin',
    );
    expect(() => interfaceIdOf({ ...END, attributes: { interface: 'east' } })).toThrow(
      'a has the interface east, which is no number',
    );
    expect(() => isdAsOf({ area: 'downtown' })).toThrow('downtown');
    expect(() =>
      listAutonomousSystems({ areas: [{ id: '1-1', attributes: { core: 'yes' } }] }),
    ).toThrow('AS 1-1: core is yes');
    expect(() =>
      listAutonomousSystems({ areas: [{ id: '1-1', attributes: { mtu: 'small' } }] }),
    ).toThrow('AS 1-1: mtu is small');
  });
});
