/**
 * The security context BIB-HMAC-SHA2 (RFC 9173 section 3).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { ALL_SCOPE_FLAGS, integrityProtectedText, type SecurityOperation } from './scope.ts';
import {
  createBytesValue,
  createUintValue,
  findBytesValue,
  findUintValue,
  type SecurityBlock,
  type SecurityTarget,
  type SecurityValue,
  WRONG_TYPE,
} from './security-block.ts';

/** Security context number of BIB-HMAC-SHA2 (RFC 9173 section 5.1). */
export const INTEGRITY_CONTEXT_ID = 1;
/** Numbers of parameters (RFC 9173 section 3.3.4). */
const VARIANT = 1;
const WRAPPED_KEY = 2;
const SCOPE_FLAGS = 3;
/** Number of the result that is the MAC (RFC 9173 section 3.4). */
const MAC = 1;

/** Length of the hash, bits, by SHA variant (RFC 9173 section 3.3.1). */
const BITS: Readonly<Record<number, HashBits>> = { 5: 256, 6: 384, 7: 512 };
const VARIANTS: Readonly<Record<HashBits, number>> = { 256: 5, 384: 6, 512: 7 };
const DEFAULT_VARIANT = 6;
/** Length of the SHA-2 hash in the MAC of an integrity block, bits. */
export type HashBits = 256 | 384 | 512;

/** The parameters of an integrity block, which are the same for all its operations. */
export interface IntegrityParameters {
  readonly hash: HashBits;
  readonly scope: number;
  /** The key, encrypted under another key (RFC 3394); absent if both sides already have the key. */
  readonly wrappedKey?: Uint8Array;
}

/** Encodes the parameters as values, in the order of the examples of RFC 9173. */
export function integrityParameterValues(
  parameters: IntegrityParameters,
): readonly SecurityValue[] {
  const { hash, scope, wrappedKey } = parameters;
  return [
    createUintValue(VARIANT, VARIANTS[hash]),
    ...(wrappedKey === undefined ? [] : [createBytesValue(WRAPPED_KEY, wrappedKey)]),
    createUintValue(SCOPE_FLAGS, scope),
  ];
}

/** Reads the parameters; undefined if one has a wrong type or an unknown value. */
export function readIntegrityParameters({
  parameters,
}: SecurityBlock): IntegrityParameters | undefined {
  const variant = findUintValue(parameters, VARIANT) ?? DEFAULT_VARIANT;
  const wrappedKey = findBytesValue(parameters, WRAPPED_KEY);
  const scope = findUintValue(parameters, SCOPE_FLAGS) ?? ALL_SCOPE_FLAGS;
  if (variant === WRONG_TYPE || wrappedKey === WRONG_TYPE || scope === WRONG_TYPE) return undefined;
  const hash = BITS[variant];
  // With unknown scope flags the MAC covers something that this node does not know, so it could not be
  // verified.
  if (hash === undefined || scope > ALL_SCOPE_FLAGS) return undefined;
  return { hash, scope, ...(wrappedKey && { wrappedKey }) };
}

/** Computes the MAC of a target. @returns the target with the MAC as its result. */
export function signTarget(
  crypto: CryptoProvider,
  key: Uint8Array,
  hash: HashBits,
  operation: SecurityOperation,
): SecurityTarget {
  const mac = macOf(crypto, key, hash, operation);
  return { number: operation.target, results: [createBytesValue(MAC, mac)] };
}

/** True if the target has the right MAC. */
export function hasRightMac(
  crypto: CryptoProvider,
  key: Uint8Array,
  { hash, results }: { readonly hash: HashBits; readonly results: readonly SecurityValue[] },
  operation: SecurityOperation,
): boolean {
  const found = findBytesValue(results, MAC);
  if (found === undefined || found === WRONG_TYPE) return false;
  return crypto.equal(macOf(crypto, key, hash, operation), found);
}

function macOf(
  crypto: CryptoProvider,
  key: Uint8Array,
  hash: HashBits,
  operation: SecurityOperation,
): Uint8Array {
  const text = integrityProtectedText(operation);
  switch (hash) {
    case 256:
      return crypto.hmacSha256(key, text);
    case 384:
      return crypto.hmacSha384(key, text);
    case 512:
      return crypto.hmacSha512(key, text);
  }
}
