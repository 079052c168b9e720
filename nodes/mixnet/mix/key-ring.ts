/**
 * The Sphinx keys of a node, one per epoch, and the replay tags accepted under each key
 * (docs/spec/mixnet.md, Replay protection).
 *
 * Keys and tags are both on disk. A key is durable before it is published, and is erased together
 * with its tags when its epoch and the slack after that epoch (an eighth of an epoch) are over.
 *
 * @module
 */

import type { Store } from '../../../engine/host/store.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { readUint48, writeUint48 } from '../../_kit/bytes.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { wipe } from '../../_kit/secrets.ts';
import type { NodePrivateKey, PacketFormat } from '../../sphinx/index.ts';
import type { EpochPosition } from '../directory/index.ts';
import { KEY_EPOCH_COUNT, KEY_OVERLAP_EPOCH_SHARE } from '../geometry.ts';
import type { ReplayGuardsByEpoch } from './replay-guards-by-epoch.ts';
import { type UnwrapParameters, UnwrapSetupCache } from './unwrap-setups.ts';

/** The key under which the store holds the oldest epoch that has a private key on disk. */
const OLDEST = 'oldest';
/** Length of the entry under the key {@link OLDEST}, bytes. */
const OLDEST_LENGTH = 6;

/** The private key of one epoch. */
export interface EpochPrivateKey {
  readonly epoch: number;
  readonly key: NodePrivateKey;
}

/** The collaborators and settings of a {@link KeyRing}. */
export interface KeyRingParts {
  readonly host: HostPart<'log' | 'randomBytes' | 'store'>;
  readonly format: PacketFormat;
  readonly tags: ReplayGuardsByEpoch;
  readonly epochNs: number;
  /** Needed for {@link KeyRing.setup}; if absent, packets are unwrapped in this thread. */
  readonly unwrap?: UnwrapParameters | undefined;
}

/** The keys of one node by epoch. */
export class KeyRing {
  readonly #parts: KeyRingParts;
  readonly #store: Store;
  readonly #keys = new Map<number, EpochPrivateKey>();
  readonly #setups: UnwrapSetupCache | undefined;
  #version = 0;

  constructor(parts: KeyRingParts) {
    this.#parts = parts;
    this.#store = parts.host.store('mixnet-keys');
    this.#setups = parts.unwrap && new UnwrapSetupCache(parts.unwrap);
  }

  /**
   * Creates or loads the keys of an epoch and of the next two, and loads the key of the previous
   * epoch if it is still on disk.
   * @param done Called when all these keys are durable; its argument has the public keys to
   *   publish, by epoch.
   */
  prepare(epoch: number, done: (publicKeys: ReadonlyMap<number, Uint8Array>) => void): void {
    this.#load(epoch - 1);
    const publicKeys = new Map<number, Uint8Array>();
    for (let ahead = 0; ahead < KEY_EPOCH_COUNT; ahead++) {
      const own = this.#load(epoch + ahead) ?? this.#make(epoch + ahead);
      publicKeys.set(own.epoch, own.key.publicKey);
    }
    this.#store.sync((error) => {
      if (error === undefined) done(publicKeys);
      else this.#parts.host.log.warn(`keys are not durable: ${error}`);
    });
  }

  /**
   * Changes whenever a key is added or removed: a caller that keeps the result of {@link trial}
   * must then call {@link trial} again.
   */
  get version(): number {
    return this.#version;
  }

  /**
   * How long, ns, a result of {@link trial} is valid if no key is added or removed: until the slack
   * of a neighbouring epoch begins or ends.
   */
  trialLasts({ elapsedNs, remainingNs }: EpochPosition): Nanoseconds {
    const slackNs = KEY_OVERLAP_EPOCH_SHARE * this.#parts.epochNs;
    if (elapsedNs < slackNs) return slackNs - elapsedNs;
    return remainingNs < slackNs ? remainingNs : remainingNs - slackNs + 1;
  }

  /**
   * Returns the keys with which a packet that arrives now is tried, the key of the present epoch
   * first.
   */
  trial({ epoch, elapsedNs, remainingNs }: EpochPosition): readonly EpochPrivateKey[] {
    const slackNs = KEY_OVERLAP_EPOCH_SHARE * this.#parts.epochNs;
    const order = [epoch];
    if (elapsedNs < slackNs) order.push(epoch - 1);
    if (remainingNs < slackNs) order.push(epoch + 1);
    return order.flatMap((each) => this.#keys.get(each) ?? []);
  }

  /**
   * Returns those keys of the node that {@link trial} does not return at this instant; at most
   * {@link KEY_EPOCH_COUNT}.
   */
  untried(instant: EpochPosition): readonly EpochPrivateKey[] {
    const tried = new Set(this.trial(instant).map(({ epoch }) => epoch));
    const others = [...this.#keys.values()].filter(({ epoch }) => !tried.has(epoch));
    return others.sort((one, other) => one.epoch - other.epoch).slice(0, KEY_EPOCH_COUNT);
  }

  /**
   * True if the node has the key of an epoch: false before the key is made and after it was erased.
   */
  has(epoch: number): boolean {
    return this.#keys.has(epoch);
  }

  /**
   * Returns the setup with which worker threads try the keys that {@link trial} returns, in the
   * same order; the same object for the same epochs. Undefined without `unwrap`, or without keys.
   */
  setup(instant: EpochPosition): Uint8Array | undefined {
    const epochs = this.trial(instant).map(({ epoch }) => epoch);
    return this.#setups?.of(epochs, (epoch) => this.#secret(epoch));
  }

  /**
   * Wipes the keys of epochs before `epoch`, in memory and on disk, including keys that were not
   * loaded since a restart.
   */
  forgetBefore(epoch: number): void {
    for (let old = this.#oldest() ?? epoch; old < epoch; old++) {
      if (this.#keys.has(old) || this.#store.get(nameOf(old)) !== undefined) this.#forget(old);
    }
    this.#putOldest(epoch);
    this.#store.sync(() => undefined);
  }

  #forget(old: number): void {
    this.#keys.get(old)?.key.wipe();
    this.#setups?.forget(old);
    this.#version += 1;
    this.#keys.delete(old);
    this.#store.delete(nameOf(old));
    this.#parts.tags.retire(old);
  }

  /** Reads the oldest epoch that has a private key on disk; undefined if there is none. */
  #oldest(): number | undefined {
    const stored = this.#store.get(OLDEST);
    return stored?.length === OLDEST_LENGTH ? readUint48(stored, 0) : undefined;
  }

  #putOldest(epoch: number): void {
    const bytes = new Uint8Array(OLDEST_LENGTH);
    writeUint48(bytes, 0, epoch);
    this.#store.put(OLDEST, bytes);
  }

  #load(epoch: number): EpochPrivateKey | undefined {
    const known = this.#keys.get(epoch);
    if (known !== undefined) return known;
    const secret = this.#secret(epoch);
    return secret && this.#add(epoch, secret);
  }

  /** Returns a copy of the private key of an epoch, which the caller must wipe. */
  #secret(epoch: number): Uint8Array | undefined {
    const secret = this.#store.get(nameOf(epoch));
    return secret?.length === this.#parts.format.privateKeyLength ? secret : undefined;
  }

  #make(epoch: number): EpochPrivateKey {
    const { host, format } = this.#parts;
    const secret = host.randomBytes(format.privateKeyLength);
    if (epoch < (this.#oldest() ?? Infinity)) this.#putOldest(epoch);
    this.#store.put(nameOf(epoch), secret);
    return this.#add(epoch, secret);
  }

  #add(epoch: number, secret: Uint8Array): EpochPrivateKey {
    const key = this.#parts.format.openKey(secret);
    wipe(secret);
    const made = { epoch, key };
    this.#keys.set(epoch, made);
    this.#version += 1;
    return made;
  }
}

function nameOf(epoch: number): string {
  return `epoch-${epoch}`;
}
