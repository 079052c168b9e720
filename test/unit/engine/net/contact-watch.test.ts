import { describe, expect, it } from 'vitest';
import type { ContactTransition } from '../../../../engine/host/host.ts';
import { PLAN_NOT_BEGUN } from '../../../../engine/net/contact-plan.ts';
import type { ContactsSpec } from '../../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import type { SimWorld } from '../../../../engine/net/sim-world.ts';
import { networkMap } from '../../../../runner/nodes/network-map.ts';
import { FAST, makePair, makeWorld } from './world-fixture.ts';

const MS = 1_000_000;
const DAY = 86_400_000 * MS;
const WINDOWS = [
  { startNs: 2 * MS, endNs: 5 * MS },
  { startNs: 10 * MS, endNs: 20 * MS, rateBps: 5_000, delayNs: 7 * MS },
];
const CONTACTS: ContactsSpec = { windows: WINDOWS };

function pair(contacts: ContactsSpec): { world: SimWorld; a: SimHost } {
  const { world, a } = makePair({ ...FAST, contacts });
  world.seal();
  return { world, a };
}

/** What a listener hears, as `kind at ms`. */
function collector(world: SimWorld): {
  heard: string[];
  onEdge: (edge: ContactTransition) => void;
} {
  const heard: string[] = [];
  const onEdge = ({ kind, link, peer }: ContactTransition): void => {
    expect({ link, peer }).toEqual({ link: 'ab', peer: 'b' });
    heard.push(`${kind} ${world.scheduler.now / MS}`);
  };
  return { heard, onEdge };
}

describe('the contacts that a node hears of (docs/spec/link-model.md#contacts)', () => {
  it('are told when they begin and end', () => {
    const { world, a } = pair(CONTACTS);
    const { heard, onEdge } = collector(world);
    a.onContact(onEdge);
    world.runUntil(100 * MS);
    expect(heard).toEqual(['begin 2', 'end 5', 'begin 10', 'end 20']);
  });

  it('are the actual ones', () => {
    const actual = [
      { plannedStartNs: 2 * MS, isMissing: true },
      { plannedStartNs: 10 * MS, startNs: 12 * MS, endNs: 13 * MS },
    ];
    const { world, a } = pair({ ...CONTACTS, actual });
    const { heard, onEdge } = collector(world);
    a.onContact(onEdge);
    world.runUntil(100 * MS);
    expect(heard).toEqual(['begin 12', 'end 13']);
  });

  it('cost two events a window, and none where nobody listens', () => {
    const events = (listeners: number): number => {
      const periodNs = DAY / 4;
      const { world, a } = pair({ windows: [{ startNs: 0, endNs: 600_000 * MS }], periodNs });
      if (listeners > 0) a.onContact(() => undefined);
      world.runUntil(100 * DAY);
      return world.scheduler.eventCount;
    };
    expect(events(0)).toBe(0);
    // Four contacts a day, and the one that begins with day 101.
    expect(events(1)).toBe(2 * 4 * 100 + 1);
  });

  it('reach each layer by itself, and a layer that listens moves nothing below', () => {
    const run = (layered: boolean): { lower: string[]; upper: string[] } => {
      const { world, a } = pair(CONTACTS);
      const lower = collector(world);
      const upper = collector(world);
      a.onContact(lower.onEdge);
      if (layered) {
        a.addLayer({ protocol: 'top', channel: 9, carriers: [] }).onContact(upper.onEdge);
      }
      world.runUntil(100 * MS);
      return { lower: lower.heard, upper: upper.heard };
    };
    const alone = run(false);
    const both = run(true);
    expect(both.lower).toEqual(alone.lower);
    expect(both.upper).toEqual(both.lower);
    expect(alone.upper).toEqual([]);
  });

  it('wait until the time of the run begins, which nodes read as planTime', () => {
    const { world, a } = pair(CONTACTS);
    world.network.planOriginNs = PLAN_NOT_BEGUN;
    const { heard, onEdge } = collector(world);
    a.onContact(onEdge);
    world.runUntil(50 * MS);
    expect(heard).toEqual([]);
    expect(a.planTime()).toBe(0);
    world.beginPlans(60 * MS);
    expect(a.planTime()).toBe(0);
    world.runUntil(100 * MS);
    expect(heard).toEqual(['begin 62', 'end 65', 'begin 70', 'end 80']);
    expect(a.planTime()).toBe(40 * MS);
  });

  it('are those of a segment, without a peer', () => {
    const world = makeWorld();
    const a = world.addHost({ name: 'a', address: '127.0.0.1' });
    world.addHost({ name: 'b', address: '127.0.0.2' });
    const members = ['a', 'b'].map((host) => ({ host, port: 1 }));
    world.addSegment({ id: 'lan', members, medium: { ...FAST, contacts: CONTACTS } });
    const heard: ContactTransition[] = [];
    a.onContact((edge) => heard.push(edge));
    world.runUntil(3 * MS);
    expect(heard).toEqual([{ kind: 'begin', link: 'lan' }]);
  });
});

describe('the plan that nodes see', () => {
  it('has the windows of each direction with their rate and delay, and not the truth', () => {
    const actual = [{ plannedStartNs: 2 * MS, isMissing: true }];
    const end = (host: string): { host: string; port: number } => ({ host, port: 1 });
    const link = {
      id: 'ab',
      a: end('a'),
      b: end('b'),
      forward: { ...FAST, contacts: { windows: WINDOWS, periodNs: DAY, actual } },
      backward: FAST,
      position: { file: 'f', line: 1, column: 1 },
    };
    const plain = { ...link, id: 'plain', forward: FAST };
    const { links } = networkMap({ hosts: [], links: [link, plain], areas: [] });
    expect(links[0]?.contacts).toEqual({
      aToB: {
        windows: [
          { startNs: 2 * MS, endNs: 5 * MS, rateBps: FAST.rateBps, delayNs: FAST.delayNs },
          { startNs: 10 * MS, endNs: 20 * MS, rateBps: 5_000, delayNs: 7 * MS },
        ],
        periodNs: DAY,
      },
    });
    expect(Object.keys(links[1] ?? {})).not.toContain('contacts');
  });
});
