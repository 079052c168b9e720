/**
 * Makes opened keys for signatures from functions of a provider that take keys as bytes.
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import type { SigningKey, VerifyingKey } from '../host/signatures.ts';

/** A provider's functions that sign with a secret given as bytes. */
export interface SigningFunctions {
  readonly publicKey: (secret: Uint8Array) => Uint8Array;
  readonly sign: (secret: Uint8Array, message: Uint8Array) => Uint8Array;
}

/** Makes a signing key from a copy of a secret. */
export function openSigningKey(functions: SigningFunctions, secret: Uint8Array): SigningKey {
  const own = new Uint8Array(secret);
  const publicKey = functions.publicKey(own);
  let isOpen = true;
  return {
    publicKey,
    sign(message): Uint8Array {
      if (!isOpen) throw wipedKeyError();
      return functions.sign(own, message);
    },
    wipe(): void {
      isOpen = false;
      wipe(own);
    },
  };
}

/** Makes a verifying key from a copy of a public key. */
export function openVerifyingKey(
  verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean,
  publicKey: Uint8Array,
): VerifyingKey {
  const own = new Uint8Array(publicKey);
  return { verify: (message, signature) => verify(own, message, signature) };
}

/** An opened key that verifies nothing, for bytes that are not a public key. */
export const rejectingVerifyingKey: VerifyingKey = { verify: () => false };

/** The error for a signature with a key that has been wiped, a mistake of the caller. */
export function wipedKeyError(): RangeError {
  return new RangeError('a wiped key signs nothing');
}
