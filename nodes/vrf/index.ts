/**
 * Verifiable random functions and what a mixnet draws with them: delays and neighbours. The public
 * interface of a library: it has no node, no configuration and no sockets, and draws no randomness.
 *
 * @module
 */
export { type AuditCounts, AuditLedger, type AuditOutcome } from './audit-ledger.ts';
export {
  auditDelay,
  auditLoop,
  type DelayAuditInput,
  type DelayVerdict,
  delayVrfInput,
  deriveExponentialDelayNs,
  deriveVrfDelayNs,
  type LoopAuditInput,
  type LoopHop,
  uniformFromBytes,
  VRF_DELAY_LAWS,
  type VrfDelayLaw,
} from './delay.ts';
export { DelayDeviationEstimator, type OwedDelay } from './delay-shares.ts';
export {
  countDistinctSystems,
  type NodeAsAndWeight,
  sameSystemEndsProbability,
  sameSystemEndsShare,
  simpsonIndex,
} from './diversity.ts';
export {
  isVrfPublicKey,
  openVrfSecretKey,
  proofToOutput,
  type VrfProof,
  type VrfPublicKey,
  type VrfSecretKey,
  verifyVrf,
} from './ecvrf.ts';
export {
  AUDIT_TOLERANCE_NS,
  BEACON_LENGTH,
  CANDIDATES_MAX,
  DELAY_CAP_MEANS,
  NEIGHBOURS_PER_AS_MAX_DEFAULT,
  OUTPUT_LENGTH,
  PROOF_LENGTH,
} from './geometry.ts';
export {
  checkNeighbourRecord,
  chooseDiverseCandidates,
  drawNeighbours,
  NEIGHBOUR_DROP_REASONS,
  type NeighbourCandidate,
  type NeighbourDrawInput,
  type NeighbourDropReason,
  type NeighbourRecord,
  neighboursFromProof,
  neighbourVrfInput,
  type RankedCandidate,
  rankCandidates,
} from './neighbours.ts';
export {
  PROOF_REFUSALS,
  ProofIssuer,
  type ProofIssuerOptions,
  type ProofRefusal,
} from './proof-issuer.ts';
export type { VrfSuite } from './suite.ts';
