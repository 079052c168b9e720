/**
 * The protocols of one host on top of each other: joins what an upper one sends with the requests of
 * its carrier, and what the carrier delivers with the handlers of the upper one
 * (docs/spec/stacking.md).
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
import type { DeliverySink } from './sim-observers.ts';

/** A drop reason of every carrier: a message for a protocol that is not above it. */
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
  /** The scenario's sink; undefined if none of its traffic goes through this member. */
  readonly onDelivery: DeliverySink | undefined;
  /** How the message came that it is delivering; see `Transport.delivery`. */
  delivery(): DeliveryFacts | undefined;
  /** Counts a drop that any protocol may suffer. */
  countDrop(reason: string): void;
}

/** A protocol that carries the messages of a layer above it, as the host is configured. */
export interface CarrierSpec {
  readonly carrier: string;
  /** What the carrier's protocol promises; `maxBytes` includes the channel byte in front of each message. */
  readonly terms: CarrierGuarantees;
  /** Hosts that run the layer over this carrier, including this one; the hosts share the set. */
  readonly members: ReadonlySet<string>;
}

/** What the stack of protocols of a host needs from it: calls to the nodes below and above. */
export interface StackSurroundings {
  readonly name: string;
  /** Number of crashes so far. */
  readonly life: number;
  /** Calls the carrier's node with a request of the protocol above. */
  callDown(carrier: StackProtocol, request: NodeRequest): void;
  /** Calls the upper protocol's node with `length` bytes of its carrier. */
  callUp(protocol: string, length: number, code: () => void): void;
}

/** The layer that asks for a transport. */
export interface TransportUser {
  readonly protocol: string;
  readonly channel: number;
  /** The layers below, the next one first. */
  readonly carriers: readonly CarrierSpec[];
}

/** Takes what a member delivers; made once, because one per message would be garbage. */
export interface DeliveryReceiver {
  /** Bytes of the channel in front of the message. */
  readonly skip: number;
  readonly take: DeliverySink;
}

interface Listener extends DeliveryReceiver {
  readonly protocol: string;
  readonly handlers: TransportHandlers;
}

/** Receivers of what a member delivers to no protocol above it. */
interface Ends {
  /** Of the top of the stack: takes the whole delivery for the application. */
  readonly whole: DeliveryReceiver;
  /** Of a carrier: takes the scenario's own traffic through it. */
  readonly inner: DeliveryReceiver;
  /** Of a channel on which nobody listens: counts a drop. */
  readonly none: DeliveryReceiver;
}

/**
 * Joins the protocols of one host: requests of an upper one go to its carrier, deliveries go up.
 */
export class HostStack {
  private readonly host: StackSurroundings;
  private readonly members: StackProtocol[] = [];
  private readonly ends = new Map<string, Ends>();
  /** Handlers of this life, by carrier and channel. */
  private readonly listeners = new Map<string, Map<number, Listener>>();

  constructor(host: StackSurroundings, bottom: StackProtocol) {
    this.host = host;
    this.add(bottom);
  }

  /** Adds the next protocol on top. */
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

  /** The member that runs this protocol. */
  member(protocol: string): StackProtocol | undefined {
    return this.members.find((one) => one.protocol === protocol);
  }

  /** True if messages of this member have a byte in front: it is not the top. */
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
  /** Who takes the bytes that a member delivers. */
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

  /** A member says whether messages to a peer leave at present. */
  way(member: StackProtocol, peer: string, way: PeerReachability): void {
    for (const { protocol, handlers } of this.listeners.get(member.protocol)?.values() ?? []) {
      const { onWay } = handlers;
      if (onWay !== undefined) this.host.callUp(protocol, 0, () => onWay(peer, way));
    }
  }

  /** The life ends: nobody listens any more. */
  crashed(): void {
    this.listeners.clear();
  }
}

interface TransportParts {
  readonly user: TransportUser;
  readonly spec: CarrierSpec;
  readonly member: StackProtocol;
}

/** The transport of one layer over one carrier, in one life. */
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
    const body = prependChannel(this.#channel, message);
    const request = new LayerRequest(to, body, wishes, this.#answer(done));
    this.#host.callDown(this.#member, request);
    // The carrier may read the bytes during the call only, and its answer may take long.
    request.body = NO_BYTES;
  }

  delivery(): DeliveryFacts | undefined {
    return this.#member.delivery();
  }

  /** Passes on the first answer of this life; a second one is a mistake of the carrier. */
  #answer(done: (outcome: string) => void): (outcome: string) => void {
    let isAnswered = false;
    return (outcome): void => {
      assert(!isAnswered, 'a request was answered twice');
      isAnswered = true;
      if (this.#host.life === this.#life) done(outcome);
    };
  }
}

/** A message on its way down. */
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

  /** A message is answered in one piece, and not taken back. */
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

/** A copy of a message with the byte of its channel in front. */
export function prependChannel(channel: number, message: Uint8Array): Uint8Array {
  const body = new Uint8Array(CHANNEL_BYTES + message.length);
  body[0] = channel;
  body.set(message, CHANNEL_BYTES);
  return body;
}
