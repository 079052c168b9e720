/**
 * A mix as a library: packets in, results out.
 *
 * The calls are start, submit, take, stats and stop, on top of the packet pipeline of the live
 * mode. Every result is a valid packet with one layer removed; every other packet is dropped with a
 * reason. The mix has no sockets, no directory and no clock: it returns delays, and the caller must
 * wait for them.
 *
 * @module
 */

import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { Pipeline } from '../../engine/live/pipeline/pipeline.ts';
import { poolHitRatio } from '../../engine/live/pipeline/stats.ts';
import type { PipelineResult } from '../../engine/live/pipeline/submission.ts';
import { wipe } from '../../nodes/_kit/secrets.ts';
import { ReplayFilter } from '../../nodes/mixnet/index.ts';
import {
  completeUnwrap,
  createKeyExchange,
  createPacketFormat,
  DEFAULT_HOPS,
  DEFAULT_USER_PAYLOAD_LENGTH,
  encodeUnwrapSetup,
  type KeyExchangeOption,
  type PacketFormat,
  type UnwrapCompletionRules,
} from '../../nodes/sphinx/index.ts';
import { jobsModuleUrl } from './jobs.ts';

/** Longest accepted delay, ms: three epochs of 20 minutes. */
const DELAY_MS_MAX = 3_600_000;
const EXPECTED_TAGS = 1_000_000;
const FALSE_POSITIVE = 1e-6;
const FILTER_KEY_LENGTH = 16;
const MS_PER_SECOND = 1_000;

/** Settings of a mix. All have a default. */
export interface MixnodeOptions {
  /** Number of worker threads; by default one per core, at most four. */
  readonly workers?: number;
  /** Number of packets that a worker takes at a time; default 128. */
  readonly batch?: number;
  /** Number of reusable buffers; default 1,024. */
  readonly slots?: number;
  /** Largest number of packets inside, including results that wait to be taken; default 10,000. */
  readonly queue?: number;
  /** The key exchange; default `x25519`. */
  readonly exchange?: KeyExchangeOption;
  /** Largest number of nodes on a path; default 5. */
  readonly nrHops?: number;
  /** Length of the user data of a packet, bytes; default 2,000. */
  readonly userPayloadLength?: number;
  /**
   * Number of packets during the life of the key, which determines the size of the replay filter;
   * default 1,000,000.
   */
  readonly expectedTags?: number;
}

/** The cryptography and the source of randomness that a mix uses. */
export interface MixnodeParts {
  readonly crypto: CryptoProvider;
  readonly random: (length: number) => Uint8Array;
}

/** A valid packet with one layer removed. */
export type MixedPacket =
  /** A packet that must be sent to `nextNode` after the delay. */
  | {
      readonly kind: 'forward';
      readonly nextNode: Uint8Array;
      readonly delayMs: number;
      readonly packet: Uint8Array;
    }
  /** A packet that ends at this mix. */
  | { readonly kind: 'deliver' | 'surbReply'; readonly payload: Uint8Array };

/** Counts since the start. */
export interface MixnodeStats {
  readonly packetsSubmitted: number;
  /** Number of valid packets that were unwrapped. */
  readonly packetsProcessed: number;
  readonly packetsDropped: number;
  /** Number of drops by reason. */
  readonly drops: Readonly<Record<string, number>>;
  /** Valid packets per second of wall time. */
  readonly throughputPps: number;
  /** Mean time from submission to result, ms. */
  readonly meanProcessingMs: number;
  /** Share of buffers that were reused, 0 to 1. */
  readonly poolHitRatio: number;
  readonly batches: number;
}

/** A mix; `startMixnode` creates one. */
export class Mixnode {
  /** The public key that senders need. */
  readonly publicKey: Uint8Array;
  readonly #pipeline: Pipeline;
  readonly #job: number;
  readonly #queue: number;
  readonly #rules: UnwrapCompletionRules;
  readonly #results: MixedPacket[] = [];
  readonly #drops = new Map<string, number>();
  readonly #submittedAt = new Map<number, number>();
  readonly #startedAt = performance.now();
  #stoppedAt: number | undefined;
  #token = 0;
  #processed = 0;
  #processingMs = 0;

  constructor({ crypto, random }: MixnodeParts, options: MixnodeOptions) {
    const format = packetFormatFor(crypto, options);
    const { expectedTags = EXPECTED_TAGS, exchange = 'x25519', queue = 10_000 } = options;
    const secret = random(format.privateKeyLength);
    const setup = encodeUnwrapSetup({
      exchange,
      nrHops: options.nrHops ?? DEFAULT_HOPS,
      userForwardPayloadLength: options.userPayloadLength ?? DEFAULT_USER_PAYLOAD_LENGTH,
      withSurb: true,
      delayMsMax: DELAY_MS_MAX,
      privateKeys: [secret],
    });
    const key = format.openKey(secret);
    this.publicKey = key.publicKey;
    key.wipe();
    wipe(secret);
    const { workers, batch, slots } = options;
    this.#queue = queue;
    this.#pipeline = new Pipeline({
      queue,
      slotBytes: format.geometry.packetLength,
      ...(workers === undefined ? {} : { workers }),
      ...(batch === undefined ? {} : { batch }),
      ...(slots === undefined ? {} : { slots }),
    });
    const address = { moduleUrl: jobsModuleUrl, job: 'unwrap', crypto: crypto.name };
    this.#job = this.#pipeline.open(address, setup);
    wipe(setup);
    const size = { expectedTags, falsePositive: FALSE_POSITIVE };
    const filter = new ReplayFilter(size, random(FILTER_KEY_LENGTH));
    this.#rules = {
      keys: [{ enterTag: (tag): boolean => filter.enter(tag) === 'new' }],
      isNextHop: (): boolean => true,
    };
  }

  /** Resolves when the threads have started; packets may be submitted earlier. */
  async ready(): Promise<void> {
    await this.#pipeline.settled();
  }

  /**
   * Accepts a packet, or drops it with a reason; never blocks. The bytes are copied, so the caller
   * may reuse them.
   */
  submit(packet: Uint8Array): 'taken' | 'queue-full' | 'too-long' | 'no-worker' {
    const token = this.#token;
    this.#token += 1;
    if (this.#results.length + this.#pipeline.inside >= this.#queue) {
      this.#drop('queue-full');
      return 'queue-full';
    }
    const submission = { job: this.#job, bytes: packet, sink: this.#sink, token, affinity: -1 };
    const submitted = this.#pipeline.submit(submission);
    if (submitted === 'taken') this.#submittedAt.set(token, performance.now());
    else this.#drop(submitted);
    return submitted;
  }

  /** Returns the oldest results that have not been taken, at most `max`. */
  take(max: number): readonly MixedPacket[] {
    return this.#results.splice(0, max);
  }

  /** Resolves when no packet is being processed, so that all results can be taken. */
  async drained(): Promise<void> {
    await this.#pipeline.drained();
  }

  /** Counts from the start until the stop. */
  stats(): MixnodeStats {
    const seconds = ((this.#stoppedAt ?? performance.now()) - this.#startedAt) / MS_PER_SECOND;
    const dropped = [...this.#drops.values()].reduce((sum, count) => sum + count, 0);
    const { stats } = this.#pipeline;
    return {
      packetsSubmitted: this.#token,
      packetsProcessed: this.#processed,
      packetsDropped: dropped,
      drops: Object.fromEntries(this.#drops),
      throughputPps: this.#processed / seconds,
      meanProcessingMs: this.#processed === 0 ? 0 : this.#processingMs / this.#processed,
      poolHitRatio: poolHitRatio(stats),
      batches: stats.batches,
    };
  }

  /**
   * Ends the threads. Finished results can still be taken; packets still inside are counted as
   * `stopped`.
   */
  async stop(): Promise<void> {
    this.#stoppedAt ??= performance.now();
    const lost = await this.#pipeline.close();
    for (let count = 0; count < lost; count += 1) this.#drop('stopped');
  }

  readonly #sink = {
    done: (token: number, result: PipelineResult): void => this.#done(token, result),
  };

  #done(token: number, result: PipelineResult): void {
    const submittedAt = this.#submittedAt.get(token) ?? 0;
    this.#submittedAt.delete(token);
    if (result.status !== 'done') {
      this.#drop(result.status);
      return;
    }
    const settled = completeUnwrap(this.#rules, result);
    if ('drop' in settled) {
      this.#drop(settled.drop);
      return;
    }
    this.#processed += 1;
    this.#processingMs += performance.now() - submittedAt;
    const { unwrapped, delayMs } = settled;
    if (unwrapped.kind === 'forward') {
      const nextNode = unwrapped.nextNode.slice();
      this.#results.push({ kind: 'forward', nextNode, delayMs, packet: result.bytes.slice() });
    } else this.#results.push({ kind: unwrapped.kind, payload: unwrapped.payload.slice() });
  }

  #drop(reason: string): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + 1);
  }
}

/** The packet format of mixes with these options. */
export function packetFormatFor(crypto: CryptoProvider, options: MixnodeOptions): PacketFormat {
  return createPacketFormat({
    crypto,
    exchange: createKeyExchange(crypto, options.exchange ?? 'x25519'),
    nrHops: options.nrHops ?? DEFAULT_HOPS,
    userForwardPayloadLength: options.userPayloadLength ?? DEFAULT_USER_PAYLOAD_LENGTH,
    withSurb: true,
  });
}
