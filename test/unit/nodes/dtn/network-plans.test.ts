import { describe, expect, it } from 'vitest';
import type { NetworkMap, PlannedContacts } from '../../../../engine/host/network-view.ts';
import { HostEids } from '../../../../nodes/dtn/names.ts';
import { NetworkPlans } from '../../../../nodes/dtn/network-plans.ts';

const S = 1_000_000_000;

const NAMES = ['a', 'b'];

/** Two nodes with this plan in both directions. */
function networkOf(contacts: PlannedContacts | undefined): NetworkMap {
  const end = (host: string): NetworkMap['links'][number]['a'] => ({
    host,
    address: host,
    port: 1,
  });
  const hosts = NAMES.map((name) => {
    return { name, address: name, protocol: 'dtn', stack: ['dtn'] };
  });
  const link = { id: 'a-b', a: end('a'), b: end('b'), mtu: 1_500, delayNs: 0, rateBps: 8 };
  const both = contacts && { contacts: { aToB: contacts, bToA: contacts } };
  return { hosts, links: [{ ...link, ...both }], areas: [] };
}

/** The plans of one of its nodes. */
function plansOf(contacts: PlannedContacts | undefined): NetworkPlans {
  return new NetworkPlans(networkOf(contacts), new HostEids(NAMES, 'ipn'));
}

const window = { startNs: 2 * S, endNs: 3 * S, rateBps: 8, delayNs: 0 };
/** Beginnings of contacts from a to b, s. */
function startsOf(plans: NetworkPlans, atS: number): readonly number[] {
  const { from, start } = plans.at(atS * S);
  return Array.from(start, (startNs) => startNs / S).filter((_, index) => from[index] === 0);
}

describe('the plan of a network', () => {
  it('was made and kept by each of 500 nodes: they share it, and none takes that of another network', () => {
    const network = networkOf({ windows: [window] });
    const first = (map: NetworkMap, names = NAMES): unknown =>
      new NetworkPlans(map, new HostEids(names, 'ipn')).at(0);
    const plan = first(network);
    expect(first({ ...network })).toBe(plan);
    expect(first(network, ['b', 'a'])).not.toBe(plan);
    expect(first(networkOf({ windows: [window] }))).not.toBe(plan);
    const other = { ...network, links: network.links.map((link) => ({ ...link, delayNs: 5 })) };
    expect(first(other)).not.toBe(plan);
  });

  it('has the windows once if they do not repeat, and is never made anew', () => {
    const plans = plansOf({ windows: [window] });
    expect(startsOf(plans, 0)).toEqual([2]);
    expect(plans.at(9e6 * S)).toBe(plans.at(0));
  });

  it('has them 10,000 times if they do, and is made anew when half of them are over', () => {
    const plans = plansOf({ windows: [window], periodNs: 10 * S });
    const first = plans.at(0);
    const before = startsOf(plans, 0);
    expect([before.length, before[0], before.at(-1)]).toEqual([10_000, 2, 99_992]);
    expect(plans.at(50_000 * S - 1)).toBe(first);
    const after = startsOf(plans, 50_000);
    // The contact before the present one may still be under way.
    expect([after.length, after[0], after.at(-1)]).toEqual([10_000, 49_992, 149_982]);
    expect(plans.at(99_000 * S)).toBe(plans.at(50_000 * S));
    const late = startsOf(plans, 3_000_005);
    expect([late[0], late.at(-1)]).toEqual([2_999_992, 3_099_982]);
  });

  it('ends with time', () => {
    const plans = plansOf({ windows: [window], periodNs: 10 * S });
    const end = Number.MAX_SAFE_INTEGER / S;
    const starts = startsOf(plans, end - 95);
    expect(starts.length).toBeGreaterThan(5);
    expect(starts.length).toBeLessThan(12);
    expect(Math.max(...starts)).toBeLessThan(end);
  });

  it('kept an object for each contact of 10,000 periods: half a million took 70 MB', () => {
    const plan = plansOf({ windows: [window], periodNs: 10 * S }).at(0);
    expect(plan.rate).toBeInstanceOf(Float64Array);
    expect(plan.rate.length).toBe(20_000);
    const lists = Object.values(plan).filter((one) => Array.isArray(one));
    expect(lists.flat().filter((one) => !Array.isArray(one)).length).toBe(0);
  });

  it('is open for ever if nothing is planned', () => {
    const { from, to, start, end, rate } = plansOf(undefined).at(0);
    expect([from, to, start, end, rate].map((column) => [...column])).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
      [1, 1],
    ]);
  });
});
