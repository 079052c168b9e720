/**
 * The two suites of ECVRF on edwards25519 (RFC 9381 section 5.5): how input is mapped to a point,
 * and how challenge and output are hashed.
 *
 * Keys and proofs are in `ecvrf.ts`.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { concatByteList, concatBytes, equalBytes } from '../_kit/bytes.ts';
import { CHALLENGE_LENGTH, ENCODE_ATTEMPTS_MAX, POINT_LENGTH } from './geometry.ts';

/** `tai`: ECVRF-EDWARDS25519-SHA512-TAI; `ell2`: ECVRF-EDWARDS25519-SHA512-ELL2. */
export type VrfSuite = 'tai' | 'ell2';

/** The octet `suite_string` of each suite (RFC 9381 section 5.5). */
const SUITE_STRING: Readonly<Record<VrfSuite, number>> = { tai: 0x03, ell2: 0x04 };
/** `ECVRF_` || h2c suite || suite_string (RFC 9381 section 5.4.1.2). */
const ELL2_DOMAIN = Uint8Array.from('ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\x04', (character) =>
  character.charCodeAt(0),
);
/** The neutral element, encoded. */
const IDENTITY = Uint8Array.from({ length: POINT_LENGTH }, (_, index) => (index === 0 ? 1 : 0));

const FRONT_ENCODE = 1;
const FRONT_CHALLENGE = 2;
const FRONT_OUTPUT = 3;
const BACK = 0;

/** The points that a challenge covers (RFC 9381 section 5.4.3). */
export interface ChallengePoints {
  readonly publicKey: Uint8Array;
  readonly input: Uint8Array;
  readonly gamma: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** The functions in which the two suites differ; none needs a secret key. */
export interface VrfSuiteFunctions {
  /**
   * `ECVRF_encode_to_curve` with the public key as salt.
   * @returns undefined when no attempt gives a point: for `tai`, one input in 2^256.
   */
  encodeToCurve(publicKey: Uint8Array, alpha: Uint8Array): Uint8Array | undefined;
  /** `ECVRF_challenge_generation`; 16 bytes, little-endian. */
  challenge(points: ChallengePoints): Uint8Array;
  /** `ECVRF_proof_to_hash` of a proof's point; undefined when it is not a valid point. */
  output(gamma: Uint8Array): Uint8Array | undefined;
}

/** Creates the functions of a suite. */
export function createVrfSuiteFunctions(
  crypto: CryptoProvider,
  suite: VrfSuite,
): VrfSuiteFunctions {
  const suiteString = SUITE_STRING[suite];
  return {
    encodeToCurve: suite === 'tai' ? tryAndIncrement : elligator,
    challenge(points): Uint8Array {
      const { publicKey, input, gamma, u, v } = points;
      // RFC 9381 section 5.4.3: the public key comes first; drafts up to 10 left it out.
      const text = hash(FRONT_CHALLENGE, publicKey, input, gamma, u, v, Uint8Array.of(BACK));
      return text.subarray(0, CHALLENGE_LENGTH);
    },
    output(gamma): Uint8Array | undefined {
      const cleared = crypto.edwards25519.clearCofactor(gamma);
      return cleared && hash(FRONT_OUTPUT, cleared, Uint8Array.of(BACK));
    },
  };

  function hash(front: number, ...parts: readonly Uint8Array[]): Uint8Array {
    return crypto.sha512(concatByteList([Uint8Array.of(suiteString, front), ...parts]));
  }

  /** Hashes to the curve by try and increment (RFC 9381 section 5.4.1.1). */
  function tryAndIncrement(publicKey: Uint8Array, alpha: Uint8Array): Uint8Array | undefined {
    const front = Uint8Array.of(suiteString, FRONT_ENCODE);
    const text = concatBytes(front, publicKey, alpha, Uint8Array.of(0, BACK));
    for (let attempt = 0; attempt < ENCODE_ATTEMPTS_MAX; attempt++) {
      text[text.length - 2] = attempt;
      const candidate = crypto.sha512(text).subarray(0, POINT_LENGTH);
      const point = crypto.edwards25519.clearCofactor(candidate);
      if (point !== undefined && !isIdentityPoint(point)) return point;
    }
    return undefined;
  }

  /** Hashes to the curve by Elligator 2 (RFC 9381 section 5.4.1.2). */
  function elligator(publicKey: Uint8Array, alpha: Uint8Array): Uint8Array {
    return crypto.edwards25519.encodeToCurve(concatBytes(publicKey, alpha), ELL2_DOMAIN);
  }
}

/** True for the encoded neutral element of the group. */
export function isIdentityPoint(point: Uint8Array): boolean {
  return equalBytes(point, IDENTITY);
}
