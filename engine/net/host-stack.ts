/**
 * The protocols of one host on top of each other: passes what an upper protocol sends to its carrier as requests, and
 * what the carrier delivers to the handlers of the upper protocol (docs/spec/stacking.md).
 *
 * In front of each message stands one byte, the channel of the protocol above. Hosts without a stack
 * have neither the byte nor this object.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { NodeRequest } from '../host/host.ts';
import type {
  CarrierGuarantees,
  DeliveryFacts,
  PeerReachability,
  SendWishes,
  Transport,
  TransportHandlers,
} from '../host/transport.ts';
import { dropsPrivate, NOT_PRIVATE } from './private-wish.ts';
import type { DeliverySink } from './sim-observers.ts';

/** A drop reason of every carrier: the message is for a protocol that does not run above the carrier. */
export const NO_UPPER_LAYER = 'no-upper-layer';
/** Channel of the scenario's own traffic through a carrier that is not the top of its host. */
export const APPLICATION_CHANNEL = 0;
const NO_BYTES = new Uint8Array(0);
/** Bytes that the host puts in front of a message. */
const CHANNEL_BYTES = 1;

/** One protocol of a stack, as its neighbours use it. */
export interface StackProtocol {
  readonly protocol: string;
  /** The node's handler of requests; undefined before it has installed one. */
  readonly requestHandler: ((request: NodeRequest) => void) | undefined;
  /** True if the protocol keeps the wish `private`, or refuses it itself. */
  readonly keepsPrivate: boolean;
  /** Receives the payloads of the scenario's flows; undefined if no flow goes through this protocol. */
  readonly onDelivery: DeliverySink | undefined;
  /** Describes how the message that is being delivered has arrived; see `Transport.delivery`. */
  delivery(): DeliveryFacts | undefined;
  /** Counts a drop for a reason that every protocol has. */
  countDrop(reason: string): void;
}

/** A protocol that carries the messages of a layer above it. */
export interface CarrierSpec {
  readonly carrier: string;
  /** What the carrier's protocol promises; `maxBytes` includes the channel byte in front of each message. */
  readonly terms: CarrierGuarantees;
  /** Names of the hosts that run the layer over this carrier, this host included; one set for all of them. */
  readonly members: ReadonlySet<string>;
}

/** What a stack needs from its host: calls of the nodes of the lower and the upper protocols. */
export interface StackSurroundings {
  readonly name: string;
  /** Number of crashes of the host so far. */
  readonly life: number;
  /** Calls the carrier's node with a request of the protocol above. */
  callDown(carrier: StackProtocol, request: NodeRequest): void;
  /** Runs `code` as a call of the upper protocol's node, with `length` bytes from its carrier. */
  callUp(protocol: string, length: number, code: () => void): void;
}

/** What a layer shows of itself when it asks for a transport. */
export interface TransportUser {
  readonly protocol: string;
  readonly channel: number;
  /** The protocols below that can carry its messages, the next lower one first. */
  readonly carriers: readonly CarrierSpec[];
}

/** Takes what a protocol delivers; made once, because an object per message would be garbage. */
export interface DeliveryReceiver {
  /** Bytes of the channel in front of the message. */
  readonly skip: number;
  readonly take: DeliverySink;
}

interface Listener extends DeliveryReceiver {
  readonly protocol: string;
  readonly handlers: TransportHandlers;
}

/** Receivers of deliveries that do not go to a protocol above. */
interface Ends {
  /** Used at the top of the stack: takes the whole delivery for the application. */
  readonly whole: DeliveryReceiver;
  /** Used by a carrier: takes the payloads of flows that end at the carrier, without the channel byte. */
  readonly inner: DeliveryReceiver;
  /** Used for a channel on which no protocol listens: counts a drop. */
  readonly none: DeliveryReceiver;
}

/**
 * Joins the protocols of one host: messages of an upper protocol go down to its carrier, deliveries go up.
 */
export class HostStack {
  private readonly host: StackSurroundings;
  private readonly members: StackProtocol[] = [];
  private readonly ends = new Map<string, Ends>();
  /** Handlers that the present nodes have installed, by carrier and channel. */
  private readonly listeners = new Map<string, Map<number, Listener>>();

  constructor(host: StackSurroundings, bottom: StackProtocol) {
    this.host = host;
    this.add(bottom);
  }

  /** Puts a protocol on top of those added before. */
  add(member: StackProtocol): void {
    const isNew = this.members.every(({ protocol }) => protocol !== member.protocol);
    assert(isNew, `${this.host.name} runs ${member.protocol} twice`);
    this.members.push(member);
    const take: DeliverySink = (...message): void => member.onDelivery?.(...message);
    const drop = (): void => member.countDrop(NO_UPPER_LAYER);
    this.ends.set(member.protocol, {
      whole: { skip: 0, take },
      inner: { skip: CHANNEL_BYTES, take },
      none: { skip: 0, take: drop },
    });
  }

  /** The member of the stack with this protocol's name; undefined if the host does not run the protocol. */
  member(protocol: string): StackProtocol | undefined {
    return this.members.find((one) => one.protocol === protocol);
  }

  /** True if messages of this member have a channel byte in front, because it is not the top of the stack. */
  isCarrier(member: StackProtocol): boolean {
    return member !== this.members[this.members.length - 1];
  }

  /** See `Host.transport`. */
  transport(
    user: TransportUser,
    handlers: TransportHandlers,
    carrier: string | undefined,
  ): Transport | undefined {
    const spec = user.carriers.find((one) => carrier === undefined || one.carrier === carrier);
    if (spec === undefined) return undefined;
    const member = this.member(spec.carrier);
    assert(member !== undefined, `${this.host.name} does not run ${spec.carrier}`);
    const listening = this.listeners.get(spec.carrier) ?? new Map<number, Listener>();
    const known = listening.get(user.channel);
    assert(known === undefined, `channel ${user.channel} of ${spec.carrier} is in use`);
    const { protocol } = user;
    const take: DeliveryReceiver['take'] = (from, buffer, offset, length): void =>
      this.host.callUp(protocol, length, () => handlers.onMessage(from, buffer, offset, length));
    listening.set(user.channel, { protocol, handlers, skip: CHANNEL_BYTES, take });
    this.listeners.set(spec.carrier, listening);
    return new StackTransport(this.host, { user, spec, member });
  }

  // hot: once per message of a stacked host.
  /** Finds the receiver of the bytes that a member delivers. */
  receiverOf(
    member: StackProtocol,
    buffer: Uint8Array,
    offset: number,
    length: number,
  ): DeliveryReceiver {
    const ends = this.ends.get(member.protocol);
    assert(ends !== undefined, `${this.host.name} does not run ${member.protocol}`);
    if (!this.isCarrier(member)) return ends.whole;
    if (length === 0) return ends.none;
    const channel = buffer[offset] as number;
    // Without a sink, channel 0 can only come from a flipped bit: the message is dropped.
    if (channel === APPLICATION_CHANNEL && member.onDelivery !== undefined) return ends.inner;
    return this.listeners.get(member.protocol)?.get(channel) ?? ends.none;
  }

  /** Tells the protocols above a member whether it can send messages to a peer at present. */
  way(member: StackProtocol, peer: string, way: PeerReachability): void {
    for (const { protocol, handlers } of this.listeners.get(member.protocol)?.values() ?? []) {
      const { onWay } = handlers;
      if (onWay !== undefined) this.host.callUp(protocol, 0, () => onWay(peer, way));
    }
  }

  /** Removes all handlers; called when the host has crashed. */
  crashed(): void {
    this.listeners.clear();
  }
}

interface TransportParts {
  readonly user: TransportUser;
  readonly spec: CarrierSpec;
  readonly member: StackProtocol;
}

/** The transport of one layer over one carrier, from a start of the host to its next crash. */
class StackTransport implements Transport {
  readonly carrier: string;
  readonly terms: CarrierGuarantees;
  readonly #host: StackSurroundings;
  readonly #member: StackProtocol;
  readonly #channel: number;
  readonly #members: ReadonlySet<string>;
  readonly #life: number;
  #peers: readonly string[] | undefined;

  constructor(host: StackSurroundings, { user, spec, member }: TransportParts) {
    const { carrier, terms, members } = spec;
    this.carrier = carrier;
    this.terms = { ...terms, maxBytes: terms.maxBytes - CHANNEL_BYTES };
    this.#host = host;
    this.#member = member;
    this.#channel = user.channel;
    this.#members = members;
    this.#life = host.life;
  }

  get peers(): readonly string[] {
    this.#peers ??= [...this.#members].filter((name) => name !== this.#host.name);
    return this.#peers;
  }

  // hot: once per message of a layer.
  send(to: string, message: Uint8Array, wishes: SendWishes, done: (outcome: string) => void): void {
    assert(this.#host.life === this.#life, 'a transport of an earlier life was used');
    if (message.length > this.terms.maxBytes) {
      done('too-large');
      return;
    }
    if (to === this.#host.name || !this.#members.has(to)) {
      done('no-such-peer');
      return;
    }
    if (dropsPrivate(this.#member, { wishes })) {
      done(NOT_PRIVATE);
      return;
    }
    const body = prependChannel(this.#channel, message);
    const request = new LayerRequest(to, body, wishes, this.#answer(done));
    this.#host.callDown(this.#member, request);
    // The carrier may read the bytes during the call only, and its answer may take long.
    request.body = NO_BYTES;
  }

  delivery(): DeliveryFacts | undefined {
    return this.#member.delivery();
  }

  /** Passes on the answer unless the host has crashed since; a second answer is a mistake of the carrier. */
  #answer(done: (outcome: string) => void): (outcome: string) => void {
    let isAnswered = false;
    return (outcome): void => {
      assert(!isAnswered, 'a request was answered twice');
      isAnswered = true;
      if (this.#host.life === this.#life) done(outcome);
    };
  }
}

/** A message of an upper protocol as a request to its carrier. */
class LayerRequest implements NodeRequest {
  readonly kind = 'send';
  readonly target: string;
  body: Uint8Array;
  readonly wishes: SendWishes;
  readonly respond: (outcome: string) => void;

  constructor(
    target: string,
    body: Uint8Array,
    wishes: SendWishes,
    respond: (outcome: string) => void,
  ) {
    this.target = target;
    this.body = body;
    this.wishes = wishes;
    this.respond = respond;
  }

  /** Refuses further parts: the answer to a message has one. */
  more(): 'full' {
    return 'full';
  }

  onRoom(): undefined {
    return undefined;
  }

  onCancel(): undefined {
    return undefined;
  }
}

/** Copies a message and puts its channel byte in front. */
export function prependChannel(channel: number, message: Uint8Array): Uint8Array {
  const body = new Uint8Array(CHANNEL_BYTES + message.length);
  body[0] = channel;
  body.set(message, CHANNEL_BYTES);
  return body;
}
