/**
 * Setups of the job `unwrap`: one for each list of epochs whose keys are tried together (project
 * spec mixnet 1.7, 3.2; docs/adr/0013: the setup is named by identity).
 *
 * They hold private keys. The bytes of a key are overwritten as soon as its epoch is over, even
 * while packets wait for them: under zeros none of those opens, or its tag is refused, because the
 * ring has no such epoch any more.
 *
 * @module
 */
import { wipe, wipeRange } from '../../_kit/secrets.ts';
import { encodeUnwrapSetup, type UnwrapSetup } from '../../sphinx/index.ts';

/** What all setups of a node have alike. */
export type UnwrapShape = Omit<UnwrapSetup, 'privateKeys'>;

interface Known {
  readonly setup: Uint8Array;
  readonly keyLength: number;
  /** Those not forgotten yet; `undefined` in the place of others. */
  readonly epochs: (number | undefined)[];
}

/** See the module. */
export class UnwrapSetups {
  readonly #shape: UnwrapShape;
  readonly #known = new Map<string, Known>();

  constructor(shape: UnwrapShape) {
    this.#shape = shape;
  }

  /**
   * The setup for these epochs, the same object each time.
   * @param secretOf a copy of the private key of an epoch, which is wiped here.
   * @returns undefined when there is no epoch, or no key for one.
   */
  of(
    epochs: readonly number[],
    secretOf: (epoch: number) => Uint8Array | undefined,
  ): Uint8Array | undefined {
    const name = epochs.join();
    return this.#known.get(name)?.setup ?? this.#make(name, epochs, secretOf);
  }

  /** Overwrites the key of an epoch wherever it stands. */
  forget(epoch: number): void {
    for (const [name, { setup, keyLength, epochs }] of this.#known) {
      const index = epochs.indexOf(epoch);
      if (index < 0) continue;
      // The keys end the setup, in the order of their epochs.
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
    wipe(...privateKeys);
    if (setup === undefined || keyLength === undefined) return undefined;
    this.#known.set(name, { setup, keyLength, epochs: [...epochs] });
    return setup;
  }
}
