/**
 * The adapter between the host's interface and the machine of an authority: streams, store, timer.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { Store } from '../../../engine/host/store.ts';
import type { Listener, Stream } from '../../../engine/host/stream.ts';
import { StateMachineRunner } from '../../_kit/shell.ts';
import { UnidentifiedStreams } from '../../_kit/unidentified-streams.ts';
import { makeAddressBook } from '../address-book.ts';
import type { MixnetSetup } from '../behaviour.ts';
import type { MixnetDropReason } from '../drops.ts';
import { EpochClock } from '../epoch-clock.ts';
import { AUTHORITY_STREAMS_MAX } from '../geometry.ts';
import { createAuthorityRecordReader } from '../records.ts';
import { authoritySecret, findIdentityKey, findTrustedAuthorities } from '../trust.ts';
import { type AuthorityEffect, type AuthorityInput, AuthorityStateMachine } from './machine.ts';

/** Creates an authority on `host`. */
export function createAuthority(host: Host, setup: MixnetSetup): NodeHandle {
  return new AuthorityNode(host, setup);
}

class AuthorityNode implements NodeHandle {
  readonly #host: Host;
  readonly #port: number;
  readonly #machine: AuthorityStateMachine;
  readonly #shell: StateMachineRunner<AuthorityInput, AuthorityEffect>;
  readonly #store: Store;
  /** Open streams by number. */
  readonly #streams = new Map<number, Stream>();
  /**
   * Numbers of the open streams. Peers prove no identity, so a new stream beyond the limit closes the
   * oldest one.
   */
  readonly #newcomers = new UnidentifiedStreams<number>(
    (number) => this.#refuse(number, 'streams-full'),
    AUTHORITY_STREAMS_MAX,
  );
  #nextStream = 0;
  #listener: Listener | undefined;

  constructor(host: Host, { network, options, behaviour }: MixnetSetup) {
    this.#host = host;
    this.#port = options.directoryPort;
    this.#machine = new AuthorityStateMachine({
      clock: new EpochClock(host, options.epoch),
      crypto: host.crypto,
      options,
      checkProofs: behaviour.checkProofs,
      book: makeAddressBook(network, host.crypto),
      secret: authoritySecret(network, host.name),
      trust: findTrustedAuthorities(network, host.name),
      identityKeyOf: (name): Uint8Array => findIdentityKey(network, name),
      randomBytes: (length): Uint8Array => host.randomBytes(length),
    });
    this.#shell = new StateMachineRunner(host, this.#machine, (effect) => this.#perform(effect));
    this.#store = host.store('mixnet-authority');
  }

  start(): void {
    const stored = new Map<string, Uint8Array>();
    for (const key of this.#store.keys()) stored.set(key, this.#store.get(key) as Uint8Array);
    this.#shell.take({ kind: 'start', stored });
    this.#listener = this.#host.listen({ port: this.#port }, (stream) => this.#accept(stream));
    if (this.#listener === undefined) this.#host.log.warn(`port ${this.#port} is taken`);
  }

  stop(): void {
    this.#shell.stop();
    this.#listener?.close();
  }

  isReady(): boolean {
    return this.#machine.documents.length > 0;
  }

  status(): Readonly<Record<string, unknown>> {
    const { descriptors, documents } = this.#machine;
    return { descriptors, documents, role: 'authority' };
  }

  /**
   * Serves a new stream, which may carry one request: a second request resets the stream, even
   * while the first one is unanswered.
   */
  #accept(stream: Stream): void {
    const number = this.#nextStream++;
    this.#streams.set(number, stream);
    this.#newcomers.add(number);
    let isAnswered = false;
    const reader = createAuthorityRecordReader(['upload', 'ask'], (type, body) => {
      if (!isAnswered) this.#shell.take({ kind: 'record', stream: number, type, body });
      else this.#refuse(number, 'record-unexpected');
      isAnswered = true;
    });
    stream.handle({
      onData: (buffer, offset, length) => {
        if (reader.read(buffer, offset, length)) return;
        this.#host.drop('record-malformed');
        stream.reset();
      },
      onEnd: () => {
        if (!reader.isBetweenFrames) this.#host.drop('record-truncated');
        stream.end();
      },
      onClose: () => {
        this.#streams.delete(number);
        this.#newcomers.delete(number);
      },
    });
  }

  #refuse(number: number, reason: MixnetDropReason): void {
    const stream = this.#streams.get(number);
    if (stream === undefined) return;
    this.#streams.delete(number);
    this.#host.drop(reason);
    stream.reset();
  }

  #perform(effect: AuthorityEffect): void {
    switch (effect.kind) {
      case 'reply':
        this.#streams.get(effect.stream)?.write(effect.record);
        return;
      case 'reset':
        this.#streams.get(effect.stream)?.reset();
        return;
      case 'put':
        this.#store.put(effect.key, effect.value);
        return;
      case 'delete':
        this.#store.delete(effect.key);
        return;
      case 'sync':
        this.#store.sync(() => undefined);
        return;
      case 'published':
        this.#host.trace.mark(`document ${effect.epoch}`);
        return;
      case 'diversity':
        this.#host.meter.sample('mix.layers.simpson', effect.simpson);
        return;
      case 'drop':
        this.#host.drop(effect.reason);
        return;
      case 'warn':
        this.#host.log.warn(effect.text);
    }
  }
}
