/**
 * The one place that loads `sodium-native`, an optional package: CommonJS, native, with `Buffer`s
 * in its types. Exposes the few functions that `sodium.ts` uses, or undefined if the package cannot
 * be loaded.
 *
 * @module
 */
import { createRequire } from 'node:module';

/** Functions of libsodium by their C names; each fills its first argument. */
export interface SodiumBinding {
  crypto_hash_sha256(out: Uint8Array, data: Uint8Array): void;
  crypto_hash_sha512(out: Uint8Array, data: Uint8Array): void;
  crypto_generichash(out: Uint8Array, data: Uint8Array, key?: Uint8Array): void;
  crypto_scalarmult_base(out: Uint8Array, secret: Uint8Array): void;
  /** Throws on a result of all zeros. */
  crypto_scalarmult(out: Uint8Array, secret: Uint8Array, publicKey: Uint8Array): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(out: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ): boolean;
  crypto_aead_chacha20poly1305_ietf_encrypt(
    out: Uint8Array,
    plaintext: Uint8Array,
    associatedData: Uint8Array | null,
    secretNonce: null,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number;
  /** Throws if authentication fails. */
  crypto_aead_chacha20poly1305_ietf_decrypt(
    out: Uint8Array,
    secretNonce: null,
    sealed: Uint8Array,
    associatedData: Uint8Array | null,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number;
  crypto_stream_chacha20_ietf_xor_ic(
    out: Uint8Array,
    data: Uint8Array,
    nonce: Uint8Array,
    counter: number,
    key: Uint8Array,
  ): void;
  sodium_memcmp(a: Uint8Array, b: Uint8Array): boolean;
  sodium_memzero(bytes: Uint8Array): void;
}

/** The result of loading: the binding, or the reason why there is none. */
export type LoadedSodium =
  | { readonly binding: SodiumBinding }
  | { readonly binding: undefined; readonly cause: unknown };

let loaded: LoadedSodium | undefined;

/** Loads `sodium-native` at the first call; later calls return the same result. */
export function loadSodium(): LoadedSodium {
  loaded ??= loadSodiumPackage('sodium-native');
  return loaded;
}

/** Loads a package by name; a separate function, so that its absence can be tested. */
export function loadSodiumPackage(packageName: string): LoadedSodium {
  try {
    return { binding: createRequire(import.meta.url)(packageName) as SodiumBinding };
  } catch (cause) {
    return { binding: undefined, cause };
  }
}
