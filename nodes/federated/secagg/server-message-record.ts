/**
 * What a server has received from the clients of a session, each message checked before it is noted.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { toHex } from '../../_kit/bytes.ts';
import { wipe } from '../../_kit/secrets.ts';
import type { SecaggDropReason } from './drops.ts';
import { KEY_BYTES } from './geometry.ts';
import type { MaskGraph } from './graph.ts';
import {
  type ClientPublicKeys,
  copyClientPublicKeys,
  type IndexedSignature,
  type ShareBox,
  type ShareKind,
  type SurvivorLists,
  type UnmaskShare,
} from './messages.ts';
import { addVectorInto, unpackRingVector } from './ring.ts';
import type { SecaggConfig } from './session-config.ts';
import { advertisedKeysToSign, survivorsToSign } from './signed-text.ts';

/** Parameters of the session and cryptography, by which a {@link ServerMessageRecord} checks messages. */
export interface ServerMessageRecordParts {
  readonly config: SecaggConfig;
  readonly crypto: CryptoProvider;
  readonly session: Uint8Array;
  readonly publicKeyOf: ((index: number) => Uint8Array | undefined) | undefined;
}

/**
 * Secret with which public keys are tested. Any secret would do: X25519 clears the low bits of a secret,
 * so that points of low order give zero.
 */
const PROBE = new Uint8Array(KEY_BYTES).fill(1);

/** The messages that a server received in a session. */
export class ServerMessageRecord {
  readonly #parts: ServerMessageRecordParts;
  readonly #seenKeys = new Set<string>();
  /** Public keys, by index of the client. */
  readonly keys = new Map<number, ClientPublicKeys>();
  /** Boxes, by index of the sender and of the receiver. */
  readonly boxes = new Map<number, ReadonlyMap<number, Uint8Array>>();
  /** Sum of the masked inputs. */
  readonly sum: Uint32Array;
  readonly signatures = new Map<number, Uint8Array>();
  readonly shares: Readonly<Record<ShareKind, Map<number, Map<number, Uint8Array>>>> = {
    own: new Map(),
    pair: new Map(),
  };

  constructor(parts: ServerMessageRecordParts) {
    this.#parts = parts;
    this.sum = new Uint32Array(parts.config.m);
  }

  /** Notes a client's keys. */
  advertise(from: number, keys: ClientPublicKeys): SecaggDropReason | undefined {
    if (keys.index !== from) return 'unknown-client';
    const names = [toHex(keys.channelKey), toHex(keys.maskKey)];
    const isNew = names.every((name) => !this.#seenKeys.has(name));
    if (!isNew || names[0] === names[1]) return 'duplicate-key';
    const { crypto } = this.#parts;
    for (const key of [keys.channelKey, keys.maskKey]) {
      if (crypto.x25519(PROBE, key) === undefined) return 'low-order-key';
    }
    if (!this.#isSignedRight(keys)) return 'bad-signature';
    for (const name of names) this.#seenKeys.add(name);
    this.keys.set(from, copyClientPublicKeys(keys));
    return undefined;
  }

  #isSignedRight(keys: ClientPublicKeys): boolean {
    const { config, crypto, session, publicKeyOf } = this.#parts;
    const { signature } = keys;
    if (config.mode !== 'signed') return signature === undefined;
    const identity = publicKeyOf?.(keys.index);
    if (identity === undefined || signature === undefined) return false;
    return crypto.ed25519Verify(identity, advertisedKeysToSign(session, keys), signature);
  }

  /** Notes a client's boxes: one for each of its neighbours. */
  share(from: number, boxes: readonly ShareBox[], graph: MaskGraph): SecaggDropReason | undefined {
    const neighbours = graph.neighboursOf(from);
    if (boxes.some(({ index }) => index === from)) return 'box-misaddressed';
    const isNeighbour = new Set(neighbours);
    if (boxes.some(({ index }) => !isNeighbour.has(index))) return 'unknown-client';
    if (boxes.length < neighbours.length) return 'too-few';
    this.boxes.set(from, new Map(boxes.map(({ index, box }) => [index, box.slice()])));
    return undefined;
  }

  /** Adds a masked input to the sum, `weight` times. */
  mask(packed: Uint8Array, weight: number): Uint32Array | SecaggDropReason {
    const { m, bits } = this.#parts.config;
    const vector = unpackRingVector(packed, { length: m, bits });
    if (typeof vector === 'string') return vector;
    if (weight !== 1) multiplyVectorBy(vector, weight);
    addVectorInto(this.sum, vector);
    return vector;
  }

  /** Notes a signature of the list that its signer was shown. */
  sign(
    { index, signature }: IndexedSignature,
    survivors: readonly number[],
  ): SecaggDropReason | undefined {
    const { crypto, session, publicKeyOf } = this.#parts;
    const identity = publicKeyOf?.(index);
    if (identity === undefined) return 'unknown-client';
    if (!crypto.ed25519Verify(identity, survivorsToSign(session, survivors), signature)) {
      return 'bad-signature';
    }
    this.signatures.set(index, signature.slice());
    return undefined;
  }

  /** Overwrites all shares. */
  wipe(): void {
    for (const secrets of [this.shares.own, this.shares.pair]) {
      for (const held of secrets.values()) for (const share of held.values()) wipe(share);
      secrets.clear();
    }
  }

  /** Notes shares; refuses all of them if one belongs to a secret that `from` was not asked about. */
  unmask(
    from: number,
    given: readonly UnmaskShare[],
    { survivors, lost }: SurvivorLists,
  ): SecaggDropReason | undefined {
    const asked = { own: new Set(survivors), pair: new Set(lost) };
    if (given.some(({ index, kind }) => !asked[kind].has(index))) return 'list-not-subset';
    for (const { index, kind, share } of given) {
      const held = this.shares[kind].get(index) ?? new Map<number, Uint8Array>();
      held.set(from, share.slice());
      this.shares[kind].set(index, held);
    }
    return undefined;
  }
}

/** Multiplies all elements modulo 2^32. */
export function multiplyVectorBy(vector: Uint32Array, factor: number): void {
  for (let index = 0; index < vector.length; index += 1) {
    vector[index] = Math.imul(vector[index] as number, factor);
  }
}
