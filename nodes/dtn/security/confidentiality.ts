/**
 * The security context BCB-AES-GCM (RFC 9173 section 4). The ciphertext replaces the content of the
 * target and has the same length; the authentication tag is a result in the security block.
 *
 * @module
 */
import type { AeadName, CryptoProvider } from '../../../engine/host/crypto.ts';
import { ALL_SCOPE_FLAGS, authenticatedData, type SecurityOperation } from './scope.ts';
import {
  createBytesValue,
  createUintValue,
  findBytesValue,
  findUintValue,
  type SecurityBlock,
  type SecurityValue,
  WRONG_TYPE,
} from './security-block.ts';

/** Security context number of BCB-AES-GCM (RFC 9173 section 5.1). */
export const CONFIDENTIALITY_CONTEXT_ID = 2;
/** Numbers of parameters (RFC 9173 section 4.3.5). */
const INITIALIZATION_VECTOR = 1;
const VARIANT = 2;
const WRAPPED_KEY = 3;
const SCOPE_FLAGS = 4;
/** Number of the result that is the authentication tag (RFC 9173 section 4.4). */
const TAG = 1;
const TAG_BYTES = 16;
/**
 * Length of the initialization vector, bytes: RFC 9173 section 4.3.1 recommends 12, and the crypto
 * provider supports no other length.
 */
export const INITIALIZATION_VECTOR_BYTES = 12;

/** Length of the key, bits, by AES variant (RFC 9173 section 4.3.2). */
const BITS: Readonly<Record<number, KeyBits>> = { 1: 128, 3: 256 };
const VARIANTS: Readonly<Record<KeyBits, number>> = { 128: 1, 256: 3 };
const DEFAULT_VARIANT = 3;
const CIPHERS: Readonly<Record<KeyBits, AeadName>> = { 128: 'aes-128-gcm', 256: 'aes-256-gcm' };
/** Length of the AES key of a confidentiality block, bits. */
export type KeyBits = 128 | 256;

/** The parameters of a confidentiality block, which are the same for all its operations. */
export interface ConfidentialityParameters {
  readonly vector: Uint8Array;
  readonly key: KeyBits;
  readonly scope: number;
  /**
   * The key, encrypted under another key (RFC 3394); absent if both sides already have the key.
   */
  readonly wrappedKey?: Uint8Array;
}

/** Encodes the parameters as values, in the order of the examples of RFC 9173. */
export function confidentialityParameterValues(
  parameters: ConfidentialityParameters,
): readonly SecurityValue[] {
  const { vector, key, scope, wrappedKey } = parameters;
  return [
    createBytesValue(INITIALIZATION_VECTOR, vector),
    createUintValue(VARIANT, VARIANTS[key]),
    ...(wrappedKey === undefined ? [] : [createBytesValue(WRAPPED_KEY, wrappedKey)]),
    createUintValue(SCOPE_FLAGS, scope),
  ];
}

/**
 * Reads the parameters; undefined if the vector is missing, or a parameter has a wrong type or an
 * unknown value.
 */
export function readConfidentialityParameters({
  parameters,
}: SecurityBlock): ConfidentialityParameters | undefined {
  const vector = findBytesValue(parameters, INITIALIZATION_VECTOR);
  const variant = findUintValue(parameters, VARIANT) ?? DEFAULT_VARIANT;
  const wrappedKey = findBytesValue(parameters, WRAPPED_KEY);
  const scope = findUintValue(parameters, SCOPE_FLAGS) ?? ALL_SCOPE_FLAGS;
  if (variant === WRONG_TYPE || wrappedKey === WRONG_TYPE || scope === WRONG_TYPE) return undefined;
  if (
    vector === undefined ||
    vector === WRONG_TYPE ||
    vector.length !== INITIALIZATION_VECTOR_BYTES
  ) {
    return undefined;
  }
  const key = BITS[variant];
  if (key === undefined || scope > ALL_SCOPE_FLAGS) return undefined;
  return { vector, key, scope, ...(wrappedKey && { wrappedKey }) };
}

/**
 * The cipher of an operation: crypto provider, the key that encrypts the target (`content`), and
 * parameters.
 */
export interface TargetCipher {
  readonly crypto: CryptoProvider;
  readonly content: Uint8Array;
  readonly parameters: ConfidentialityParameters;
}

/** Encrypts `plain`, the content of the operation's target. */
export function encryptTarget(
  { crypto, content, parameters }: TargetCipher,
  plain: Uint8Array,
  operation: SecurityOperation,
): { readonly ciphertext: Uint8Array; readonly results: readonly SecurityValue[] } {
  const sealed = new Uint8Array(plain.length + TAG_BYTES);
  const aead = crypto.aead(CIPHERS[parameters.key], content);
  aead.seal(parameters.vector, authenticatedData(operation), plain, sealed);
  aead.wipe();
  const ciphertext = sealed.subarray(0, plain.length);
  return { ciphertext, results: [createBytesValue(TAG, sealed.subarray(plain.length))] };
}

/** Decrypts the content of the operation's target; undefined if the authentication tag is wrong. */
export function decryptTarget(
  { crypto, content, parameters }: TargetCipher,
  ciphertext: Uint8Array,
  {
    results,
    operation,
  }: { readonly results: readonly SecurityValue[]; readonly operation: SecurityOperation },
): Uint8Array | undefined {
  const sealed = sealedText(ciphertext, results);
  if (sealed === undefined || content.length * 8 !== parameters.key) return undefined;
  const plain = new Uint8Array(sealed.length - TAG_BYTES);
  const aead = crypto.aead(CIPHERS[parameters.key], content);
  const length = aead.open(parameters.vector, authenticatedData(operation), sealed, plain);
  aead.wipe();
  return length < 0 ? undefined : plain;
}

/**
 * Joins ciphertext and tag; RFC 9173 section 4.4 also allows that the tag is at the end of the
 * ciphertext.
 */
function sealedText(
  ciphertext: Uint8Array,
  results: readonly SecurityValue[],
): Uint8Array | undefined {
  const tag = findBytesValue(results, TAG);
  if (tag === undefined) return ciphertext.length < TAG_BYTES ? undefined : ciphertext;
  if (tag === WRONG_TYPE || tag.length !== TAG_BYTES) return undefined;
  const sealed = new Uint8Array(ciphertext.length + TAG_BYTES);
  sealed.set(ciphertext);
  sealed.set(tag, ciphertext.length);
  return sealed;
}
