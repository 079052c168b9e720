/**
 * A session of secure aggregation in one process: machines joined directly, messages in order, jobs
 * run at once on clones of their inputs. Tests take clients away, change messages and look at all.
 *
 * @module
 */

import { openRandomStream, type RandomStream } from '../../../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../../engine/host/crypto.ts';
import { ClientMachine } from '../../../../../nodes/federated/secagg/client-machine.ts';
import type { ClientMachineParts } from '../../../../../nodes/federated/secagg/client-parts.ts';
import type { SecaggDropReason } from '../../../../../nodes/federated/secagg/drops.ts';
import type {
  ClientEffect,
  ClientInput,
  ServerEffect,
  ServerInput,
} from '../../../../../nodes/federated/secagg/effects.ts';
import type { ComputeJobEffect } from '../../../../../nodes/federated/secagg/job-stage.ts';
import { SECAGG_JOBS } from '../../../../../nodes/federated/secagg/jobs.ts';
import {
  SECAGG_MESSAGE_TYPES,
  type SecaggMessageBody,
} from '../../../../../nodes/federated/secagg/messages.ts';
import {
  addVectorInto,
  largestRingElement,
  reduceRingElements,
} from '../../../../../nodes/federated/secagg/ring.ts';
import {
  ServerMachine,
  type ServerMachineParts,
} from '../../../../../nodes/federated/secagg/server-machine.ts';
import type { SecaggConfig } from '../../../../../nodes/federated/secagg/session-config.ts';
import {
  decodeSecaggMessage,
  encodeSecaggMessage,
} from '../../../../../nodes/federated/secagg/wire.ts';

export const CRYPTO: CryptoProvider = createCryptoProvider('node', { timing: 'simulation' });
const SECOND = 1_000_000_000;

/** A small session; 5 clients, threshold 3, complete graph. */
export function configOf(changes: Partial<SecaggConfig> = {}): SecaggConfig {
  return {
    ...{ random: new Uint8Array(16).fill(7), round: 1, n: 5, k: 4, t: 3, m: 4, bits: 32 },
    mode: 'semi-honest',
    ...changes,
  };
}

/** Which way a message goes. */
export interface SentMessage {
  readonly way: 'up' | 'down';
  readonly client: number;
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** How a session differs from a good one. */
export interface SessionOptions {
  readonly config?: SecaggConfig;
  /** By client: the first message type that it does not send any more. */
  readonly leaves?: ReadonlyMap<number, number>;
  /** True: the server is told at once who left; else its timers find out. */
  readonly isTold?: boolean;
  readonly minSum?: number;
  readonly seed?: number;
  readonly client?: (index: number) => Partial<ClientMachineParts>;
  readonly server?: Partial<ServerMachineParts>;
  readonly inputs?: readonly Uint32Array[];
  /** Of the jobs. */
  readonly crypto?: CryptoProvider;
  readonly jobs?: typeof SECAGG_JOBS;
  /** Changes a message, or swallows it. */
  readonly pass?: (passing: SentMessage) => Uint8Array | undefined;
}

/** Draws for one client. */
export function bytesOf(random: RandomStream): (length: number) => Uint8Array {
  return (length) => Uint8Array.from({ length }, () => random.below(256));
}

/** Identities of signed mode. */
export function identityOf(index: number): Uint8Array {
  return CRYPTO.sha256(Uint8Array.of(index, 99));
}

const publicKeys = new Map<number, Uint8Array>();

/** Public key of an identity. */
export function publicKeyOf(index: number): Uint8Array {
  const known = publicKeys.get(index);
  if (known !== undefined) return known;
  const key = CRYPTO.ed25519PublicKey(identityOf(index));
  publicKeys.set(index, key);
  return key;
}

/** A session and all that it did. */
export class Session {
  readonly config: SecaggConfig;
  readonly server: ServerMachine;
  readonly clients: readonly ClientMachine[];
  readonly inputs: readonly Uint32Array[];
  readonly messages: SentMessage[] = [];
  readonly drops: { readonly at: 'server' | number; readonly reason: SecaggDropReason }[] = [];
  readonly effects: ServerEffect[] = [];
  readonly finished = new Map<number, string>();
  now = 0;
  readonly #options: SessionOptions;
  readonly #left = new Set<number>();
  readonly #queue: (() => void)[] = [];

  constructor(options: SessionOptions = {}) {
    const { config = configOf(), seed = 1, client, server, minSum = 1 } = options;
    this.#options = options;
    this.config = config;
    const draws = openRandomStream(seed, 'inputs', 'test');
    const largest = largestRingElement(config.bits);
    this.inputs =
      options.inputs ??
      Array.from({ length: config.n }, () =>
        Uint32Array.from({ length: config.m }, () => draws.below(Math.min(largest + 1, 2 ** 32))),
      );
    this.server = new ServerMachine({
      ...{ config, crypto: CRYPTO, random: openRandomStream(seed, 'server', 'graph') },
      ...{ phaseTimeoutNs: 30 * SECOND, minSum, publicKeyOf },
      ...server,
    });
    this.clients = Array.from(
      { length: config.n },
      (_, index) =>
        new ClientMachine({
          ...{ config, index, crypto: CRYPTO, sessionTimeoutNs: 180 * SECOND },
          randomBytes: bytesOf(openRandomStream(seed, `client-${index}`, 'keys')),
          identity: { secret: identityOf(index), publicKeyOf },
          ...client?.(index),
        }),
    );
  }

  /** Runs the whole session. */
  run(): this {
    this.toServer({ kind: 'begin' });
    for (const [index, update] of this.inputs.entries()) {
      if (index >= this.config.n) break;
      this.toClient(index, { kind: 'begin' });
      this.toClient(index, { kind: 'update', ring: update.slice() });
    }
    this.drain();
    while (Number.isFinite(this.server.nextAt())) {
      this.now = this.server.nextAt();
      this.toServer({ kind: 'timer' });
      this.drain();
    }
    return this;
  }

  drain(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();
  }

  toServer(input: ServerInput): void {
    for (const effect of this.server.step(this.now, input)) this.#ofServer(effect);
  }

  toClient(index: number, input: ClientInput): void {
    const client = this.clients[index] as ClientMachine;
    for (const effect of client.step(this.now, input)) this.#ofClient(index, effect);
  }

  get sum(): Extract<ServerEffect, { kind: 'sum' }> | undefined {
    return this.effects.find((effect) => effect.kind === 'sum');
  }

  get aborted(): Extract<ServerEffect, { kind: 'aborted' }> | undefined {
    return this.effects.find((effect) => effect.kind === 'aborted');
  }

  get opened(): Extract<ServerEffect, { kind: 'opened' }> | undefined {
    return this.effects.find((effect) => effect.kind === 'opened');
  }

  /** What the sum of these clients should be. */
  sumOf(indices: readonly number[]): Uint32Array {
    const sum = new Uint32Array(this.config.m);
    for (const index of indices) addVectorInto(sum, this.inputs[index] as Uint32Array);
    reduceRingElements(sum, this.config.bits);
    return sum;
  }

  /** Reasons of drops, as often as they came. */
  reasons(at: 'server' | 'clients'): readonly SecaggDropReason[] {
    const isServer = at === 'server';
    return this.drops
      .filter((drop) => (drop.at === 'server') === isServer)
      .map(({ reason }) => reason);
  }

  /** The first message of a type, to or from a client. */
  message(type: number, client?: number): Uint8Array {
    const found = this.messages.find(
      (passing) => passing.type === type && (client === undefined || passing.client === client),
    );
    if (found === undefined) throw new Error(`no message ${type} of ${client}`);
    return found.bytes;
  }

  #ofServer(effect: ServerEffect): void {
    this.effects.push(effect);
    if (effect.kind === 'compute') {
      this.#compute(effect, (output) =>
        this.toServer({ kind: 'computed', job: effect.job, output }),
      );
    } else if (effect.kind === 'drop') this.drops.push({ at: 'server', reason: effect.reason });
    else if (effect.kind === 'send' && effect.type !== SECAGG_MESSAGE_TYPES.invite) {
      this.#carry({ way: 'down', client: effect.to, type: effect.type, bytes: effect.bytes });
    }
  }

  #ofClient(index: number, effect: ClientEffect): void {
    if (effect.kind === 'compute') {
      this.#compute(effect, (output) =>
        this.toClient(index, { kind: 'computed', job: effect.job, output }),
      );
    } else if (effect.kind === 'drop') this.drops.push({ at: index, reason: effect.reason });
    else if (effect.kind === 'finished') this.finished.set(index, effect.outcome);
    else if (effect.kind === 'send') {
      const leavesAt = this.#options.leaves?.get(index);
      if (leavesAt !== undefined && effect.type >= leavesAt) {
        this.#left.add(index);
        if (this.#options.isTold ?? true) {
          this.#queue.push(() => this.toServer({ kind: 'gone', index }));
        }
        return;
      }
      this.#carry({ way: 'up', client: index, type: effect.type, bytes: effect.bytes });
    }
  }

  #carry(passing: SentMessage): void {
    const { pass } = this.#options;
    const bytes = pass === undefined ? passing.bytes : pass(passing);
    if (bytes === undefined) return;
    this.messages.push({ ...passing, bytes });
    const { client } = passing;
    this.#queue.push(() => {
      if (passing.way === 'up') this.toServer({ kind: 'message', from: client, bytes });
      else if (!this.#left.has(client)) this.toClient(client, { kind: 'message', bytes });
    });
  }

  #compute(effect: ComputeJobEffect, done: (output: unknown) => void): void {
    const input = structuredClone(effect.input);
    const { jobs = SECAGG_JOBS, crypto = CRYPTO } = this.#options;
    this.#queue.push(() => done(structuredClone(jobs[effect.name].run(input, crypto))));
  }
}

/** Reads a message that must be one. */
export function bodyOf(bytes: Uint8Array): SecaggMessageBody {
  const decoded = decodeSecaggMessage(bytes);
  if (typeof decoded === 'string') throw new Error(decoded);
  return decoded.body;
}

/** The message with another body. */
export function withBody(
  bytes: Uint8Array,
  change: (body: SecaggMessageBody) => SecaggMessageBody,
): Uint8Array {
  const decoded = decodeSecaggMessage(bytes);
  if (typeof decoded === 'string') throw new Error(decoded);
  return encodeSecaggMessage(decoded.session ?? new Uint8Array(0), change(decoded.body));
}
