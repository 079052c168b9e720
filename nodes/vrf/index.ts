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
  type DelayAudit,
  type DelayVerdict,
  delayUnderLaw,
  delayVrfInput,
  exponentialDelayOf,
  type LoopAudit,
  type LoopHop,
  uniformShare,
  VRF_DELAY_LAWS,
  type VrfDelayLaw,
} from './delay.ts';
export { DelayShares, type OwedDelay } from './delay-shares.ts';
export {
  distinctSystems,
  type LocatedNode,
  sameSystemAtBothEnds,
  sharedEndsRatio,
  simpsonIndex,
} from './diversity.ts';
export {
  isVrfPublicKey,
  openVrfKey,
  proofToOutput,
  type VrfKey,
  type VrfProof,
  type VrfPublicKey,
  verifyVrf,
} from './ecvrf.ts';
export {
  AUDIT_TOLERANCE_NS,
  BEACON_LENGTH,
  CANDIDATES_MAX,
  DELAY_CAP_MEANS,
  MAX_PER_AS_DEFAULT,
  OUTPUT_LENGTH,
  PROOF_LENGTH,
} from './geometry.ts';
export {
  type Candidate,
  checkNeighbourRecord,
  chooseDiverseCandidates,
  drawNeighbours,
  NEIGHBOUR_DROPS,
  type NeighbourDrawInput,
  type NeighbourDrop,
  type NeighbourRecord,
  neighbourVrfInput,
  provedNeighbours,
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
