/**
 * What an active adversary at one node works with: messages on the node's links, a clock, and a
 * score that it can write but not read (docs/PRIVACY.md#attacks). Adversaries see what the taps
 * show them, never the truth; a dependency rule ensures that.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import type { MessageLocation } from '../../engine/host/protocol.ts';

/** A message that the adversary saw on a link: an opaque number. */
export type Sighting = number;
/** An attempt of the adversary: an opaque number. */
export type AttackTrial = number;

/** Keeps the score of one attack. */
export interface AttackScorer {
  /** Remembers the message that has this key on a link now. */
  see(key: number): Sighting;
  /** Begins an attempt on a message. */
  aim(target: Sighting): AttackTrial;
  /** Ends an attempt with the claim that this other message is the target. */
  claim(trial: AttackTrial, found: Sighting): void;
  /** Ends an attempt with the claim that the message that ends at this node now is the target. */
  claimEnd(trial: AttackTrial, node: string): void;
  /** Withdraws an attempt that was not observed to its end. */
  withdraw(trial: AttackTrial): void;
}

/** What an adversary can use. */
export interface AttackContext {
  now(): number;
  /** Calls back after a delay, unless the attack has ended by then. */
  after(delayNs: number, fire: () => void): void;
  /**
   * True for a message that the adversary made itself: the maker of a packet can recognise its
   * bytes on every link.
   */
  isOwn(key: number): boolean;
  readonly random: RandomStream;
  readonly score: AttackScorer;
}

/** A message on a link of the node. */
export interface CaughtMessage {
  /** The whole datagram; changes to it are sent. */
  readonly bytes: Uint8Array;
  readonly message: MessageLocation;
  /** Time from here to the end of the link without jitter, ns. */
  readonly transitNs: number;
  /** Sends a copy of these bytes in the same direction, now or later. */
  inject(bytes: Uint8Array): void;
}

/** An adversary at a node. */
export interface Adversary {
  /** A message enters the node; false removes it. */
  entering(caught: CaughtMessage): boolean;
  /** Called when a message leaves the node. */
  leaving(caught: CaughtMessage): void;
  /** A node dropped something, with the reason; only corrupt nodes report this. */
  dropped(node: string, reason: string): void;
  /** The attack has ended: no further claims. */
  stop(): void;
  /** Sends on the messages that it held back; absent if adversaries of this kind hold none back. */
  release?(): void;
}
