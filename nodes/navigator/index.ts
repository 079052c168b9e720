/**
 * Navigator: a library that chooses among ways by what they cost.
 *
 * @module
 */
export { MESSAGE_CLASSES, type MessageClass } from './classes.ts';
export { COST_AXES, composeCosts, dominates, FREE_COST, type WayCost } from './cost.ts';
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
