/**
 * Navigator: the public interface. A library that chooses among ways by what they cost, and a protocol that sends
 * messages with it.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type NavigatorNodeOptions, navigatorConfig } from './config.ts';
import { defectsOf } from './doubles/index.ts';
import { NAVIGATOR_CHANNEL } from './geometry.ts';
import { CHOICE_METRICS } from './metrics.ts';
import { NAVIGATOR_MUST } from './must.ts';
import { createNavigatorNode } from './node.ts';

/** The navigator protocol: sends each message over the carrier that suits it, and adds nothing to it. */
export const protocol: Protocol<NavigatorNodeOptions> = {
  name: 'navigator',
  summary: 'sends each message over that one of several carriers that suits it, and says why',
  config: navigatorConfig,
  jobs: {},
  moduleUrl: import.meta.url,
  drops: {
    'no-such-peer': 'a message is refused: no carrier reaches its destination',
    'not-private': 'a private message is refused: no carrier hides who writes to whom',
    'privacy-spent': 'a message is refused: every way costs more privacy than the budget has left',
    'unknown-peer': 'a carrier names a peer that does not run this protocol',
  },
  metrics: CHOICE_METRICS,
  channel: NAVIGATOR_CHANNEL,
  carriers: ({ ways }) => ways.map((carrier, index) => ({ carrier, option: ['ways', index] })),
  // A private message is refused where no carrier hides who writes to whom.
  wishes: {
    lifetime: 'passed-on',
    priority: 'honoured',
    tolerant: 'passed-on',
    private: 'honoured',
  },
  double: ({ double }) => double && `double: ${double}`,
  must: () => NAVIGATOR_MUST,
  create: (host, setup) => createNavigatorNode(host, setup, defectsOf(setup.options)),
};

export { MESSAGE_CLASSES, type MessageClass } from './classes.ts';
export { ratingOf, WAY_CHOICE_OPTIONS } from './config.ts';
export { COST_AXES, composeCosts, dominates, FREE_COST, type WayCost } from './cost.ts';
export { DEFECTS_BY_DOUBLE as NAVIGATOR_DEFECTS_BY_DOUBLE } from './doubles/index.ts';
export { findFrontier } from './frontier.ts';
export { FRONTIER_MAX, PRIVACY_BUDGET, ROUND_TRIPS_BETWEEN_CHANGES } from './geometry.ts';
export {
  type MessageRoute,
  MessageRouter,
  type MessageRouterParts,
  type RoutableMessage,
} from './message-router.ts';
export { NAVIGATOR_METRICS } from './metrics.ts';
export { Navigator, type NavigatorOptions } from './navigator.ts';
export {
  scoreCosts,
  WEIGHTING_NAMES,
  WEIGHTINGS,
  type Weighting,
  type WeightingName,
} from './weighting.ts';
