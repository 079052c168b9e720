/**
 * Reasons for which a BOLT-4 onion or error is refused, each explained in one sentence.
 *
 * @module
 */

/** Reasons in the order of the checks. */
export const BOLT4_DROPS = {
  'onion-length': 'The onion has not 1366 bytes.',
  'onion-version': 'The version of the onion is not 0.',
  'onion-point': 'The public key of the onion is not a point of secp256k1.',
  'onion-hmac': 'The onion was changed, or made for another node or other associated data.',
  'onion-frame':
    'The payload of the hop is shorter than 2 bytes, cut, or its length not canonical.',
  'error-unreadable': 'The error has another length, or was made by none of the hops.',
} as const;

/** Why an onion or error is rejected. */
export type Bolt4Drop = keyof typeof BOLT4_DROPS;
