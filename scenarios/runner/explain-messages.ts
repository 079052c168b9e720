/**
 * Follows the messages of stories through nodes that turn them into different packets: a mix
 * changes every byte and delays a message, so nothing on the network says which packet it became.
 * The nodes report it themselves, to the observer of docs/adr/0012.
 *
 * Knows no protocol and no packet; its caller does.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import { durationText, type Story } from './explain-text.ts';

const NO_BYTES = new Uint8Array(0);

/** A message of a story, under the key that it has on its link. */
interface Trail {
  readonly story: Story;
  /** The same through all nodes. */
  readonly number: number;
  arrivedNs: number;
  /** Its bytes as they arrived at its present node. */
  bytes: Uint8Array;
}

/** A message inside a node. */
export interface HeldBack {
  readonly heldNs: number;
  readonly text: string;
  /** As they arrived. */
  readonly bytes: Uint8Array;
}

/** What a trail needs from the story teller. */
export interface TrailParts {
  now(): number;
  /** The story of the request that its node is handling. */
  asked(): Story | undefined;
  /** A number for a packet that starts its way. */
  newTrail(): number;
  /** Adds a line to a story. */
  say(story: Story, node: string, text: string): void;
  /**
   * A node has reported the key under which the message leaves it; the packet may already be on its
   * way.
   */
  left(key: number): void;
  /** Bytes of the packet that this event delivered. */
  arrivedBytes(): Uint8Array | undefined;
  /**
   * Why a node dropped something in this event; undefined if it did not, or if that was already
   * told.
   */
  dropReason(node: string): string | undefined;
}

/** The messages of all stories of one run. */
export class MessageTrails {
  readonly #parts: TrailParts;
  /** By node and the number that the node gave the message of its application. */
  readonly #accepted = new Map<string, Story>();
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
      ended: (key, how): void => this.#ended(node, key, how),
    };
  }

  /** Story and number of the message that has this key on its link now. */
  trailOf(key: number): { readonly story: Story; readonly number: number } | undefined {
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
    const story = this.#parts.asked();
    const name = `${node} ${message}`;
    // A node that was restarted numbers from the beginning.
    if (story === undefined) this.#accepted.delete(name);
    else this.#accepted.set(name, story);
  }

  #created(node: string, key: number, message: number | undefined): void {
    const story = message === undefined ? undefined : this.#accepted.get(`${node} ${message}`);
    if (story === undefined) return;
    const number = this.#parts.newTrail();
    this.#trails.set(key, { story, number, arrivedNs: -1, bytes: NO_BYTES });
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

  #ended(node: string, key: number, how: Parameters<MessageObserver['ended']>[1]): void {
    const trail = this.#trails.get(key);
    if (trail === undefined) return;
    this.#trails.delete(key);
    const { say, dropReason } = this.#parts;
    if (how === 'dropped') {
      const reason = dropReason(node);
      if (reason !== undefined) say(trail.story, node, `dropped: ${reason}`);
      return;
    }
    say(trail.story, node, how === 'delivered' ? 'kept for its recipient' : 'ends here');
  }
}
