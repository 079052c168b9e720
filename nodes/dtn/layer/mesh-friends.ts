/**
 * Frames that a node keeps for sleeping neighbours, its friends (as in Bluetooth meshes). The number
 * of friends, of messages for each, and the time for which they are kept are limited.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { MeshProfile } from './mesh-profile.ts';

interface KeptMessage {
  readonly sinceNs: Nanoseconds;
  readonly frames: Uint8Array[];
}

interface Friend {
  heardNs: Nanoseconds;
  /** Kept messages by origin and message number, oldest first. */
  readonly messages: Map<string, KeptMessage>;
}

/**
 * Largest number of frames kept of one message: as many as a 64 KiB message takes in the smallest
 * frames.
 */
const FRAMES_MAX = 1_200;

/** The friends of one node, by the id of the link to each. */
export class MeshFriends {
  readonly #rules: MeshProfile;
  readonly #friends = new Map<string, Friend>();

  constructor(rules: MeshProfile) {
    this.#rules = rules;
  }

  /** Called when a frame of a neighbour came: the neighbour becomes a friend if there is room. */
  heard(now: Nanoseconds, link: string): void {
    const known = this.#friends.get(link);
    if (known !== undefined) known.heardNs = now;
    else {
      this.#forget(now);
      if (this.#friends.size < this.#rules.friends) {
        this.#friends.set(link, { heardNs: now, messages: new Map() });
      }
    }
  }

  /**
   * Keeps a frame for a neighbour. @returns false if it is not kept: the neighbour is not a friend,
   * or there is no room for the message.
   */
  keep(
    now: Nanoseconds,
    link: string,
    kept: { readonly message: string; readonly frame: Uint8Array },
  ): boolean {
    this.#forget(now);
    const { messages } = this.#friends.get(link) ?? {};
    if (messages === undefined) return false;
    const known = messages.get(kept.message);
    if (known === undefined && messages.size >= this.#rules.friendMessages) return false;
    const message = known ?? { sinceNs: now, frames: [] };
    if (message.frames.length >= FRAMES_MAX) return false;
    message.frames.push(kept.frame);
    messages.set(kept.message, message);
    return true;
  }

  /** Removes and returns the frames for a neighbour that is awake, oldest first. */
  taken(now: Nanoseconds, link: string): readonly Uint8Array[] {
    const { messages } = this.#friends.get(link) ?? {};
    if (messages === undefined) return [];
    const frames = [...messages.values()]
      .filter(({ sinceNs }) => now - sinceNs <= this.#rules.friendNs)
      .flatMap((message) => message.frames);
    messages.clear();
    return frames;
  }

  /**
   * Forgets neighbours that have sent no frame for long, and messages that were not fetched in time.
   */
  #forget(now: Nanoseconds): void {
    for (const [link, { heardNs, messages }] of this.#friends) {
      if (now - heardNs > this.#rules.friendshipNs) this.#friends.delete(link);
      for (const [key, { sinceNs }] of messages) {
        if (now - sinceNs <= this.#rules.friendNs) break;
        messages.delete(key);
      }
    }
  }
}
