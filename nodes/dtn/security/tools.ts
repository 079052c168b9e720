/**
 * The tools of security operations: cryptography, keys, initialization vectors and counters; and
 * the reasons for which operations fail.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Eid } from '../wire/eid.ts';
import type { SecurityKeys } from './keys.ts';
import type { InitializationVectors } from './vectors.ts';

/**
 * Why the security of a node drops a bundle. The reason codes are those of RFC 9172 section 11.3.
 */
export type SecurityDropReason =
  /** Reason 12: an operation that a rule requires is missing. */
  | 'security-missing'
  /** Reason 12: the payload is not encrypted, and the option `guard` requires that it is. */
  | 'payload-in-the-clear'
  /** Reason 13: the context of an operation is unknown. */
  | 'security-unknown'
  /** Reason 14: the bundle has an operation that a rule forbids. */
  | 'security-unexpected'
  /** Reason 15: an operation failed. */
  | 'security-failed'
  /** Reason 16: security blocks contradict each other. */
  | 'security-conflicting'
  /** No reason code: the disk has not confirmed new initialization vectors. */
  | 'security-not-ready';

/** Metrics that count security operations. */
export type SecurityCounterName =
  | 'dtn.security.added'
  | 'dtn.security.verified'
  | 'dtn.security.accepted'
  | 'dtn.security.failed';

/** The cryptography, keys and initialization vectors of one node. */
export interface SecurityTools {
  readonly crypto: CryptoProvider;
  readonly keys: SecurityKeys;
  readonly vectors: InitializationVectors;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Identifier of the node. */
  readonly node: Eid;
  readonly count: (metric: SecurityCounterName) => void;
}
