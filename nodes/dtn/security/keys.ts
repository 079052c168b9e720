/**
 * The keys of a node by name. Keys are derived from a secret that the nodes of a network share, so
 * that files contain only names of keys. A key can be replaced at planned instants.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { KEY_BYTES } from './geometry.ts';
import type { SecurityKeyOptions } from './options.ts';

/** The purpose of a key; for each purpose, different bytes are derived from the same name. */
export type KeyUse = 'mac' | 'wrap' | 'aes-128' | 'aes-256';

/** Provides the keys of security operations. */
export interface SecurityKeys {
  /**
   * The key with which this node signs or encrypts now; undefined if the name is unknown. The caller
   * wipes it.
   */
  current(name: string, use: KeyUse): Uint8Array | undefined;
  /**
   * The keys under which received operations are accepted now, the present one first. The caller
   * wipes them.
   */
  accepted(name: string, use: KeyUse): readonly Uint8Array[];
}

const encoder = new TextEncoder();

/** What keys are derived from: the shared secret, and plan time, by which keys are replaced. */
export interface KeySource {
  readonly crypto: CryptoProvider;
  /** The secret that the nodes of the network share. */
  readonly secret: Uint8Array;
  readonly planTime: () => Nanoseconds;
}

/** Keys derived from a shared secret. */
export class DerivedKeys implements SecurityKeys {
  readonly #source: KeySource;
  readonly #keys: ReadonlyMap<string, SecurityKeyOptions>;

  constructor(source: KeySource, keys: readonly SecurityKeyOptions[]) {
    this.#source = source;
    this.#keys = new Map(keys.map((key) => [key.name, key]));
  }

  current(name: string, use: KeyUse): Uint8Array | undefined {
    const key = this.#keys.get(name);
    return key && this.#derive(name, use, this.#generation(key));
  }

  accepted(name: string, use: KeyUse): readonly Uint8Array[] {
    const key = this.#keys.get(name);
    if (key === undefined) return [];
    const generation = this.#generation(key);
    const current = this.#derive(name, use, generation);
    const changedNs = key.changes[generation - 1];
    const isOver = changedNs === undefined || this.#source.planTime() >= changedNs + key.overlap;
    return isOver ? [current] : [current, this.#derive(name, use, generation - 1)];
  }

  /** How often the key has been replaced by now. */
  #generation({ changes }: SecurityKeyOptions): number {
    const nowNs = this.#source.planTime();
    return changes.filter((at) => at <= nowNs).length;
  }

  #derive(name: string, use: KeyUse, generation: number): Uint8Array {
    const { crypto, secret } = this.#source;
    const info = encoder.encode(`dtn security ${use} ${generation} ${name}`);
    return crypto.hkdfSha256({ key: secret, info, length: use === 'aes-128' ? 16 : KEY_BYTES });
  }
}
