/**
 * Shared by the Sphinx suites: providers, the small geometry of the vectors, given randomness, and
 * a key encapsulation that answers from recorded secrets.
 *
 * @module
 */
import { hasSodium, provider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { concatBytes, fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  createSuite,
  type Encapsulation,
  type Exchange,
  type Kem,
  type NodeKey,
  type SphinxSuite,
} from '../../../../nodes/sphinx/index.ts';

/** Every provider that computes real bytes. */
export const providers: readonly (readonly [string, CryptoProvider])[] = [
  ['noble', provider('noble')],
  ['node for live', provider('node', { timing: 'constant' })],
  ['node for simulation', provider('node', { timing: 'simulation' })],
  ...(hasSodium() ? ([['sodium', provider('sodium')]] as const) : []),
];

/** A node of a vector, hexadecimal. */
export interface HopVector {
  readonly id: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly commands: readonly string[];
}

/** Five hops, 103 bytes, no room for a SURB: the packets of the vectors. */
export function smallSuite(crypto: CryptoProvider, exchange: Exchange): SphinxSuite {
  return createSuite({
    crypto,
    exchange,
    nrHops: 5,
    userForwardPayloadLength: 103,
    withSurb: false,
  });
}

/** Hands out the given bytes in their order. */
export function concatInOrder(parts: readonly string[]): {
  take(length: number): Uint8Array;
  left(): number;
} {
  const bytes = fromHex(parts.join(''));
  let at = 0;
  return {
    take(length): Uint8Array {
      at += length;
      if (at > bytes.length) throw new RangeError('more randomness was taken than was given');
      return bytes.slice(at - length, at);
    },
    left: () => bytes.length - at,
  };
}

const RECORDED_LENGTHS = { MLKEM768: 1088, 'MLKEM768-X25519': 1120 } as const;

/** Answers decapsulations from the secrets that a vector records for its packets. */
export function recordedKem(
  name: keyof typeof RECORDED_LENGTHS,
  nodes: readonly (HopVector & { readonly sharedSecret: string })[],
  packets: readonly string[],
): Kem {
  const elementLength = RECORDED_LENGTHS[name];
  const secrets = new Map(
    nodes.map(({ sharedSecret }, index) => [
      packets[index]!.slice(4, 4 + 2 * elementLength),
      sharedSecret,
    ]),
  );
  return {
    kind: 'kem',
    name,
    elementLength,
    publicKeyLength: elementLength + 96,
    privateKeyLength: 64,
    coinsLength: 32,
    openKey(privateKey): NodeKey {
      const own = nodes.find((node) => node.privateKey === toHex(privateKey));
      return {
        publicKey: fromHex(own!.publicKey),
        secretOf: (ciphertext) => fromHex(secrets.get(toHex(ciphertext))!),
        wipe: () => undefined,
      };
    },
    encapsulate: () => undefined,
  };
}

/**
 * A key encapsulation with the lengths of ML-KEM-768 and no secrecy at all: whoever knows the public
 * key reads the ciphertext. Like ML-KEM it takes every ciphertext, and gives a wrong secret.
 */
export function transparentKem(crypto: CryptoProvider): Kem {
  const hash = (...parts: readonly Uint8Array[]): Uint8Array =>
    crypto.sha256(concatBytes(...parts));
  const secretOf = (publicKey: Uint8Array, ciphertext: Uint8Array): Uint8Array =>
    hash(publicKey, ciphertext);
  return {
    kind: 'kem',
    name: 'MLKEM768',
    elementLength: 1088,
    publicKeyLength: 1184,
    privateKeyLength: 32,
    coinsLength: 32,
    openKey(privateKey): NodeKey {
      const publicKey = new Uint8Array(1184).fill(1);
      publicKey.set(hash(privateKey));
      return {
        publicKey,
        secretOf: (ciphertext) => secretOf(publicKey, ciphertext),
        wipe: () => undefined,
      };
    },
    encapsulate(publicKey, coins): Encapsulation {
      const ciphertext = new Uint8Array(1088).fill(2);
      ciphertext.set(coins);
      return { secret: secretOf(publicKey, ciphertext), ciphertext };
    },
  };
}
