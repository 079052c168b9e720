import { describe, expect, it } from 'vitest';
import type { HeldBundle } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import { CORRECT_BEHAVIOUR } from '../../../../../nodes/dtn/behaviour.ts';
import {
  ContactPlan,
  DEFAULT_PLAN_OPTIONS,
  type PlannedContact,
} from '../../../../../nodes/dtn/contact-graph/plan.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { ContactGraphRouter } from '../../../../../nodes/dtn/router/contact-graph.ts';
import type { RoutingContext } from '../../../../../nodes/dtn/router/router.ts';
import { seededRandom } from '../../../../../topologies/generate/random.ts';

const S = 1_000_000_000;
const NODES = 100;
const CONTACTS = 2_000;

const contact = (from: number, to: number, span: readonly [number, number]): PlannedContact => {
  return { from, to, startNs: span[0] * S, endNs: span[1] * S, rate: 1_000, owltNs: S };
};
const bundleFor = (destination: string, key = 'k'): HeldBundle =>
  ({ key, bytes: new Uint8Array(1_000), destination, priority: 1, from: undefined }) as HeldBundle;
const at = (seconds: number): RoutingContext => ({
  nowNs: seconds * S,
  deadlineOf: () => 1e6 * S,
  waiting: () => 0,
  isOpen: () => false,
  leastPiece: () => Number.POSITIVE_INFINITY,
});

function routerFor(contacts: readonly PlannedContact[], nodes: number): ContactGraphRouter {
  const names = new HostEids(
    Array.from({ length: nodes }, (_, index) => `n${index}`),
    'ipn',
  );
  const plan = new ContactPlan(contacts, nodes, DEFAULT_PLAN_OPTIONS);
  return new ContactGraphRouter({
    ...{ own: 'n0', names, plans: { at: (): ContactPlan => plan } },
    behaviour: CORRECT_BEHAVIOUR,
  });
}

/** A plan in which everybody meets somebody all the time. */
function randomPlan(draw: (below: number) => number): readonly PlannedContact[] {
  return Array.from({ length: CONTACTS }, () => {
    const from = draw(NODES);
    const to = (from + 1 + draw(NODES - 1)) % NODES;
    const start = draw(86_400);
    return contact(from, to, [start, start + 60 + draw(1_200)]);
  });
}

describe('routes through the contact graph', () => {
  it('go another way when a contact is full', () => {
    // 10 kB by 1 until 11 s, then by 2.
    const plan = [contact(0, 1, [0, 10]), contact(1, 3, [0, 10]), contact(0, 2, [0, 90])];
    const router = routerFor([...plan, contact(2, 3, [20, 90])], 4);
    const ways = Array.from({ length: 12 }, (_, index) => {
      const decision = router.route(bundleFor('n3', `k${index}`), at(0));
      if (decision.kind === 'go') return decision.neighbour;
      return decision.kind === 'wait' ? decision.why : decision.kind;
    });
    // A bundle of 1,000 bytes counts as 1,100: the contact has room for nine.
    expect(ways.slice(0, 9)).toEqual(new Array(9).fill('n1'));
    expect(ways.slice(9)).toEqual(new Array(3).fill('n2'));
  });

  it('are promised in a plan that goes on as in the one before', () => {
    const now = [contact(0, 1, [0, 100]), contact(1, 3, [0, 100]), contact(0, 2, [5, 300])];
    const first = new ContactPlan([...now, contact(2, 3, [0, 300])], 4, DEFAULT_PLAN_OPTIONS);
    // The way by 1, where 100 kB fit, is second in the list now.
    const later = [contact(0, 2, [5, 300]), contact(2, 3, [0, 300]), contact(1, 3, [0, 100])];
    const next = new ContactPlan([...later, contact(0, 1, [0, 100])], 4, DEFAULT_PLAN_OPTIONS);
    const names = new HostEids(['n0', 'n1', 'n2', 'n3'], 'ipn');
    const router = new ContactGraphRouter({
      ...{ own: 'n0', names, plans: { at: (ns): ContactPlan => (ns < S ? first : next) } },
      behaviour: CORRECT_BEHAVIOUR,
    });
    const large = { ...bundleFor('n3'), bytes: new Uint8Array(40_000) };
    const wayOf = (key: string, second: number): string => {
      const decision = router.route({ ...large, key }, at(second));
      if (decision.kind === 'go') return decision.neighbour;
      return decision.kind === 'wait' ? decision.why : decision.kind;
    };
    expect([wayOf('a', 0), wayOf('b', 0)]).toEqual(['n1', 'n1']);
    // 82.4 of 100 kB are promised; taken back, they are free in the new plan.
    expect(wayOf('c', 1)).toBe('n2');
    router.withdrawn({ ...large, key: 'a' });
    expect([wayOf('d', 1), wayOf('e', 1)]).toEqual(['n1', 'n2']);
  });

  it('are the same with a list that is kept as with one that is made anew', () => {
    const draw = seededRandom('test', 7);
    for (let round = 0; round < 20; round += 1) {
      const plan = Array.from({ length: 60 }, () => {
        const from = draw(8);
        const start = draw(200);
        return contact(from, (from + 1 + draw(7)) % 8, [start, start + 5 + draw(60)]);
      });
      const kept = routerFor(plan, 8);
      for (let second = 0; second < 200; second += 3) {
        const fresh = routerFor(plan, 8).route(bundleFor('n7'), at(second));
        const old = kept.route(bundleFor('n7'), at(second));
        kept.withdrawn(bundleFor('n7'));
        expect([round, second, old]).toEqual([round, second, fresh]);
      }
    }
  });

  it('R-141: are found over 100 nodes and 2,000 contacts', () => {
    const draw = seededRandom('test', 1);
    const router = routerFor(randomPlan(draw), NODES);
    let routes = 0;
    for (let query = 0; query < 200; query += 1) {
      const decision = router.route(bundleFor(`n${1 + (query % (NODES - 1))}`), at(query * 300));
      if (decision.kind === 'go') routes += 1;
    }
    expect(routes).toBeGreaterThan(100);
  });
});
