/**
 * Public interface of delay-tolerant networking: the protocol, the format of bundles and the search
 * for routes.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { locateBundle } from './account.ts';
import { type DtnOptions, dtnConfig } from './config.ts';
import { behaviourOf } from './doubles/index.ts';
import { DTN_DROP_REASONS } from './drops.ts';
import { DTN_FORGERIES } from './forgeries.ts';
import { DTN_CARRIER_CHANNEL, DTN_MESSAGE_BYTES_MAX } from './geometry.ts';
import { findLayerConflicts } from './links/find-layer-conflicts.ts';
import { DTN_METRICS } from './metrics.ts';
import { dtnMust } from './must.ts';
import { createDtnNode } from './node.ts';
import { securityProvisioning } from './security/security-node.ts';
import { orbitsGenerator } from './topology/circular-orbits.ts';
import { meetingsGenerator } from './topology/exponential-meetings.ts';
import { bonnmotionImporter } from './topology/import-bonnmotion.ts';
import { ccmImporter } from './topology/import-ccm.ts';
import { hdtnImporter } from './topology/import-hdtn.ts';
import { ionImporter } from './topology/import-ion.ts';
import { ns2Importer } from './topology/import-ns2.ts';
import { traceImporter } from './topology/import-traces.ts';
import { relaysGenerator } from './topology/passing-relays.ts';
import { waypointsGenerator } from './topology/random-waypoint.ts';

/** The `dtn` protocol: stores bundles and forwards them when there is a contact. */
export const protocol: Protocol<DtnOptions> = {
  name: 'dtn',
  summary: 'stores bundles and forwards them when there is a contact',
  config: dtnConfig,
  disagreements: findLayerConflicts,
  account: { kind: 'steps' },
  messages: () => locateBundle,
  messageKinds: { bundle: 'content', record: 'reaction' },
  generators: [meetingsGenerator, waypointsGenerator, orbitsGenerator, relaysGenerator],
  importers: [
    ionImporter,
    hdtnImporter,
    traceImporter,
    ns2Importer,
    bonnmotionImporter,
    ccmImporter,
  ],
  jobs: {},
  moduleUrl: import.meta.url,
  drops: DTN_DROP_REASONS,
  forgeries: DTN_FORGERIES,
  metrics: DTN_METRICS,
  channel: DTN_CARRIER_CHANNEL,
  provisioning: securityProvisioning,
  needsRun: ({ security }) =>
    security.keys.some(({ changes }) => changes.length > 0)
      ? 'its keys change at instants of a run (security.keys)'
      : undefined,
  wishes: { lifetime: 'honoured', priority: 'honoured', tolerant: 'honoured' },
  ports: ({ layer }, linkPorts) => (layer === 'tcpcl' ? { tcp: linkPorts } : { udp: linkPorts }),
  // A crash loses the bundles of a store in memory without notice, so it offers best effort only.
  carries: ({ store }) => ({
    maxBytes: DTN_MESSAGE_BYTES_MAX,
    delivery: store.kind === 'durable' ? 'custody' : 'best-effort',
    isOrdered: false,
  }),
  double: ({ double }) => double && `double: ${double}`,
  must: dtnMust,
  create: (host, setup) => createDtnNode(host, setup, behaviourOf(setup.options)),
};

// Parts that run without a host, for checks against theory.
export { LinkOutlet } from './agent/adjacency.ts';
export { BundleAgent } from './agent/agent.ts';
export type { AgentEffect } from './agent/effects.ts';
export type { AgentInput } from './agent/input.ts';
export { CORRECT_BEHAVIOUR } from './behaviour.ts';
export { type DtnOptions, dtnConfig } from './config.ts';
export {
  type BundleRequirements,
  chooseRoute,
  type NoRouteReason,
  RemainingContactVolumes,
  ROUTES_CONSIDERED_MAX,
  type RouteChoiceContext,
  type RouteProjection,
  STANDARD_OVERHEAD_ALLOWANCE,
} from './contact-graph/choose.ts';
export { ContactPlan, DEFAULT_PLAN_OPTIONS, type PlannedContact } from './contact-graph/plan.ts';
export { compareRoutes, RouteList } from './contact-graph/routes.ts';
export { type Route, type RouteQuery, RouteSearch } from './contact-graph/search.ts';
export { LtpMachine } from './layer/ltp.ts';
export type { LtpEffect, LtpInput, LtpLinkParameters } from './layer/ltp-shared.ts';
export { HostEids } from './names.ts';
export { makeRouter } from './router/make-router.ts';
export { type BlockChanges, blockFields, copyBundle, freeBlockNumber } from './wire/copy.ts';
export { BUNDLE_DROP_REASONS, type BundleDropReason } from './wire/drops.ts';
export {
  deriveNodeEid,
  type Eid,
  formatEid,
  isNodeEid,
  isSingleton,
  parseEid,
} from './wire/eid.ts';
export { encodeEid } from './wire/eid-wire.ts';
export {
  type BlockFields,
  type CrcType,
  encodeBundle,
  type PrimaryFields,
  payloadBlock,
  writeBundle,
} from './wire/encode.ts';
export { bundleAgeData, hopCountData, previousNodeData } from './wire/extensions.ts';
export { isFragmentable, type PayloadPiece, writeFragment } from './wire/fragment.ts';
export { PartialPayload } from './wire/partial-payload.ts';
export {
  decodeStatusReport,
  encodeStatusReport,
  STATUS_REASON,
  type StatusAssertion,
  type StatusReport,
} from './wire/status-report.ts';
export { BundleView } from './wire/view.ts';
