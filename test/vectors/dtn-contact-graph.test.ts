/**
 * Published contact plans: best routes (CCSDS 734.3-B-1 section 3.2.8.1.4), volumes and backlog
 * (section 3.2.6).
 */
import { describe, expect, it } from 'vitest';
import {
  chooseRoute,
  RemainingContactVolumes,
  ROUTES_CONSIDERED_MAX,
  type RouteChoiceContext,
  STANDARD_OVERHEAD_ALLOWANCE,
} from '../../nodes/dtn/contact-graph/choose.ts';
import {
  ContactPlan,
  DEFAULT_PLAN_OPTIONS,
  type WindowEnd,
} from '../../nodes/dtn/contact-graph/plan.ts';
import { RouteList } from '../../nodes/dtn/contact-graph/routes.ts';
import { RouteSearch } from '../../nodes/dtn/contact-graph/search.ts';
import { itWhole, vectorSets, vectors } from '../vectors-root.ts';

type Name = string | number;

interface Contact {
  readonly from: Name;
  readonly to: Name;
  readonly start: number;
  readonly end: number;
  readonly owlt: number;
  /** Bytes per second. */
  readonly rate?: number;
}

interface Expected {
  readonly arrival: number;
  readonly hops: number;
  readonly termination: number;
  readonly entry: Name;
}

interface PlanFile {
  readonly name: string;
  readonly contacts: readonly Contact[];
  readonly queries: readonly {
    readonly source: Name;
    readonly dest: Name;
    readonly time: number;
    readonly expect: Expected | null;
    readonly expectOpenEnd?: Expected | null;
  }[];
}

interface VolumeFile {
  readonly name: string;
  readonly contacts: readonly Contact[];
  readonly backlog: Readonly<Record<string, number>>;
  readonly bundles: readonly {
    readonly source: Name;
    readonly dest: Name;
    readonly time: number;
    readonly size: number;
    readonly deadline?: number;
    readonly result: {
      readonly route: readonly number[];
      readonly evc: number;
      readonly eto: number;
      readonly pbat: number;
      readonly rvl: number;
    } | null;
  }[];
  readonly mtvAfter: readonly number[];
}

interface Cases<T> {
  readonly cases: readonly T[];
}

/**
 * The plan of J. A. Fraire et al., "Routing in the Space Internet: A contact graph routing tutorial"
 * (2021), with the routes of `VerifiedSabr/Tests/SearchTests.lean` of toxic2040/verified-sabr.
 */
const TUTORIAL: PlanFile = {
  name: 'tutorial',
  contacts: [
    { from: 'A', to: 'B', start: 0, end: 60, owlt: 1 },
    { from: 'B', to: 'C', start: 0, end: 60, owlt: 1 },
    { from: 'A', to: 'C', start: 0, end: 60, owlt: 1 },
    { from: 'C', to: 'D', start: 0, end: 30, owlt: 1 },
    { from: 'A', to: 'E', start: 10, end: 20, owlt: 1 },
    { from: 'D', to: 'E', start: 0, end: 10, owlt: 1 },
    { from: 'D', to: 'E', start: 30, end: 40, owlt: 1 },
    { from: 'D', to: 'E', start: 50, end: 60, owlt: 1 },
  ],
  queries: [
    {
      source: 'A',
      dest: 'E',
      time: 0,
      expect: { arrival: 3, hops: 3, termination: 10, entry: 'C' },
    },
    {
      source: 'A',
      dest: 'E',
      time: 9,
      expect: { arrival: 11, hops: 1, termination: 20, entry: 'E' },
    },
    {
      source: 'A',
      dest: 'E',
      time: 29,
      expect: { arrival: 32, hops: 3, termination: 30, entry: 'C' },
      expectOpenEnd: null,
    },
    { source: 'A', dest: 'E', time: 30, expect: null },
  ],
};

/** Computed independently from CCSDS 734.3-B-1 section 3.2.6, at 1,000 B/s. */
const SMALL_BUNDLE: VolumeFile = {
  ...{
    name: 'one small bundle',
    backlog: {},
    bundles: [
      {
        source: 'A',
        dest: 'E',
        time: 0,
        size: 1000,
        result: { route: [2, 3, 5], evc: 1100, eto: 0.0, pbat: 6.3, rvl: 5800.0 },
      },
    ],
    mtvAfter: [60000, 60000, 58900, 28900, 10000, 8900, 10000, 10000],
  },
  contacts: TUTORIAL.contacts.map((contact) => ({ ...contact, rate: 1_000 })),
};

/** Numbers by value, names by code point. */
function byName(left: Name, right: Name): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return left < right ? -1 : 1;
}

const ns = (seconds: number): number => Math.round(seconds * 1e9);

interface Read {
  readonly plan: ContactPlan;
  /** Names of nodes by number, and back. */
  readonly names: readonly Name[];
  readonly id: (name: Name) => number;
}

/** A plan with the numbers of its nodes. */
function read(contacts: readonly Contact[], others: readonly Name[], windowEnd: WindowEnd): Read {
  const all = new Set([...contacts.flatMap(({ from, to }) => [from, to]), ...others]);
  const names = [...all].sort(byName);
  const id = (name: Name): number => names.indexOf(name);
  const planned = contacts.map(({ from, to, start, end, owlt, rate }) => ({
    from: id(from),
    to: id(to),
    startNs: ns(start),
    endNs: ns(end),
    owltNs: ns(owlt),
    rate: rate ?? 1,
  }));
  return {
    plan: new ContactPlan(planned, names.length, { ...DEFAULT_PLAN_OPTIONS, windowEnd }),
    names,
    id,
  };
}

function check(file: PlanFile): void {
  for (const { source, dest, time, expect: expected, expectOpenEnd } of file.queries) {
    const ends: readonly (readonly [WindowEnd, Expected | null])[] = [
      ['closed', expected],
      ['open', expectOpenEnd === undefined ? expected : expectOpenEnd],
    ];
    for (const [windowEnd, wanted] of ends) {
      const { plan, names, id } = read(file.contacts, [source, dest], windowEnd);
      const query = { source: id(source), target: id(dest), atNs: ns(time) };
      const route = new RouteSearch(plan).best(query);
      const found = route && {
        arrival: ns(route.arrivalNs / 1e9) / 1e9,
        hops: route.contacts.length,
        termination: route.terminationNs / 1e9,
        entry: names[route.entry],
      };
      expect(found ?? null, `${source} to ${dest} at ${time}, ${windowEnd}`).toEqual(wanted);
    }
  }
}

const PLANS = vectorSets<Cases<PlanFile>>('dtn/cgr/small.json', { cases: [TUTORIAL] });

describe.each(PLANS)('best routes, $set', ({ file }) => {
  it.each(file.cases)('of $name', check);
});

describe('best routes of long plans', () => {
  itWhole.each(['mars-9-node', 'lunanet-day', 'hdtn-10-nodes', 'ion-alternating'])(
    'of %s',
    (name) => {
      check(vectors<PlanFile>(`dtn/cgr/${name}.json`));
    },
  );

  itWhole('of all pairs of the day around the moon', () => {
    const { contacts } = vectors<PlanFile>('dtn/cgr/lunanet-day.json');
    const { rows } = vectors<{
      rows: readonly (readonly [number, Name, Name, number | null, number, number, Name])[];
    }>('dtn/cgr/lunanet-all-pairs.json');
    const queries = rows.map(([time, source, dest, arrival, hops, termination, entry]) => ({
      time,
      source,
      dest,
      expect: arrival === null ? null : { arrival, hops, termination, entry },
    }));
    expect(queries).toHaveLength(312);
    for (const { time, source, dest, expect: expected } of queries) {
      const { plan, names, id } = read(contacts, [], 'closed');
      const query = { source: id(source), target: id(dest), atNs: ns(time) };
      const route = new RouteSearch(plan).best(query);
      expect(route?.contacts.length ?? null).toBe(expected?.hops ?? null);
      expect(route === undefined ? null : names[route.entry]).toBe(expected?.entry ?? null);
      expect((route?.arrivalNs ?? 0) / 1e9).toBeCloseTo(expected?.arrival ?? 0, 6);
      expect((route?.terminationNs ?? 0) / 1e9).toBe(expected?.termination ?? 0);
    }
  });
});

const VOLUMES = vectorSets<Cases<VolumeFile>>('dtn/cgr/volume.json', { cases: [SMALL_BUNDLE] });

describe.each(VOLUMES)('volumes, $set', ({ file }) => {
  it.each(file.cases)('$name', ({ contacts, backlog, bundles, mtvAfter }) => {
    const { plan, names, id } = read(contacts, [], 'closed');
    const volumes = new RemainingContactVolumes(plan);
    const search = new RouteSearch(plan);
    for (const { source, dest, time, size, deadline, result } of bundles) {
      const choice: RouteChoiceContext = {
        plan,
        volumes,
        backlog: (neighbour) => backlog[String(names[neighbour])] ?? 0,
        allowance: STANDARD_OVERHEAD_ALLOWANCE,
        routesMax: ROUTES_CONSIDERED_MAX,
        nowNs: ns(time),
      };
      const deadlineNs = deadline === undefined ? Number.POSITIVE_INFINITY : ns(deadline);
      const list = new RouteList(plan, search, {
        source: id(source),
        target: id(dest),
        atNs: ns(time),
      });
      const demand = { size, priority: 0, deadlineNs, isFragmentable: false };
      const chosen = chooseRoute(list, demand, choice);
      if (result === null || typeof chosen === 'string') {
        expect(chosen).toBe(result === null ? 'no-contact-before-expiry' : result);
        continue;
      }
      expect(chosen.route.contacts).toEqual(result.route);
      expect(chosen.volume).toBeCloseTo(result.evc, 6);
      expect(chosen.departureNs / 1e9).toBeCloseTo(result.eto, 6);
      expect(chosen.arrivalNs / 1e9).toBeCloseTo(result.pbat, 6);
      expect(chosen.room).toBeCloseTo(result.rvl, 3);
      volumes.book(chosen, 0);
    }
    const left = contacts.map((_, contact) => volumes.left(contact, 0));
    expect(left.map((bytes) => Math.round(bytes))).toEqual(mtvAfter);
  });
});
