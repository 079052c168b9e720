/**
 * Checks D2, D5 and D6: the wait for a contact, routes over planned contacts, and how often walkers
 * meet.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import { roundToNanoseconds } from '../../../engine/core/sampling.ts';
import type { RandomStream } from '../../../engine/core/stream.ts';
import type { GeneratedTopology } from '../../../engine/host/generator.ts';
import {
  ContactPlan,
  chooseRoute,
  DEFAULT_PLAN_OPTIONS,
  type PlannedContact,
  protocol,
  RemainingContactVolumes,
  ROUTES_CONSIDERED_MAX,
  RouteList,
  type RouteProjection,
  RouteSearch,
  STANDARD_OVERHEAD_ALLOWANCE,
} from '../../../nodes/dtn/index.ts';
import { seededRandom } from '../../../topologies/generate/random.ts';
import { LinkChain } from '../base/line.ts';
import {
  ACCEPT_EQUAL,
  acceptPlusMinus,
  acceptWithin,
  type CheckMeasure,
  type VerificationCheck,
} from '../base/model.ts';
import { listEveryRoute } from '../bundles/every-route.ts';

const S = 1_000_000_000;
const ERRORS = 4;
const PERIOD_SECONDS = 100;
const CONTACT_SECONDS = 20;
const PACKETS = 40_000;

/** Check D2 of docs/VERIFICATION.md: the wait for a periodic contact. */
export const contactWaitCheck: VerificationCheck = {
  id: 'D2',
  name: 'periodic contact',
  formula: '(T - c)^2 / (2 T), at any instant; T = 100 s, c = 20 s, Poisson offers',
  catches: '2 %',
  run: (engine) => {
    const stream = engine.stream('D2', 'gaps');
    let waitedNs = 0;
    const windows = [{ startNs: 0, endNs: CONTACT_SECONDS * S }];
    const line = new LinkChain(engine, {
      name: 'verify/D2',
      specs: [
        {
          ...{ rateBps: Number.POSITIVE_INFINITY, delayNs: 0, queue: { kind: 'drop-tail' } },
          contacts: { windows, periodNs: PERIOD_SECONDS * S },
        },
      ],
      packets: PACKETS,
      gapNs: () => roundToNanoseconds(stream.exponential(S)),
      size: () => 100,
      watch: {
        arrived: (_number, _now, sojournNs): void => {
          waitedNs += sojournNs;
        },
      },
    });
    line.run();
    const away = PERIOD_SECONDS - CONTACT_SECONDS;
    const theory = away ** 2 / (2 * PERIOD_SECONDS);
    const deviation = Math.sqrt(away ** 3 / (3 * PERIOD_SECONDS) - theory ** 2);
    return [
      {
        label: 'mean wait, s',
        theory,
        measured: waitedNs / PACKETS / S,
        accept: acceptPlusMinus((ERRORS * deviation) / Math.sqrt(PACKETS)),
        digits: 3,
      },
    ];
  },
};

const PLANS = 500;
const BUNDLES = 12;
/**
 * Range of the starts of contacts and of deadlines, s; small, so that bundles often only just fit into
 * contacts.
 */
const HORIZON = 30;

function randomPlan(draw: RandomStream): ContactPlan {
  const nodes = 3 + draw.below(4);
  const contacts: PlannedContact[] = [];
  for (let count = 4 + draw.below(12); count > 0; count -= 1) {
    const from = draw.below(nodes);
    const to = (from + 1 + draw.below(nodes - 1)) % nodes;
    const startNs = S * draw.below(HORIZON);
    const endNs = startNs + S * (1 + draw.below(10));
    contacts.push({ from, to, startNs, endNs, rate: 1_000, owltNs: S * draw.below(3) });
  }
  return new ContactPlan(contacts, nodes, DEFAULT_PLAN_OPTIONS);
}

/** Numbers of bundles that were routed wrongly through one plan, for each kind of mistake. */
interface Wrongs {
  /** Number of bundles with a route over contacts that cannot carry them, or that would arrive after their deadline. */
  overfull: number;
  /** Number of bundles that got no route, although a route had room for them. */
  overlooked: number;
  routed: number;
}

/**
 * Routes bundles one after the other, while this check itself keeps account of what each contact
 * can still carry.
 */
function route(plan: ContactPlan, draw: RandomStream, isForgetful: boolean, wrongs: Wrongs): void {
  const { start, end, rate: rates } = plan;
  const left = Array.from(
    rates,
    (rate, index) => (((end[index] as number) - (start[index] as number)) * rate) / S,
  );
  let volumes = new RemainingContactVolumes(plan);
  const query = { source: 0, target: plan.nodes - 1, atNs: 0 };
  for (let count = 0; count < BUNDLES; count += 1) {
    const size = 200 + draw.below(4_000);
    const deadlineNs = S * (5 + draw.below(HORIZON));
    const list = new RouteList(plan, new RouteSearch(plan), query);
    if (isForgetful) volumes = new RemainingContactVolumes(plan);
    const chosen = chooseRoute(
      list,
      { size, priority: 0, deadlineNs, isFragmentable: false },
      {
        ...{
          plan,
          volumes,
          allowance: STANDARD_OVERHEAD_ALLOWANCE,
          routesMax: ROUTES_CONSIDERED_MAX,
          nowNs: 0,
        },
        backlog: () => 0,
      },
    );
    const volume =
      size +
      Math.max(
        (size * STANDARD_OVERHEAD_ALLOWANCE.percent) / 100,
        STANDARD_OVERHEAD_ALLOWANCE.bytesMin,
      );
    if (typeof chosen !== 'string') book(chosen, { volume, deadlineNs }, left, wrongs);
    else if (hasWay(plan, { volume, deadlineNs }, left)) wrongs.overlooked += 1;
    if (typeof chosen !== 'string') volumes.book(chosen, 0);
  }
}

interface Load {
  readonly volume: number;
  readonly deadlineNs: number;
}

function book(chosen: RouteProjection, load: Load, left: number[], wrongs: Wrongs): void {
  wrongs.routed += 1;
  const { contacts } = chosen.route;
  const isOverfull = contacts.some((contact) => (left[contact] as number) < load.volume);
  if (isOverfull || chosen.arrivalNs > load.deadlineNs) wrongs.overfull += 1;
  for (const contact of contacts) left[contact] = (left[contact] as number) - load.volume;
}

/**
 * True if there is a route that meets the deadline and whose contacts all have room after earlier
 * bundles.
 */
function hasWay(plan: ContactPlan, { volume, deadlineNs }: Load, left: readonly number[]): boolean {
  const query = { source: 0, target: plan.nodes - 1, atNs: 0 };
  const all = listEveryRoute(plan, query);
  // Only as many routes are tried as the route search under test considers.
  return all.slice(0, ROUTES_CONSIDERED_MAX).some(({ contacts }) => {
    let atNs = 0;
    for (const index of contacts) {
      const [startNs, endNs] = [plan.start[index] as number, plan.end[index] as number];
      const [rate, owltNs] = [plan.rate[index] as number, plan.trip[index] as number];
      // Bundles that were routed earlier may be sent first, so only the last part of the contact is
      // certainly free.
      const freeNs = endNs - ((left[index] as number) / rate) * S;
      const departureNs = Math.max(startNs, freeNs, atNs);
      const throughNs = departureNs + (volume / rate) * S;
      if (throughNs > endNs) return false;
      atNs = throughNs + owltNs;
    }
    return atNs <= deadlineNs;
  });
}

/** Check D5 of docs/VERIFICATION.md: routes over planned contacts. */
export const plannedRouteCheck: VerificationCheck = {
  id: 'D5',
  name: 'routes over planned contacts',
  formula: 'no bundle in a contact that cannot carry it; books kept apart, all routes as oracle',
  catches: '1 bundle',
  run: (engine) => {
    const draw = engine.stream('D5', 'plans');
    const wrongs: Wrongs = { overfull: 0, overlooked: 0, routed: 0 };
    const isForgetful = engine.defects.bundles?.isVolumeForgotten === true;
    for (let count = 0; count < PLANS; count += 1) {
      route(randomPlan(draw), draw, isForgetful, wrongs);
    }
    const exactly = (label: string, measured: number): CheckMeasure => {
      return { label, theory: 0, measured, accept: ACCEPT_EQUAL, digits: 0 };
    };
    return [
      exactly('bundles that did not fit', wrongs.overfull),
      exactly('ways that were overlooked', wrongs.overlooked),
      {
        label: `of ${PLANS * BUNDLES} bundles routed`,
        ...{ theory: PLANS * BUNDLES, measured: wrongs.routed, digits: 0 },
        accept: acceptWithin((PLANS * BUNDLES) / 10, PLANS * BUNDLES),
      },
    ];
  },
};

const WALKERS = 60;
const SIDE_METRES = 4_000;
const RANGE_METRES = 40;
const SPEED = 5;
const DAY_SECONDS = 86_400;
/**
 * Factor on the meeting rate: walkers are more often in the middle of the area than at its edges,
 * so they meet more often than walkers that are spread evenly.
 */
const CROWDING = 1.3683;

function meetingsOf({ links }: GeneratedTopology): number {
  return links.reduce((sum, { both }) => sum + (both?.contacts?.windows.length ?? 0), 0);
}

/** Check D6 of docs/VERIFICATION.md: how often random-waypoint walkers meet. */
export const walkerMeetingCheck: VerificationCheck = {
  id: 'D6',
  name: 'waypoints',
  formula: '2 w r E[v] / A a pair; w = 1.3683, E[v] = 4 v / pi (Groenevelt et al. 2005)',
  catches: '5 %',
  run: (engine) => {
    const generator = protocol.generators?.find(({ name }) => name === 'waypoints');
    const factor = engine.defects.bundles?.rangeFactor ?? 1;
    const entry = {
      ...{ nodes: WALKERS, width: `${SIDE_METRES}m`, height: `${SIDE_METRES}m`, until: '1d' },
      ...{ range: `${RANGE_METRES * factor}m`, slowest: `${SPEED}m/s`, fastest: `${SPEED}m/s` },
    };
    assert(generator !== undefined, 'dtn generates waypoints');
    const { data } = generator.parameters.safeParse(entry) as { readonly data?: unknown };
    const made = generator.generate(data, () => seededRandom('verify/D6', engine.seed));
    const pairs = (WALKERS * (WALKERS - 1)) / 2;
    const relative = (4 * SPEED) / Math.PI;
    const theory =
      (2 * CROWDING * RANGE_METRES * relative * DAY_SECONDS * pairs) / SIDE_METRES ** 2;
    return [
      {
        label: 'meetings in a day',
        theory,
        measured: meetingsOf(made),
        accept: acceptWithin(0.95 * theory, 1.05 * theory),
        digits: 0,
      },
    ];
  },
};
