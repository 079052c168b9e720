/**
 * Follows the messages of journeys through nodes that turn them into different packets. A mix delays a
 * message and changes every byte, so links do not show which packet it became; nodes report it to the
 * observer of ADR 0012.
 *
 * Knows no protocol and no packet; its caller does.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import { durationText, type Journey } from './explain-text.ts';

const NO_BYTES = new Uint8Array(0);

/** When a message arrived at a node, and its bytes. */
interface Arrival {
  readonly atNs: number;
  readonly bytes: Uint8Array;
}

/** A message of a journey under the key that it has on a link; equal copies have the same key. */
interface Trail {
  readonly journey: Journey;
  /**
   * A number that the message keeps through all nodes; equal copies share the number of the latest
   * copy.
   */
  readonly number: number;
  /** The arrival of the message at the node that sent it on; absent if this node made it. */
  readonly origin: Arrival | undefined;
  /** Nodes that have the message under this key, with its arrival there. */
  readonly holders: Map<string, Arrival>;
  /** Number of copies on links. */
  underWay: number;
}

/** A message inside a node. */
export interface HeldMessage {
  readonly heldNs: number;
  readonly text: string;
  /** Bytes of the message on arrival. */
  readonly bytes: Uint8Array;
}

/** What {@link MessageTrails} needs of the recorder of journeys. */
export interface TrailParts {
  now(): number;
  /**
   * The journey of the message that an application is just asking a node to send; undefined if
   * there is none.
   */
  asked(): Journey | undefined;
  /**
   * Returns a new number for a packet that a node made; packets made from it inherit the number.
   */
  newTrail(): number;
  /** Adds a line to a journey. */
  say(journey: Journey, node: string, text: string): void;
  /**
   * Called when a node has reported the key under which a message leaves it; the packet may already
   * be under way.
   */
  left(key: number): void;
  /** Bytes of the packet that the current event delivered. */
  arrivedBytes(): Uint8Array | undefined;
  /**
   * Why a node dropped a message in the current event; undefined if it did not, or if the drop is in a
   * journey already.
   */
  dropReason(node: string): string | undefined;
}

/** The messages of all journeys of one run. */
export class MessageTrails {
  readonly #parts: TrailParts;
  /** Journeys by node and by the number that the node gave to the message of its application. */
  readonly #accepted = new Map<string, Journey>();
  readonly #trails = new Map<number, Trail>();

  constructor(parts: TrailParts) {
    this.#parts = parts;
  }

  /** The observer passed to a node. */
  of(node: string): MessageObserver {
    return {
      accepted: (message): void => this.#accept(node, message),
      created: (key, _kind, _recipient, message): void => this.#created(node, key, message),
      settled: (message, how): void => this.#settled(node, message, how),
      arrived: (key): void => this.#arrived(node, key),
      departed: (inKey, outKey): void => this.#departed(node, inKey, outKey),
      copied: (key, copyKey): void => this.#copied(node, key, copyKey),
      ended: (key, how): void => this.#ended(node, key, how),
    };
  }

  /** The journey and the number of the message that has this key on its link now. */
  trailOf(key: number): { readonly journey: Journey; readonly number: number } | undefined {
    return this.#trails.get(key);
  }

  /**
   * How long a message was inside the node that sent it, and its bytes on arrival; undefined if the
   * node made it.
   */
  heldBack(key: number): HeldMessage | undefined {
    const origin = this.#trails.get(key)?.origin;
    if (origin === undefined) return undefined;
    const heldNs = this.#parts.now() - origin.atNs;
    return { heldNs, text: `held ${durationText(heldNs)}`, bytes: origin.bytes };
  }

  #accept(node: string, message: number): void {
    const journey = this.#parts.asked();
    const name = `${node} ${message}`;
    // A restarted node counts its messages from the beginning, so a number may come a second time,
    // for a message without a journey.
    if (journey === undefined) this.#accepted.delete(name);
    else this.#accepted.set(name, journey);
  }

  #created(node: string, key: number, message: number | undefined): void {
    const journey = message === undefined ? undefined : this.#accepted.get(`${node} ${message}`);
    if (journey === undefined) return;
    this.#leaves(key, { journey, number: this.#parts.newTrail(), origin: undefined });
  }

  /**
   * Called when the sender no longer keeps its own copy of a message; there may be copies
   * elsewhere.
   */
  #settled(node: string, message: number, how: string): void {
    const journey = this.#accepted.get(`${node} ${message}`);
    if (journey !== undefined && how === 'dropped') this.#tellDrop(journey, node);
  }

  #arrived(node: string, key: number): void {
    const trail = this.#trails.get(key);
    if (trail === undefined) return;
    trail.underWay = Math.max(0, trail.underWay - 1);
    const bytes = this.#parts.arrivedBytes() ?? NO_BYTES;
    trail.holders.set(node, { atNs: this.#parts.now(), bytes });
  }

  #departed(node: string, inKey: number, outKey: number): void {
    const trail = this.#trails.get(inKey);
    if (trail === undefined) return;
    const { journey, number } = trail;
    const origin = trail.holders.get(node) ?? trail.origin;
    this.#release(node, inKey, trail);
    this.#leaves(outKey, { journey, number, origin });
  }

  /**
   * Called when a node has copied a message: the copy begins a new trail, and the message stays in the
   * node.
   */
  #copied(node: string, key: number, copyKey: number): void {
    const trail = this.#trails.get(key);
    if (trail === undefined) return;
    const { journey } = trail;
    const origin = trail.holders.get(node) ?? trail.origin;
    this.#leaves(copyKey, { journey, number: this.#parts.newTrail(), origin });
  }

  /**
   * Notes that a message is on a link under this key. Equal copies of the message may have left before
   * under the same key: they share a trail.
   */
  #leaves(key: number, what: Pick<Trail, 'journey' | 'number' | 'origin'>): void {
    const equal = this.#trails.get(key);
    const { holders = new Map<string, Arrival>(), underWay = 0 } =
      equal?.journey === what.journey ? equal : {};
    this.#trails.set(key, { ...what, holders, underWay: underWay + 1 });
    this.#parts.left(key);
  }

  #ended(node: string, key: number, how: Parameters<MessageObserver['ended']>[1]): void {
    const trail = this.#trails.get(key);
    if (trail === undefined) return;
    this.#release(node, key, trail);
    if (how === 'dropped') this.#tellDrop(trail.journey, node);
    else {
      const text = how === 'delivered' ? 'kept for its recipient' : 'ends here';
      this.#parts.say(trail.journey, node, text);
    }
  }

  /** Records that the node no longer has the message. The trail ends when no node and no link has it. */
  #release(node: string, key: number, trail: Trail): void {
    // The node made the message and never received it, so it is not a holder; its copy is counted
    // in `underWay`.
    if (!trail.holders.delete(node)) trail.underWay = Math.max(0, trail.underWay - 1);
    if (trail.holders.size === 0 && trail.underWay === 0) this.#trails.delete(key);
  }

  #tellDrop(journey: Journey, node: string): void {
    const reason = this.#parts.dropReason(node);
    if (reason !== undefined) this.#parts.say(journey, node, `dropped: ${reason}`);
  }
}
