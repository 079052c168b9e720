/** What SCION reads from the attributes of a network. @module */
import { describe, expect, it } from 'vitest';
import type { LinkEndView, LinkView } from '../../../../engine/host/network-view.ts';
import {
  autonomousSystemsOf,
  interfaceIdOf,
  isdAsOf,
  linkRelationOf,
} from '../../../../nodes/scion/network.ts';

const END: LinkEndView = { host: 'a', address: '127.1.0.1', port: 50_000 };
const LINK: LinkView = { id: 'a--b', a: END, b: END, mtu: 1_472, delayNs: 0, rateBps: 1 };

describe('a network as SCION reads it', () => {
  it('has links inside an AS, and hosts in none, unless something else is said', () => {
    expect(linkRelationOf(LINK)).toBe('internal');
    expect(interfaceIdOf(END)).toBe(0);
    expect(isdAsOf({})).toBeUndefined();
    expect(isdAsOf(undefined)).toBeUndefined();
  });

  it('has the relations, interfaces and systems that are said', () => {
    for (const relation of ['core', 'parent-child', 'peer'] as const) {
      expect(linkRelationOf({ ...LINK, attributes: { relation } })).toBe(relation);
    }
    expect(interfaceIdOf({ ...END, attributes: { interface: 41 } })).toBe(41);
    expect(isdAsOf({ area: '1-ff00:0:110' })).toBe('1-ff00:0:110');
    const attributes = { core: true, mtu: 1_450 };
    expect(autonomousSystemsOf({ areas: [{ id: '1-ff00:0:110', attributes }] })).toEqual([
      { isdAs: '1-ff00:0:110', ...attributes },
    ]);
  });

  it('was never meant by words of another protocol', () => {
    expect(() => linkRelationOf({ ...LINK, attributes: { relation: 'cousin' } })).toThrow(
      'link a--b has the relation cousin',
    );
    expect(() => interfaceIdOf({ ...END, attributes: { interface: 'east' } })).toThrow(
      'a has the interface east, which is no number',
    );
    expect(() => isdAsOf({ area: 'downtown' })).toThrow('downtown');
    expect(() =>
      autonomousSystemsOf({ areas: [{ id: '1-1', attributes: { core: 'yes' } }] }),
    ).toThrow('AS 1-1: core is yes');
    expect(() =>
      autonomousSystemsOf({ areas: [{ id: '1-1', attributes: { mtu: 'small' } }] }),
    ).toThrow('AS 1-1: mtu is small');
  });
});
