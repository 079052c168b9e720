/**
 * Fabric: the adapter between the host and the machine of one peer.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Counter } from '../../engine/host/measure.ts';
import type { Store } from '../../engine/host/store.ts';
import type { CalendarTime } from '../../engine/host/time.ts';
import type { PeerReachability, Transport } from '../../engine/host/transport.ts';
import { DurableCounter } from '../_kit/reserved-counter.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { WayChooser } from '../_kit/way-chooser.ts';
import type { Behaviour } from './behaviour.ts';
import type {
  ArrivedMessage,
  CallAnswer,
  MessageSettlement,
  PeerEffect,
  PeerInput,
  SubmittedMessage,
} from './effects.ts';
import type { MessageKind } from './envelope.ts';
import { RESERVED_NUMBERS_PER_WRITE } from './geometry.ts';
import { outgoingRecordKeyPrefix } from './outgoing/sender.ts';
import { answeredCallsKey, inboxRecordKey, PeerMachine } from './peer.ts';
import { type Conversation, conversationName, type PeerMachineOptions } from './peer-parts.ts';
import type { PeerMessageObserver } from './peer-watch.ts';

/** Called with the outcome of a message, and the body of the answer to a call. */
export type OutcomeCallback = (outcome: string, body?: Uint8Array) => void;

/** Callbacks by which the machine of a peer uses its node. */
export interface PeerMachineHandlers {
  readonly hand: (arrival: ArrivedMessage) => void;
  readonly forgotten: () => void;
  readonly accepted: (kind: MessageKind, payload: Uint8Array) => void;
  readonly kept: (kind: MessageKind, number: number) => void;
  readonly effected: (call: Uint8Array, how: 'written' | 'found') => void;
  /**
   * Called when the disk has recorded as handled the messages with these numbers, of the peer's memory with
   * this name.
   */
  readonly remembered: (memory: Uint8Array, numbers: readonly number[]) => void;
  readonly settled: (settlement: MessageSettlement<OutcomeCallback>) => void;
}

/** What a {@link PeerAdapter} is made from. */
export interface PeerAdapterParts extends Conversation {
  readonly host: Host;
  readonly store: Store;
  readonly memory: Uint8Array;
  readonly life: number;
  readonly options: PeerMachineOptions;
  readonly behaviour: Behaviour;
  /** The carriers that the conversation may use, in the order of preference, and their indices among those of the node. */
  readonly transports: readonly Transport[];
  readonly ways: readonly number[];
  /** Chooses among these; absent: the first that is up. */
  readonly chooser?: WayChooser | undefined;
  readonly isOutside: (kind: MessageKind) => boolean;
  readonly watch: PeerMessageObserver | undefined;
  readonly handlers: PeerMachineHandlers;
}

type SendCounters = Readonly<Record<'packets' | 'sent' | 'pieces' | 'repeated', Counter>>;

/** Connects the machine of one peer to its host: store, carriers, timers and counters. */
export class PeerAdapter {
  readonly #parts: PeerAdapterParts;
  readonly #machine: PeerMachine<OutcomeCallback>;
  readonly #shell: StateMachineRunner<PeerInput<OutcomeCallback>, PeerEffect<OutcomeCallback>>;
  /** Counters that every sent packet increases, looked up once. */
  readonly #counters: SendCounters;
  #peak = 0;
  /** Index of the way over which the last packet came. */
  #wayInHand = 0;

  constructor(parts: PeerAdapterParts) {
    this.#parts = parts;
    const {
      host,
      store,
      peer,
      isPrivate,
      memory,
      life,
      options,
      behaviour,
      transports,
      chooser,
      isOutside,
      watch,
    } = parts;
    const { meter } = host;
    const name = conversationName(parts);
    this.#counters = {
      packets: meter.counter('fabric.sent_packets'),
      sent: meter.counter('fabric.sent_bytes'),
      pieces: meter.counter('fabric.piece_bytes'),
      repeated: meter.counter('fabric.repeated_bytes'),
    };
    const counter = new DurableCounter({
      store,
      key: `next/${name}`,
      reserve: RESERVED_NUMBERS_PER_WRITE,
      onSync: (): void => this.#shell.take({ kind: 'numbers' }),
    });
    // Message numbers begin with 1, since a new receiver counts all numbers up to 0 as handled.
    const take = (): number | undefined => counter.take(1);
    const numbers = {
      take,
      get next(): number {
        return Math.max(1, counter.next);
      },
    };
    const keys = store.keys({ prefix: outgoingRecordKeyPrefix(name) });
    this.#machine = new PeerMachine<OutcomeCallback>(
      {
        ...{ own: host.name, peer, isPrivate, memory, life, options, behaviour, numbers },
        ...{ isOutside, watch },
        carriers: transports.map(({ terms }) => terms),
        carrierNames: transports.map(({ carrier }) => carrier),
        ...(chooser && { chooser }),
        random: host.random(isPrivate ? 'retries of private packets' : 'retries'),
        clock: (): CalendarTime => host.clock(),
        records: keys.map((key) => [key, store.get(key) ?? new Uint8Array(0)]),
        answeredRecord: store.get(answeredCallsKey(name)),
        inboxRecord: store.get(inboxRecordKey(name)),
      },
      host.now(),
    );
    this.#shell = new StateMachineRunner(
      host,
      this.#machine,
      (effect) => this.#perform(effect),
      'lazy',
    );
  }

  /** Number of messages to the peer that are not over. */
  get open(): number {
    return this.#machine.holding;
  }

  get held(): number {
    return this.#machine.held;
  }

  /** Why a new message with this priority cannot be accepted; undefined if it can. */
  refusal(priority: number): string | undefined {
    return this.#machine.refusal(priority);
  }

  /** Sends the messages that are left from before a restart. */
  start(): void {
    this.#shell.take({ kind: 'numbers' });
  }

  stop(): void {
    this.#shell.stop();
  }

  submit(message: SubmittedMessage<OutcomeCallback>): void {
    this.#shell.take({ kind: 'submit', message });
    const { open } = this;
    if (open <= this.#peak) return;
    this.#peak = open;
    this.#parts.host.meter.histogram('fabric.queue.peak').record(open);
  }

  /**
   * Called when a packet came over a carrier of the node. The machine may keep the bytes: the caller must not reuse them.
   * @returns false if the conversation does not use this carrier: nothing was done.
   */
  packet(carrier: number, bytes: Uint8Array): boolean {
    const way = this.#parts.ways.indexOf(carrier);
    if (way < 0) return false;
    this.#wayInHand = way;
    this.#shell.take({ kind: 'packet', way, bytes });
    return true;
  }

  turn(carrier: number, state: PeerReachability): void {
    const way = this.#parts.ways.indexOf(carrier);
    if (way >= 0) this.#shell.take({ kind: 'way', way, state });
  }

  /** Called when the handler of a message has run. */
  handled(number: number, answer?: CallAnswer): void {
    this.#shell.take({ kind: 'handled', number, ...(answer && { answer }) });
  }

  #perform(effect: PeerEffect<OutcomeCallback>): void {
    const { host, store, peer, handlers } = this.#parts;
    switch (effect.kind) {
      case 'send':
        this.#send(effect);
        return;
      case 'put':
        store.put(effect.key, effect.value);
        return;
      case 'erase':
        store.delete(effect.key);
        return;
      case 'sync':
        store.sync((error) => this.#shell.take({ kind: 'synced', isDurable: error === undefined }));
        return;
      case 'hand':
        handlers.hand(effect.arrival);
        return;
      case 'forgotten':
        handlers.forgotten();
        return;
      case 'accepted':
        handlers.accepted(effect.messageKind, effect.payload);
        return;
      case 'kept':
        handlers.kept(effect.messageKind, effect.number);
        return;
      case 'effected':
        handlers.effected(effect.call, effect.how);
        return;
      case 'remembered':
        handlers.remembered(effect.memory, effect.numbers);
        return;
      case 'settled':
        handlers.settled(effect.settlement);
        return;
      case 'drop':
        host.drop(effect.reason);
        this.#logDrop(effect.reason);
        return;
      case 'count':
        host.meter.counter(`fabric.${effect.of}`).add(effect.amount);
        return;
      case 'reach':
        // Protocols above are told of the way to a peer only, not of the ways that its private messages may take.
        if (!this.#parts.isPrivate) host.way(peer, effect.state);
        return;
      case 'switched':
        host.meter.sample('navigator.switch', effect.afterNs);
    }
  }

  /** Logs that the last packet was refused, with the path on which it came, if its carrier knows the path. */
  #logDrop(reason: string): void {
    const { host, peer, transports } = this.#parts;
    const facts = transports[this.#wayInHand]?.delivery();
    if (facts === undefined) return;
    const { path, sequence } = facts;
    host.log.debug(`a packet is refused: ${reason}`, {
      destination: peer,
      ...(path === undefined ? {} : { path_id: path }),
      ...(sequence === undefined ? {} : { packet_id: sequence }),
    });
  }

  #send(effect: Extract<PeerEffect<OutcomeCallback>, { kind: 'send' }>): void {
    const { way, bytes, wishes, token, pieceBytes, repeatedBytes } = effect;
    const { packets, sent, pieces, repeated } = this.#counters;
    packets.add(1);
    sent.add(bytes.length);
    if (pieceBytes > 0) pieces.add(pieceBytes);
    if (repeatedBytes > 0) repeated.add(repeatedBytes);
    const transport = this.#parts.transports[way];
    // Over a carrier that may lose packets, a refusal by the carrier is treated as a loss.
    const done =
      token === undefined
        ? ignore
        : (outcome: string): void => this.#shell.take({ kind: 'answered', way, token, outcome });
    const { peer, isPrivate } = this.#parts;
    transport?.send(peer, bytes, isPrivate ? { ...wishes, private: true } : wishes, done);
  }
}

function ignore(): void {
  // The carrier's answer is not needed.
}
