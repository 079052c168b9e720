/**
 * Fabric: the adapter between the host, the machines of all peers, and the handlers of messages.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { GroundTruthWitness, NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { Store } from '../../engine/host/store.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import type {
  PeerReachability,
  Transport,
  TransportHandlers,
} from '../../engine/host/transport.ts';
import { readUint32, writeUint32 } from '../_kit/bytes.ts';
import { hashBytesTo53Bits } from '../_kit/bytes-name.ts';
import { Navigator, ratingOf } from '../navigator/index.ts';
import type { Behaviour } from './behaviour.ts';
import type { FabricOptions } from './config.ts';
import { checksumReply } from './echo.ts';
import type { ArrivedMessage, MessageSettlement, SubmittedMessage } from './effects.ts';
import {
  FIRST_RETRY_NS,
  MEMORY_NAME_BYTES,
  MESSAGE_ID_BYTES,
  PAYLOAD_BYTES_MAX,
  PRIORITY_DEFAULT,
  STARTUP_QUEUE_BYTES_MAX,
  STARTUP_QUEUE_INPUTS_MAX,
} from './geometry.ts';
import { GroupsAdapter } from './groups-node.ts';
import { LoadGeneratorAdapter, type LoadGeneratorAdapterParts } from './load-node.ts';
import { FabricMessageReporter } from './message-reporter.ts';
import { outgoingRecordKeyPrefix } from './outgoing/sender.ts';
import { inboxRecordKey } from './peer.ts';
import { type OutcomeCallback, PeerAdapter } from './peer-node.ts';
import { type Conversation, conversationName } from './peer-parts.ts';
import { PeerTrace } from './peer-trace.ts';
import { ApplicationDelivery } from './subscriber-node.ts';
import { isPrivatePacket } from './wire.ts';

const MEMORY_KEY = 'memory';
const LIFE_KEY = 'life';
const LIFE_BYTES = 4;
const NO_BYTES = new Uint8Array(0);

/** A carrier protocol below, and the names of the hosts that it reaches. */
interface Carrier {
  readonly transport: Transport;
  readonly peers: ReadonlySet<string>;
}

/** The conversations that this node can have with a peer. */
function conversationsWith(peer: string): readonly Conversation[] {
  return [false, true].map((isPrivate) => ({ peer, isPrivate }));
}

/**
 * Makes the name of the memory of private messages, which are numbered apart, by inverting that of the node's memory.
 */
function invert(memory: Uint8Array): Uint8Array {
  return memory.map((byte) => byte ^ 0xff);
}

/** Creates a fabric node on `host`. */
export function createFabricNode(
  host: Host,
  setup: NodeSetup<FabricOptions>,
  behaviour: Behaviour,
): NodeHandle {
  return new FabricNode(host, setup, behaviour);
}

class FabricNode implements NodeHandle {
  readonly #host: Host;
  readonly #options: FabricOptions;
  readonly #behaviour: Behaviour;
  readonly #witness: GroundTruthWitness;
  readonly #account: FabricMessageReporter;
  readonly #store: Store;
  readonly #carriers: readonly Carrier[];
  /** The machines of conversations, by name. */
  readonly #peers = new Map<string, PeerAdapter>();
  readonly #load: LoadGeneratorAdapter | undefined;
  readonly #subscribers: ApplicationDelivery | undefined;
  readonly #groups: GroupsAdapter;
  #memory: Uint8Array = NO_BYTES;
  #life = 0;
  /**
   * Packets and requests that came before the count of this node's starts was on disk; undefined afterwards.
   */
  #early: (() => void)[] | undefined = [];
  #earlyBytes = 0;

  constructor(
    host: Host,
    { options, witness, observer }: NodeSetup<FabricOptions>,
    behaviour: Behaviour,
  ) {
    this.#behaviour = behaviour;
    this.#host = host;
    this.#options = options;
    this.#witness = witness;
    this.#account = new FabricMessageReporter(observer);
    this.#store = host.store('fabric');
    this.#carriers = this.#findCarriers();
    if (options.handler === 'subscriber') {
      this.#subscribers = new ApplicationDelivery({
        now: (): Nanoseconds => host.now(),
        drop: (reason): void => host.drop(reason),
        handled: (from, number, answer): void => this.#peers.get(from)?.handled(number, answer),
      });
    }
    if (options.load !== undefined) {
      const load = { ...options.load, deadline: options.load.deadline ?? options.deadline };
      const call: LoadGeneratorAdapterParts['call'] = (peer, message) =>
        this.#submit({ peer, isPrivate: load.private }, message);
      this.#load = new LoadGeneratorAdapter({ host, store: this.#store, options: load, call });
    }
    this.#groups = new GroupsAdapter({
      host,
      witness,
      store: this.#store,
      options: options.group,
      yesOf: behaviour.yesOf,
      peers: [...new Set(this.#carriers.flatMap(({ peers }) => [...peers]))],
      send: (peer, message): void => this.#submit({ peer, isPrivate: false }, message),
      handled: (from, number): void => this.#peers.get(from)?.handled(number),
    });
  }

  /**
   * Counts this start of the node on disk before anything is sent: peers tell the node's lives apart by that
   * count.
   */
  start(): void {
    const known = this.#store.get(MEMORY_KEY);
    this.#memory = known ?? this.#host.randomBytes(MEMORY_NAME_BYTES);
    if (known === undefined) this.#store.put(MEMORY_KEY, this.#memory);
    const former = this.#store.get(LIFE_KEY);
    this.#life = 1 + (former === undefined ? 0 : readUint32(former, 0));
    const life = new Uint8Array(LIFE_BYTES);
    writeUint32(life, 0, this.#life);
    this.#store.put(LIFE_KEY, life);
    this.#host.onRequest((request) => this.#request(request));
    this.#countLife();
  }

  stop(): void {
    this.#load?.stop();
    this.#groups.stop();
    for (const peer of this.#peers.values()) peer.stop();
  }

  isReady(): boolean {
    return this.#early === undefined;
  }

  holding(): number {
    return this.#account.open;
  }

  status(): Readonly<Record<string, unknown>> {
    const peers = [...this.#peers].map(([name, { open, held }]) => ({ held, name, open }));
    return { life: this.#life, peers };
  }

  #findCarriers(): readonly Carrier[] {
    const names = this.#options.ways ?? [undefined];
    const found: Carrier[] = [];
    for (const name of names) {
      const transport = this.#host.transport(this.#handlers(found.length), name);
      if (transport === undefined) this.#host.log.warn(`there is no carrier ${name ?? 'below'}`);
      else found.push({ transport, peers: new Set(transport.peers) });
    }
    return found;
  }

  #handlers(way: number): TransportHandlers {
    return {
      onMessage: (from, buffer, offset, length): void => {
        const packet = buffer.subarray(offset, offset + length);
        if (this.#early === undefined) {
          this.#packet(way, from, packet);
          return;
        }
        const copy = packet.slice();
        this.#whenReady(length, () => this.#packet(way, from, copy));
      },
      onWay: (name, state): void => {
        this.#whenReady(0, () => this.#turn(way, name, state));
      },
    };
  }

  #countLife(): void {
    this.#store.sync((error) => {
      if (error === undefined) this.#begin();
      // The write is tried again: a full disk may have room later.
      else this.#host.after(FIRST_RETRY_NS, () => this.#countLife());
    });
  }

  #begin(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const conversation of this.#conversationsOnDisk()) this.#peer(conversation)?.start();
    this.#groups.start();
    for (const act of early) act();
    this.#load?.start();
  }

  #conversationsOnDisk(): readonly Conversation[] {
    const names = new Set(this.#carriers.flatMap(({ peers }) => [...peers]));
    return [...names].flatMap(conversationsWith).filter((conversation) => {
      const name = conversationName(conversation);
      return (
        this.#store.get(inboxRecordKey(name)) !== undefined ||
        this.#store.keys({ prefix: outgoingRecordKeyPrefix(name), limit: 1 }).length > 0
      );
    });
  }

  /**
   * Runs `act` once the count of this node's starts is on disk; `bytes` is the memory that it holds until
   * then. @returns false if too much waits already.
   */
  #whenReady(bytes: number, act: () => void): boolean {
    const early = this.#early;
    if (early === undefined) act();
    else if (
      early.length < STARTUP_QUEUE_INPUTS_MAX &&
      this.#earlyBytes < STARTUP_QUEUE_BYTES_MAX
    ) {
      this.#earlyBytes += bytes;
      early.push(act);
    } else {
      this.#host.drop('not-ready');
      return false;
    }
    return true;
  }

  #packet(way: number, from: string, bytes: Uint8Array): void {
    const isPrivate = isPrivatePacket(bytes);
    const isTaken = this.#peer({ peer: from, isPrivate })?.packet(way, bytes);
    if (isTaken !== true) this.#host.drop(isPrivate ? 'not-private' : 'unknown-peer');
  }

  #turn(way: number, peer: string, state: PeerReachability): void {
    for (const conversation of conversationsWith(peer))
      this.#peers.get(conversationName(conversation))?.turn(way, state);
  }

  /** The machine of a conversation; undefined if no carrier may be used. */
  #peer(conversation: Conversation): PeerAdapter | undefined {
    const name = conversationName(conversation);
    const known = this.#peers.get(name);
    if (known !== undefined) return known;
    const { peer, isPrivate } = conversation;
    const ways = this.#carriers.flatMap(({ peers, transport: { terms } }, way) =>
      peers.has(peer) && (!isPrivate || this.#behaviour.hides(terms)) ? [way] : [],
    );
    if (ways.length === 0) return undefined;
    const transports = ways.map((way) => (this.#carriers[way] as Carrier).transport);
    const made = new PeerAdapter({
      host: this.#host,
      store: this.#store,
      ...conversation,
      memory: isPrivate ? invert(this.#memory) : this.#memory,
      life: this.#life,
      options: this.#options,
      behaviour: this.#behaviour,
      ways,
      transports,
      chooser: this.#makeNavigator(),
      isOutside: (kind): boolean => kind === 'message' || this.#options.handler === 'subscriber',
      watch: this.#traceOf(name, transports),
      handlers: {
        hand: (arrival): void => this.#hand(conversation, arrival),
        forgotten: (): void => this.#subscribers?.forget(name),
        accepted: (kind, payload): void => {
          if (kind === 'message') this.#account.accepted(payload);
        },
        kept: (kind, number): void => {
          if (kind === 'call') this.#countCall(name, number);
        },
        effected: (call, how): void => this.#effected(call, how),
        remembered: (memory, numbers): void => {
          const space = this.#spaceOf(memory);
          for (const number of numbers) this.#witness.note(space, number);
        },
        settled: (settlement): void => this.#settled(name, settlement),
      },
    });
    this.#peers.set(name, made);
    return made;
  }

  /** Makes the chooser of one conversation; undefined if the options name none. */
  #makeNavigator(): Navigator | undefined {
    const { navigator: options } = this.#options;
    if (options === undefined) return undefined;
    const { hides, score } = this.#behaviour;
    return new Navigator({ ...ratingOf(options), hides, score, meter: this.#host.meter });
  }

  /** The trace of a conversation; undefined while no trace is recorded. */
  #traceOf(name: string, transports: readonly Transport[]): PeerTrace | undefined {
    if (!this.#host.trace.isRecorded) return undefined;
    return new PeerTrace(
      this.#host,
      name,
      transports.map(({ carrier }) => carrier),
    );
  }

  #request(request: NodeRequest): void {
    const { kind, target, body, wishes = {} } = request;
    switch (kind) {
      case 'send':
      case 'call': {
        const { lifetime: lifetimeNs = this.#options.deadline, priority = PRIORITY_DEFAULT } =
          wishes;
        const conversation = { peer: target, isPrivate: wishes.private === true };
        const respond: OutcomeCallback = (outcome, answer) => request.respond(outcome, answer);
        const message = { payload: body.slice(), lifetimeNs, priority, request: respond };
        this.#submit(conversation, { kind: kind === 'send' ? 'message' : 'call', ...message });
        return;
      }
      case 'group':
        // A group sends its messages over all ways, also over those that do not hide who writes to whom.
        if (wishes.private === true) request.respond('not-private');
        else this.#groups.request(request);
        return;
      case 'messages':
      case 'answer':
      case 'refuse':
        if (this.#subscribers === undefined) request.respond('no-subscribers');
        else this.#subscribers.request(request);
        return;
      default:
        request.respond('unknown-request');
    }
  }

  #submit(to: Conversation, message: SubmittedMessage<OutcomeCallback>): void {
    const refuse = (outcome: string): void => message.request?.(outcome);
    if (message.payload.length > PAYLOAD_BYTES_MAX) refuse('too-large');
    else if (this.#early !== undefined) {
      const { kind, payload } = message;
      const isWaiting = this.#whenReady(payload.length, () => this.#submit(to, message));
      if (!isWaiting) refuse('not-ready');
      else if (kind === 'message') this.#account.waits(payload);
    } else {
      const peer = this.#peer(to);
      const refusal = peer === undefined ? this.#refusalOf(to) : peer.refusal(message.priority);
      if (peer !== undefined && refusal === undefined) peer.submit(message);
      else {
        this.#account.refused(message.payload);
        refuse(refusal ?? 'no-such-peer');
      }
    }
  }

  /** Why there is no machine for a conversation. */
  #refusalOf({ peer, isPrivate }: Conversation): string {
    const isKnown = this.#carriers.some(({ peers }) => peers.has(peer));
    if (!isPrivate || !isKnown) return 'no-such-peer';
    this.#host.drop('not-private');
    return 'not-private';
  }

  #hand(conversation: Conversation, arrival: ArrivedMessage): void {
    const { peer: from, isPrivate } = conversation;
    const name = conversationName(conversation);
    const peer = this.#peers.get(name);
    const { number, kind, id, payload, isAgain } = arrival;
    // A call is not counted here: it was handled twice only if its answer is written to disk twice.
    if (kind !== 'call' && this.#witness.has(this.#spaceOf(id), number)) {
      this.#host.meter.counter('fabric.handled_twice').add(1);
    }
    if (kind === 'group') {
      // A group answers over all ways, which would reveal who writes to whom: private group messages are dropped.
      if (!isPrivate) this.#groups.message(from, payload, number);
      else {
        this.#host.drop('bad-group-message');
        peer?.handled(number);
      }
      return;
    }
    if (kind !== 'call' && isAgain) this.#host.meter.counter('fabric.again').add(1);
    if (this.#subscribers !== undefined) {
      this.#subscribers.add(name, arrival);
      return;
    }
    if (kind === 'call') {
      const { handler, reply } = this.#options;
      if (handler === 'none') peer?.handled(number, { kind: 'refusal', payload: NO_BYTES });
      else peer?.handled(number, { kind: 'reply', payload: checksumReply(payload, reply) });
      return;
    }
    this.#account.delivered(payload);
    this.#host.deliver(from, payload, 0, payload.length, isAgain ? 'again' : undefined);
    peer?.handled(number);
  }

  /**
   * Name of the witness's set of message numbers that were recorded as handled, for the sender's memory with
   * which `id` begins.
   */
  #spaceOf(id: Uint8Array): string {
    const memory = hashBytesTo53Bits(id.subarray(0, MEMORY_NAME_BYTES), MEMORY_NAME_BYTES);
    return `remembered/${this.#host.name}/${memory}`;
  }

  /**
   * Counts a call that was accepted for good; a call that is found on disk again after a restart is not
   * counted twice.
   */
  #countCall(peer: string, number: number): void {
    if (this.#load === undefined) return;
    const wasCounted = this.#witness.note(`calls/${this.#host.name}/${peer}`, number);
    if (!wasCounted) this.#host.meter.counter('fabric.calls').add(1);
  }

  #effected(call: Uint8Array, how: 'written' | 'found'): void {
    const wasHandled = this.#witness.note(
      `handled/${this.#host.name}`,
      hashBytesTo53Bits(call, MESSAGE_ID_BYTES),
    );
    if (!wasHandled) this.#host.meter.counter('fabric.handled').add(1);
    else if (how === 'written') this.#host.meter.counter('fabric.handled_twice').add(1);
  }

  #settled(peer: string, settlement: MessageSettlement<OutcomeCallback>): void {
    const { number, kind, request, outcome, body, payload, isKept } = settlement;
    const { meter } = this.#host;
    if (kind === 'message') {
      if (isKept) this.#account.settled(payload, outcome === 'ok');
      else this.#account.refused(payload);
    }
    if (outcome === 'deadline-over') meter.counter('fabric.expired').add(1);
    if (outcome === 'queue-full') meter.counter('fabric.refused_messages').add(1);
    if (kind === 'call' && !this.#wasCounted(peer, number, outcome))
      this.#load?.settled(settlement);
    request?.(outcome, body);
  }

  /** True if the answer to this call was counted before a crash, and is now found on disk again. */
  #wasCounted(peer: string, number: number, outcome: string): boolean {
    if (this.#load === undefined || outcome !== 'ok') return false;
    return this.#witness.note(`answered/${this.#host.name}/${peer}`, number);
  }
}
