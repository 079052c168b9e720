/**
 * Sources of the secrets of nodes: in virtual time the seed, in real time one random secret of the run.
 *
 * In real time, all secrets are derived (HKDF, RFC 5869) from a root of the run, own secrets of a host
 * by way of a root of this host. Whoever knows the root of a host can derive its own secrets and no
 * others.
 *
 * @module
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { SeededBytes } from '../../engine/core/seeded-bytes.ts';

/** A source of secrets of 32 bytes; the same arguments always give the same secret. */
export interface SecretSource {
  /** A secret of one host alone. @param purpose `protocol/name`. */
  own(host: string, purpose: string): Uint8Array;
  /** A secret that several hosts share. @param purpose `protocol/purpose`. */
  shared(purpose: string): Uint8Array;
}

/** A source of secrets that can also return the root of a host's own secrets. */
export interface RootedSource extends SecretSource {
  rootOf(host: string): Uint8Array;
}

const SECRET_BYTES = 32;

/** The secrets of a run in virtual time: one random stream of the seed for each purpose, or purpose of a host. */
export function seededSecrets(seed: number): SecretSource {
  const drawn = (purpose: string): Uint8Array =>
    new SeededBytes(seed, `provisioning/${purpose}`).next(SECRET_BYTES);
  return { own: (host, purpose) => drawn(`${purpose}/${host}`), shared: drawn };
}

/** Secrets for a run in real time, drawn at random, so that nobody can know them in advance. */
export function randomSecrets(): RootedSource {
  return rootedSecrets(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** Derives all secrets from one. @param root Root of the run, 32 bytes. */
export function rootedSecrets(root: Uint8Array): RootedSource {
  const rootOf = (host: string): Uint8Array => derived(root, `orrery host ${host}`);
  return {
    rootOf,
    own: (host, purpose) => ownSecret(rootOf(host), purpose),
    shared: (purpose) => derived(root, `orrery shared ${purpose}`),
  };
}

/** A host's own secret, from its root. */
export function ownSecret(hostRoot: Uint8Array, purpose: string): Uint8Array {
  return derived(hostRoot, `orrery own ${purpose}`);
}

function derived(key: Uint8Array, info: string): Uint8Array {
  return hkdf(sha256, key, undefined, utf8ToBytes(info), SECRET_BYTES);
}
