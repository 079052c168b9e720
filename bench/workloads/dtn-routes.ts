/**
 * Routes by the contact graph over a plan of 100 nodes and 2,000 contacts in a day, between random
 * nodes at random times.
 *
 * @module
 */
import type { HeldBundle } from '../../nodes/dtn/agent/held-bundle.ts';
import { CORRECT_BEHAVIOUR } from '../../nodes/dtn/behaviour.ts';
import {
  ContactPlan,
  DEFAULT_PLAN_OPTIONS,
  type PlannedContact,
} from '../../nodes/dtn/contact-graph/plan.ts';
import { HostEids } from '../../nodes/dtn/names.ts';
import { ContactGraphRouter } from '../../nodes/dtn/router/contact-graph.ts';
import type { RoutingContext } from '../../nodes/dtn/router/router.ts';
import { WorkloadRandom } from './xoshiro-below.ts';

const NODES = 100;
const CONTACTS = 2_000;
const DAY_S = 86_400;
const CONTACT_S_MIN = 60;
const CONTACT_S_SPREAD = 1_200;
const NS_PER_S = 1_000_000_000;
const BYTES = 1_000;

/** Number of other nodes, to each of which a router finds a route. */
export const TARGETS_OF_ROUTES: number = NODES - 1;

const names = new HostEids(
  Array.from({ length: NODES }, (_, index) => `n${index}`),
  'ipn',
);
const random = new WorkloadRandom();
const plan = new ContactPlan(
  Array.from({ length: CONTACTS }, planned),
  NODES,
  DEFAULT_PLAN_OPTIONS,
);
const BUNDLES = Array.from({ length: TARGETS_OF_ROUTES }, (_, index) => bundleTo(index + 1));

function planned(): PlannedContact {
  const from = random.below(NODES);
  const to = (from + 1 + random.below(NODES - 1)) % NODES;
  const startS = random.below(DAY_S);
  const endS = startS + CONTACT_S_MIN + random.below(CONTACT_S_SPREAD);
  const times = { startNs: startS * NS_PER_S, endNs: endS * NS_PER_S, owltNs: NS_PER_S };
  return { from, to, ...times, rate: 1_000_000 };
}

function bundleTo(target: number): HeldBundle {
  return {
    key: `to ${target}`,
    source: 'ipn:1.0',
    bytes: new Uint8Array(BYTES),
    destination: `n${target}`,
    priority: 1,
    sinceNs: 0,
    deadlineNs: Number.POSITIVE_INFINITY,
    from: undefined,
    observerNumber: 0,
  };
}

const around = (second: number): RoutingContext => ({
  nowNs: second * NS_PER_S,
  deadlineOf: () => Number.POSITIVE_INFINITY,
  waiting: () => 0,
  isOpen: () => false,
  leastPiece: () => Number.POSITIVE_INFINITY,
});

/** A router of the first node that knows no route yet. */
export function newRouter(): ContactGraphRouter {
  return new ContactGraphRouter({
    ...{ own: 'n0', names, plans: { at: (): ContactPlan => plan } },
    behaviour: CORRECT_BEHAVIOUR,
  });
}

/** Finds a route to every other node. @returns how many there are. */
export function routesFrom(router: ContactGraphRouter, second: number): number {
  const surroundings = around(second);
  let found = 0;
  for (const bundle of BUNDLES) {
    if (router.route(bundle, surroundings).kind === 'go') found += 1;
    router.withdrawn(bundle);
  }
  return found;
}
