/**
 * Delay-tolerant networking: the public face. So far the format of bundles and the search
 * for routes.
 *
 * @module
 */
export { type BlockChanges, blockFields, copyBundle, freeBlockNumber } from './bundle/copy.ts';
export { BUNDLE_DROPS, type BundleDrop } from './bundle/drops.ts';
export { type Eid, formatEid, isNodeEid, isSingleton, nodeOf, parseEid } from './bundle/eid.ts';
export { encodeEid } from './bundle/eid-wire.ts';
export {
  type BlockFields,
  type CrcType,
  encodeBundle,
  type PrimaryFields,
  payloadBlock,
  writeBundle,
} from './bundle/encode.ts';
export { bundleAgeData, hopCountData, previousNodeData } from './bundle/extensions.ts';
export { isFragmentable, type Piece, writeFragment } from './bundle/fragment.ts';
export { PartialPayload } from './bundle/reassembly.ts';
export {
  decodeStatusReport,
  encodeStatusReport,
  REASON,
  type StatusItem,
  type StatusReport,
} from './bundle/status-report.ts';
export { BundleView } from './bundle/view.ts';
export {
  ALLOWANCE,
  type Choice,
  chooseRoute,
  type Demand,
  type NoRoute,
  type Projection,
  ROUTES_MAX,
  Volumes,
} from './contact-graph/choose.ts';
export { ContactPlan, PLAN_OPTIONS, type PlannedContact } from './contact-graph/plan.ts';
export { RouteList } from './contact-graph/routes.ts';
export { type Route, type RouteQuery, RouteSearch } from './contact-graph/search.ts';
