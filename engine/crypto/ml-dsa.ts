/**
 * ML-DSA-65 (FIPS 204) by @noble/post-quantum, for every provider; Node 20 has none of its own.
 *
 * Without pre-hashing. Not constant time: JavaScript gives no such guarantee, and any
 * implementation makes a random number of attempts at a signature.
 *
 * @module
 */
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';
import { wipe } from '../core/secrets.ts';
import type { MlDsa65, MlDsaInput, MlDsaKey } from '../host/signatures.ts';
import { checkLength, checkMlDsaContext } from './lengths.ts';
import { wipedKeyError } from './signing-key.ts';

/** Length of xi (FIPS 204 section 6.1) and of rnd (section 6.2), in bytes. */
export const ML_DSA_SEED_LENGTH = 32;
/** Length of a public key (FIPS 204 table 2), in bytes. */
export const ML_DSA_PUBLIC_KEY_LENGTH = 1_952;
/** Length of a signature (FIPS 204 table 2), in bytes. */
export const ML_DSA_SIGNATURE_LENGTH = 3_309;

/** The signature algorithm ML-DSA-65. */
export const mlDsa65: MlDsa65 = {
  openKey(seed): MlDsaKey {
    checkLength('a seed of ML-DSA-65', seed, ML_DSA_SEED_LENGTH);
    const { secretKey, publicKey } = ml_dsa65.keygen(seed);
    let isOpen = true;
    return {
      publicKey,
      sign(input, coins): Uint8Array {
        if (!isOpen) throw wipedKeyError();
        checkLength('the coins of ML-DSA-65', coins, ML_DSA_SEED_LENGTH);
        const options = { ...contextOf(input), extraEntropy: coins };
        return ml_dsa65.sign(input.message, secretKey, options);
      },
      wipe(): void {
        isOpen = false;
        wipe(secretKey);
      },
    };
  },
  verify(publicKey, input, signature): boolean {
    const context = contextOf(input);
    if (publicKey.length !== ML_DSA_PUBLIC_KEY_LENGTH) return false;
    if (signature.length !== ML_DSA_SIGNATURE_LENGTH) return false;
    return ml_dsa65.verify(signature, input.message, publicKey, context);
  },
};

function contextOf({ context = new Uint8Array(0) }: MlDsaInput): { readonly context: Uint8Array } {
  checkMlDsaContext(context);
  return { context };
}
