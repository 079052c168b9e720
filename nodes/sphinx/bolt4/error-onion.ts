/**
 * Returned errors: made by the hop that fails, wrapped by every hop before it, read by the sender
 * (BOLT 4 "Returning Errors").
 *
 * The meaning of a failure and attribution data are not covered.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes, readUint16, writeUint16 } from '../../_kit/bytes.ts';
import type { Bolt4Drop } from './drops.ts';
import {
  ERROR_LENGTH,
  ERROR_ROUNDS,
  FAILURE_FIELD_LENGTH,
  FAILURE_LENGTH,
  HMAC_LENGTH,
} from './geometry.ts';
import { addBytes, keyOf, streamOf } from './keys.ts';

/** An error as read by the sender. */
export interface ReadError {
  /** Index of the hop that made it, from 0. */
  readonly hop: number;
  readonly failure: Uint8Array;
}

/**
 * Creates an error and wraps it once.
 * @param secret Shared with the sender.
 * @param failure 0 … 256 bytes.
 * @throws RangeError when the failure is longer.
 */
export function createError(
  crypto: CryptoProvider,
  secret: Uint8Array,
  failure: Uint8Array,
): Uint8Array {
  if (failure.length > FAILURE_LENGTH) throw new RangeError(`failure of ${failure.length} bytes`);
  const body = new Uint8Array(ERROR_LENGTH - HMAC_LENGTH);
  writeUint16(body, 0, failure.length);
  body.set(failure, FAILURE_FIELD_LENGTH);
  writeUint16(body, FAILURE_FIELD_LENGTH + failure.length, FAILURE_LENGTH - failure.length);
  const hmac = crypto.hmacSha256(keyOf(crypto, 'um', secret), body);
  return wrapError(crypto, secret, concatBytes(hmac, body));
}

/** Wraps an error from the next hop; accepts any length, so that errors cannot be distinguished. */
export function wrapError(
  crypto: CryptoProvider,
  secret: Uint8Array,
  error: Uint8Array,
): Uint8Array {
  const wrapped = error.slice();
  addBytes(wrapped, streamOf(crypto, keyOf(crypto, 'ammag', secret), error.length));
  return wrapped;
}

/**
 * Reads an error with the secrets of the path. It always takes 27 rounds, so that its duration does
 * not reveal to the failing hop how far away the sender is.
 */
export function readError(
  crypto: CryptoProvider,
  secrets: readonly Uint8Array[],
  error: Uint8Array,
): ReadError | { readonly drop: Bolt4Drop } {
  if (error.length < HMAC_LENGTH + FAILURE_FIELD_LENGTH) return { drop: 'error-unreadable' };
  const constant = new Uint8Array(HMAC_LENGTH);
  let found: ReadError | undefined;
  let open = error;
  for (let hop = 0; hop < Math.max(ERROR_ROUNDS, secrets.length); hop++) {
    const secret = secrets[hop] ?? constant;
    open = wrapError(crypto, secret, open);
    const body = open.subarray(HMAC_LENGTH);
    const hmac = crypto.hmacSha256(keyOf(crypto, 'um', secret), body);
    const isOfHop = crypto.equal(hmac, open.subarray(0, HMAC_LENGTH));
    if (isOfHop && hop < secrets.length) found ??= failureOf(hop, body);
  }
  return found ?? { drop: 'error-unreadable' };
}

function failureOf(hop: number, body: Uint8Array): ReadError | undefined {
  const end = FAILURE_FIELD_LENGTH + readUint16(body, 0);
  return end > body.length ? undefined : { hop, failure: body.slice(FAILURE_FIELD_LENGTH, end) };
}
