import { describe, expect, it } from 'vitest';
import {
  ContactPlan,
  DEFAULT_PLAN_OPTIONS,
  type PlannedContact,
  type PlanOptions,
} from '../../../../../nodes/dtn/contact-graph/plan.ts';
import { RouteList } from '../../../../../nodes/dtn/contact-graph/routes.ts';
import { type Route, RouteSearch } from '../../../../../nodes/dtn/contact-graph/search.ts';
import { listEveryRoute } from '../../../../../runner/verify/bundles/every-route.ts';
import { type Draw, draws } from '../../../../fixtures/draws.ts';

const PLANS = 2_000;
const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);
/** Instants are small, so that ties of all four keys are frequent. */
const HORIZON = 12;

function randomPlan(draw: Draw, options: PlanOptions): ContactPlan {
  const nodes = 3 + draw(4);
  const contacts: PlannedContact[] = [];
  for (let count = 4 + draw(14); count > 0; count -= 1) {
    const from = draw(nodes);
    const to = (from + 1 + draw(nodes - 1)) % nodes;
    const startNs = draw(HORIZON);
    const endNs = startNs + 1 + draw(HORIZON);
    contacts.push({ from, to, startNs, endNs, rate: 1, owltNs: draw(3) });
  }
  return new ContactPlan(contacts, nodes, options);
}

/** A relay, node 0, that passes by ten others in turn, again and again. */
function loop(periods: number): ContactPlan {
  const contacts: PlannedContact[] = [];
  for (let period = 0; period < periods; period += 1) {
    for (let node = 1; node <= 10; node += 1) {
      const startNs = period * 100 + node * 10;
      const window = { startNs, endNs: startNs + 3, rate: 1, owltNs: 1 };
      contacts.push({ from: node, to: 0, ...window }, { from: 0, to: node, ...window });
    }
  }
  return new ContactPlan(contacts, 11, DEFAULT_PLAN_OPTIONS);
}

const keysOf = (route: Route | undefined): unknown =>
  route && [route.arrivalNs, route.contacts.length, route.terminationNs, route.entry];

describe('the search', () => {
  it.each(['closed', 'open'] as const)(
    `agrees with all routes in all four keys: ${PLANS} random plans, windows %s, seed ${SEED}`,
    (windowEnd) => {
      const draw = draws(SEED);
      let routed = 0;
      for (let count = 0; count < PLANS; count += 1) {
        const plan = randomPlan(draw, { windowEnd, marginNs: draw(2) });
        const query = { source: 0, target: plan.nodes - 1, atNs: draw(HORIZON) };
        const [best] = listEveryRoute(plan, query);
        expect(keysOf(new RouteSearch(plan).best(query))).toEqual(keysOf(best));
        if (best !== undefined) routed += 1;
      }
      expect(routed).toBeGreaterThan(PLANS / 3);
    },
  );

  it('takes about as long in a plan that repeats 256 times as in one that repeats 4 times', () => {
    const timeOf = (periods: number): number => {
      const plan = loop(periods);
      const search = new RouteSearch(plan);
      const began = performance.now();
      for (let count = 0; count < 300; count += 1)
        search.best({ source: 1 + (count % 9), target: 10, atNs: count % 100 });
      return performance.now() - began;
    };
    // In turns, the least of nine each: other work makes a run of some milliseconds slow, never quick.
    const runs = Array.from({ length: 9 }, () => [timeOf(256), timeOf(4)] as const);
    const [long, short] = [0, 1].map((which) =>
      Math.min(...runs.map((run) => run[which] as number)),
    );
    expect((long ?? 0) / (short ?? 0)).toBeLessThan(4);
  });

  it('avoids nodes and first contacts as asked', () => {
    const draw = draws(SEED + 1);
    for (let count = 0; count < PLANS; count += 1) {
      const plan = randomPlan(draw, DEFAULT_PLAN_OPTIONS);
      const avoided = new Set([1 + draw(plan.nodes - 2)]);
      const notFirst = new Set([draw(plan.from.length), draw(plan.from.length)]);
      const query = { source: 0, target: plan.nodes - 1, atNs: draw(HORIZON), avoided, notFirst };
      const [best] = listEveryRoute(plan, query);
      expect(keysOf(new RouteSearch(plan).best(query))).toEqual(keysOf(best));
    }
  });

  it('finds no route from a node to itself', () => {
    const plan = randomPlan(draws(SEED), DEFAULT_PLAN_OPTIONS);
    expect(new RouteSearch(plan).best({ source: 0, target: 0, atNs: 0 })).toBeUndefined();
  });
});

describe('the list', () => {
  it('has all routes, each once, in the order of arrival', () => {
    const draw = draws(SEED + 2);
    let several = 0;
    for (let count = 0; count < 300; count += 1) {
      const plan = randomPlan(draw, DEFAULT_PLAN_OPTIONS);
      const query = { source: 0, target: plan.nodes - 1, atNs: draw(HORIZON) };
      const all = listEveryRoute(plan, query);
      const list = new RouteList(plan, new RouteSearch(plan), query);
      const listed: Route[] = [];
      for (let at = 0; ; at += 1) {
        const route = list.at(at);
        if (route === undefined) break;
        listed.push(route);
      }
      const names = (routes: readonly Route[]): string[] =>
        routes.map(({ contacts }) => contacts.join(',')).sort();
      expect(names(listed)).toEqual(names(all));
      const arrivals = listed.map(({ arrivalNs }) => arrivalNs);
      expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
      if (all.length > 3) several += 1;
    }
    expect(several).toBeGreaterThan(50);
  });
});
