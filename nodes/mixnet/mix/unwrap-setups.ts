/**
 * Setups of the job `unwrap`, the parameters that worker threads keep between packets: one object
 * for each list of epochs whose keys are tried together (ADR 0013: setups are compared by
 * identity).
 *
 * Setups contain private keys. A key's bytes are overwritten as soon as the key is erased, even
 * while packets wait for a thread. Such a packet cannot be opened with a key of zeros; if it was
 * opened before, its tag is refused because the node no longer has the key of that epoch.
 *
 * @module
 */
import { wipe, wipeRange } from '../../_kit/secrets.ts';
import { encodeUnwrapSetup, type UnwrapSetup } from '../../sphinx/index.ts';

/** The parameters that all setups of a node have in common. */
export type UnwrapParameters = Omit<UnwrapSetup, 'privateKeys'>;

interface Known {
  readonly setup: Uint8Array;
  readonly keyLength: number;
  /**
   * The epochs of the keys, in the order of the keys in the setup; `undefined` for a key that was
   * erased.
   */
  readonly epochs: (number | undefined)[];
}

/** One node's setups of the job `unwrap`. */
export class UnwrapSetupCache {
  readonly #shape: UnwrapParameters;
  readonly #known = new Map<string, Known>();

  constructor(shape: UnwrapParameters) {
    this.#shape = shape;
  }

  /**
   * Returns the setup for these epochs; the same object for the same epochs.
   * @param secretOf Returns a copy of an epoch's private key, which this method wipes.
   * @returns undefined when `epochs` is empty, or one of them has no key.
   */
  of(
    epochs: readonly number[],
    secretOf: (epoch: number) => Uint8Array | undefined,
  ): Uint8Array | undefined {
    const name = epochs.join();
    return this.#known.get(name)?.setup ?? this.#make(name, epochs, secretOf);
  }

  /** Overwrites the key of an epoch in every setup. */
  forget(epoch: number): void {
    for (const [name, { setup, keyLength, epochs }] of this.#known) {
      const index = epochs.indexOf(epoch);
      if (index < 0) continue;
      // The keys are at the end of the setup, in the order of their epochs.
      const at = setup.length - (epochs.length - index) * keyLength;
      wipeRange(setup, at, at + keyLength);
      epochs[index] = undefined;
      if (epochs.every((each) => each === undefined)) this.#known.delete(name);
    }
  }

  #make(
    name: string,
    epochs: readonly number[],
    secretOf: (epoch: number) => Uint8Array | undefined,
  ): Uint8Array | undefined {
    const privateKeys = epochs.flatMap((epoch) => secretOf(epoch) ?? []);
    const keyLength = privateKeys[0]?.length;
    const isWhole = keyLength !== undefined && privateKeys.length === epochs.length;
    const setup = isWhole ? encodeUnwrapSetup({ ...this.#shape, privateKeys }) : undefined;
    for (const key of privateKeys) wipe(key);
    if (setup === undefined || keyLength === undefined) return undefined;
    this.#known.set(name, { setup, keyLength, epochs: [...epochs] });
    return setup;
  }
}
