/**
 * Navigator: the calls of a library for protocols that send messages over several carriers and need nothing of fabric:
 * `findOptimalRoute` finds the ways that suit a message, `sendMessageWithRouting` sends it over them, `sendMessage` does
 * both.
 *
 * It uses only the port of the host, and a {@link Navigator} for each destination. It measures nothing: ways cost what
 * the options declare, and are up unless their carriers say otherwise. An accepted message is not repeated.
 *
 * @module
 */
import type { SendWishes, Transport, TransportHandlers } from '../../engine/host/transport.ts';
import type { HostPart } from '../_kit/host-part.ts';
import type { WayFacts, WayWishes } from '../_kit/way-chooser.ts';
import { Navigator, type NavigatorOptions } from './navigator.ts';

/** A message to be sent, with the wishes of its sender. */
export interface RoutableMessage extends SendWishes {
  readonly payload: Uint8Array;
}

/** The ways that a message may take to a destination, with the reason. */
export interface MessageRoute {
  /** Names of carriers, the best one first; empty if the message may take no way. */
  readonly ways: readonly string[];
  /** The reason in words, with the scores. */
  readonly why: string;
}

/** The parts from which a {@link MessageRouter} is made. */
export interface MessageRouterParts {
  readonly host: HostPart<'now' | 'transport'>;
  /** Names of the protocols that carry messages, the most preferred first. */
  readonly carriers: readonly string[];
  readonly navigator: NavigatorOptions;
  /** Receives the messages of peers; their bytes are read during the call only. */
  readonly onMessage: TransportHandlers['onMessage'];
}

/** A carrier, the peers that it reaches, and those to which it has reported that it cannot send at present. */
interface Way {
  readonly transport: Transport;
  readonly peers: ReadonlySet<string>;
  readonly closed: Set<string>;
}

const PRIORITY_DEFAULT = 1;

/**
 * Sends each message over the way that suits it best. Must be made in the constructor of a node.
 */
export class MessageRouter {
  readonly #parts: MessageRouterParts;
  readonly #ways: readonly Way[];
  readonly #navigators = new Map<string, Navigator>();
  #sent = 0;

  constructor(parts: MessageRouterParts) {
    this.#parts = parts;
    this.#ways = parts.carriers.flatMap((carrier) => {
      const closed = new Set<string>();
      const onWay: TransportHandlers['onWay'] = (peer, state): void => {
        if (state === 'open') closed.delete(peer);
        else closed.add(peer);
      };
      const transport = parts.host.transport({ onMessage: parts.onMessage, onWay }, carrier);
      return transport === undefined
        ? []
        : [{ transport, peers: new Set(transport.peers), closed }];
    });
  }

  /** True if some carrier reaches this node. */
  reaches(node: string): boolean {
    return this.#ways.some(({ peers }) => peers.has(node));
  }

  /**
   * Sends a message over the best way; if a carrier refuses it, tries the next way.
   * @param done Called with `ok`, or with the reason why the message was refused: `no-such-peer`,
   * `not-private`, `privacy-spent`, or the last carrier's own reason.
   * @returns the number of the message, from 1.
   */
  sendMessage(
    message: RoutableMessage,
    destination: string,
    done: (outcome: string) => void,
  ): number {
    const route = this.findOptimalRoute(destination, message);
    return this.sendMessageWithRouting(message, { destination, route }, done);
  }

  /** Finds the ways that suit a message now. Sends nothing and spends no privacy. */
  findOptimalRoute(destination: string, message: RoutableMessage): MessageRoute {
    const ways = this.#waysTo(destination);
    const facts = ways.map((way) => factsOf(way, destination));
    if (ways.length === 0) return { ways: [], why: 'no way leads there' };
    const { order, why } = this.#navigatorOf(destination).choose(
      this.#parts.host.now(),
      facts,
      wishesOf(message),
    );
    return { ways: order.map((index) => (facts[index] as WayFacts).carrier), why };
  }

  /**
   * Sends a message over the ways of a route, tried in their order, even if conditions have changed
   * since the route was found. For a private message, only those ways are tried that hide who
   * writes to whom.
   * @param done As with {@link sendMessage}.
   * @returns the number of the message, from 1.
   */
  sendMessageWithRouting(
    message: RoutableMessage,
    to: { readonly destination: string; readonly route: MessageRoute },
    done: (outcome: string) => void,
  ): number {
    const { destination, route } = to;
    const { hides = ({ hides: own }): boolean => own } = this.#parts.navigator;
    this.#sent += 1;
    const known = this.#waysTo(destination);
    const ways = route.ways.flatMap((carrier) =>
      known.filter(
        (way) =>
          way.transport.carrier === carrier &&
          (message.private !== true || hides(factsOf(way, destination))),
      ),
    );
    // A carrier may refuse later, when the payload belongs to somebody else.
    const payload = ways.length > 1 ? message.payload.slice() : message.payload;
    if (ways.length > 0) this.#try({ ...message, payload }, { destination, ways }, done);
    else done(this.#refusalOf(message, destination));
    return this.#sent;
  }

  #try(
    message: RoutableMessage,
    { destination, ways }: { readonly destination: string; readonly ways: readonly Way[] },
    done: (outcome: string) => void,
  ): void {
    const [first, ...others] = ways;
    if (first === undefined) return;
    const { payload, ...wishes } = message;
    first.transport.send(destination, payload, wishes, (outcome) => {
      if (outcome === 'ok' || others.length === 0) done(outcome);
      else this.#try(message, { destination, ways: others }, done);
    });
    this.#navigatorOf(destination).used(factsOf(first, destination), wishesOf(message));
  }

  #refusalOf(message: RoutableMessage, destination: string): string {
    const facts = this.#waysTo(destination).map((way) => factsOf(way, destination));
    if (facts.length === 0) return 'no-such-peer';
    const wishes = wishesOf(message);
    return this.#navigatorOf(destination).refusal(facts, wishes) ?? 'no-route';
  }

  #waysTo(destination: string): readonly Way[] {
    return this.#ways.filter(({ peers }) => peers.has(destination));
  }

  /** The navigator for a destination, which is made at the first call. */
  #navigatorOf(destination: string): Navigator {
    const known = this.#navigators.get(destination);
    if (known !== undefined) return known;
    const made = new Navigator(this.#parts.navigator);
    this.#navigators.set(destination, made);
    return made;
  }
}

function factsOf({ transport, closed }: Way, destination: string): WayFacts {
  const { carrier, terms } = transport;
  const unmeasured = { roundTripNs: undefined, measuredNs: undefined, heardNs: undefined, loss: 0 };
  return { carrier, hides: terms.hides === true, isUp: !closed.has(destination), ...unmeasured };
}

function wishesOf({
  priority = PRIORITY_DEFAULT,
  private: isPrivate = false,
}: SendWishes): WayWishes {
  return { priority, private: isPrivate };
}
