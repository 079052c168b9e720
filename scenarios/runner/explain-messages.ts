/**
 * Follows the messages of journeys through nodes that turn them into different packets: a mix
 * changes every byte and delays a message, so nothing on the network says which packet it became.
 * The nodes report it themselves, to the observer of docs/adr/0012.
 *
 * Knows no protocol and no packet; its caller does.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import { durationText, type Journey } from './explain-text.ts';

const NO_BYTES = new Uint8Array(0);

/** A message of a journey, with the key that it has on its link. */
interface Trail {
  readonly journey: Journey;
  /** A number that stays the same through all nodes. */
  readonly number: number;
  arrivedNs: number;
  /** Its bytes on arrival at its present node. */
  bytes: Uint8Array;
}

/** A message inside a node. */
export interface HeldBack {
  readonly heldNs: number;
  readonly text: string;
  /** Its bytes on arrival. */
  readonly bytes: Uint8Array;
}

/** The parts of the journey recorder that trails need. */
export interface TrailParts {
  now(): number;
  /** The journey of the request that a node is handling. */
  asked(): Journey | undefined;
  /** Returns a number for a packet that starts its route. */
  newTrail(): number;
  /** Adds a line to a journey. */
  say(journey: Journey, node: string, text: string): void;
  /**
   * Called when a node has reported the key under which a message leaves it; the packet may already
   * be under way.
   */
  left(key: number): void;
  /** Bytes of the packet that this event delivered. */
  arrivedBytes(): Uint8Array | undefined;
  /**
   * Why a node dropped something in this event; undefined if it did not, or if that has already
   * been reported.
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
      arrived: (key): void => this.#arrived(key),
      departed: (inKey, outKey): void => this.#departed(inKey, outKey),
      copied: (key, copyKey): void => this.#copied(key, copyKey),
      ended: (key, how): void => this.#ended(node, key, how),
    };
  }

  /** The journey and the number of the message that has this key on its link now. */
  trailOf(key: number): { readonly journey: Journey; readonly number: number } | undefined {
    return this.#trails.get(key);
  }

  /**
   * How long a message was inside, and its bytes when it arrived; undefined if it was made there.
   */
  heldBack(key: number): HeldBack | undefined {
    const trail = this.#trails.get(key);
    if (trail === undefined || trail.arrivedNs < 0) return undefined;
    const heldNs = this.#parts.now() - trail.arrivedNs;
    return { heldNs, text: `held ${durationText(heldNs)}`, bytes: trail.bytes };
  }

  #accept(node: string, message: number): void {
    const journey = this.#parts.asked();
    const name = `${node} ${message}`;
    // A node that was restarted numbers from the beginning.
    if (journey === undefined) this.#accepted.delete(name);
    else this.#accepted.set(name, journey);
  }

  #created(node: string, key: number, message: number | undefined): void {
    const journey = message === undefined ? undefined : this.#accepted.get(`${node} ${message}`);
    if (journey === undefined) return;
    const number = this.#parts.newTrail();
    this.#trails.set(key, { journey, number, arrivedNs: -1, bytes: NO_BYTES });
    this.#parts.left(key);
  }

  #arrived(key: number): void {
    const trail = this.#trails.get(key);
    if (trail === undefined) return;
    trail.arrivedNs = this.#parts.now();
    trail.bytes = this.#parts.arrivedBytes() ?? NO_BYTES;
  }

  #departed(inKey: number, outKey: number): void {
    const trail = this.#trails.get(inKey);
    if (trail === undefined) return;
    this.#trails.delete(inKey);
    this.#trails.set(outKey, trail);
    this.#parts.left(outKey);
  }

  /** A trail of its own begins; the message itself stays. */
  #copied(key: number, copyKey: number): void {
    const trail = this.#trails.get(key);
    if (trail === undefined) return;
    this.#trails.set(copyKey, { ...trail, number: this.#parts.newTrail() });
    this.#parts.left(copyKey);
  }

  #ended(node: string, key: number, how: Parameters<MessageObserver['ended']>[1]): void {
    const trail = this.#trails.get(key);
    if (trail === undefined) return;
    this.#trails.delete(key);
    const { say, dropReason } = this.#parts;
    if (how === 'dropped') {
      const reason = dropReason(node);
      if (reason !== undefined) say(trail.journey, node, `dropped: ${reason}`);
      return;
    }
    say(trail.journey, node, how === 'delivered' ? 'kept for its recipient' : 'ends here');
  }
}
