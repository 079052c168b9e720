/**
 * A server that follows the protocol and keeps all it receives: what follows from it, beside the
 * sum?
 *
 * @module
 */
import { pairMaskSign } from '../../../../../nodes/federated/secagg/graph.ts';
import {
  type UnmaskingKnowledge,
  unmaskInput,
} from '../../../../../nodes/federated/secagg/malicious-server.ts';
import { applyKeyStream } from '../../../../../nodes/federated/secagg/mask.ts';
import {
  type ClientPublicKeys,
  SECAGG_MESSAGE_TYPES,
} from '../../../../../nodes/federated/secagg/messages.ts';
import {
  addVectorInto,
  reduceRingElements,
  unpackRingVector,
} from '../../../../../nodes/federated/secagg/ring.ts';
import {
  agreePairMaskSeed,
  ownMaskSeed,
  type SeedRule,
} from '../../../../../nodes/federated/secagg/seeds.ts';
import { holderPoint, rebuildSecret } from '../../../../../nodes/federated/secagg/shamir.ts';
import { bodyOf, CRYPTO, type Session } from './session.ts';

/** Knows every message that went up, also those that the server dropped. */
export class Observer {
  readonly #session: Session;
  readonly #knowledge: UnmaskingKnowledge;
  readonly inputs = new Map<number, Uint32Array>();

  constructor(session: Session, seeds?: SeedRule) {
    this.#session = session;
    const keys = new Map<number, ClientPublicKeys>();
    const shares = {
      own: new Map<number, Map<number, Uint8Array>>(),
      pair: new Map<number, Map<number, Uint8Array>>(),
    };
    const { config } = session;
    for (const { way, client, bytes } of session.messages) {
      if (way === 'down') continue;
      const body = bodyOf(bytes);
      if (body.type === SECAGG_MESSAGE_TYPES.advertise) keys.set(client, body);
      if (body.type === SECAGG_MESSAGE_TYPES.maskedInput) {
        const vector = unpackRingVector(body.packed, { length: config.m, bits: config.bits });
        if (typeof vector !== 'string') this.inputs.set(client, vector);
      }
      if (body.type !== SECAGG_MESSAGE_TYPES.unmask) continue;
      for (const { index, kind, share } of body.shares) {
        const held = shares[kind].get(index) ?? new Map<number, Uint8Array>();
        shares[kind].set(index, held.set(client, share));
      }
    }
    const context = { crypto: CRYPTO, session: session.server.session, seeds };
    this.#knowledge = { context, config, keys, shares };
  }

  /** Clients that this one shares masks with: those whose boxes it was sent. */
  maskingOf(client: number): readonly number[] {
    const body = bodyOf(this.#session.message(SECAGG_MESSAGE_TYPES.forward, client));
    return body.type === SECAGG_MESSAGE_TYPES.forward ? body.boxes.map(({ index }) => index) : [];
  }

  /** A secret, if enough shares came. */
  secret(kind: 'own' | 'pair', index: number): Uint8Array | undefined {
    const held = [...(this.#knowledge.shares[kind].get(index) ?? [])];
    return rebuildSecret(
      held.map(([holder, y]) => ({ x: holderPoint(holder), y })),
      this.#session.config.t,
    );
  }

  /** The input of a client, from shares of both its secrets. */
  open(index: number): Uint32Array | undefined {
    const vector = this.inputs.get(index);
    if (vector === undefined) return undefined;
    return unmaskInput(this.#knowledge, { index, vector, masking: this.maskingOf(index) });
  }

  /** The masked inputs of some clients, without those masks that the server can compute. */
  sumOf(members: readonly number[]): Uint32Array {
    const { context, keys } = this.#knowledge;
    const { config } = this.#session;
    const sum = new Uint32Array(config.m);
    for (const index of members) {
      addVectorInto(sum, this.inputs.get(index) as Uint32Array);
      const own = this.secret('own', index);
      if (own !== undefined) {
        applyKeyStream(CRYPTO, sum, { seed: ownMaskSeed(context, own, index), sign: -1 });
      }
      for (const other of this.maskingOf(index)) {
        // Either of the two secrets gives the seed.
        const mine = this.secret('pair', index);
        const secret = mine ?? this.secret('pair', other);
        if (secret === undefined) continue;
        const key = (keys.get(mine === undefined ? index : other) as ClientPublicKeys).maskKey;
        const opened = CRYPTO.x25519Key(secret);
        const seed = agreePairMaskSeed(context, opened, {
          from: other,
          to: index,
          key,
        }) as Uint8Array;
        applyKeyStream(CRYPTO, sum, { seed, sign: pairMaskSign(other, index) });
      }
    }
    reduceRingElements(sum, config.bits);
    return sum;
  }
}
