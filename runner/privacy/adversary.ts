/**
 * What an active adversary at one node can use: messages on the links of the node, a clock, and a score
 * that it can write but not read (docs/PRIVACY.md#attacks). It sees what taps show, never the truth; a
 * dependency rule ensures this.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import type { MessageLocation } from '../../engine/host/protocol.ts';

/** An opaque number for a message that the adversary saw on a link. */
export type Sighting = number;
/** An opaque number for an attempt of the adversary. */
export type AttackTrial = number;

/** Keeps the score of one attack. */
export interface AttackScorer {
  /** Registers the message that has this key on a link now. */
  see(key: number): Sighting;
  /** Begins an attempt on a message. */
  aim(target: Sighting): AttackTrial;
  /** Ends an attempt with the claim that the message `found` is the target. */
  claim(trial: AttackTrial, found: Sighting): void;
  /** Ends an attempt with the claim that the target is the message that now ends at this node. */
  claimEnd(trial: AttackTrial, node: string): void;
  /** Withdraws an attempt that could not be observed to its end. */
  withdraw(trial: AttackTrial): void;
}

/** What an adversary can use. */
export interface AttackContext {
  now(): number;
  /** Calls back after a delay, unless the attack has ended by then. */
  after(delayNs: number, fire: () => void): void;
  /**
   * True for a message that the adversary made itself. The maker of a packet can compute its bytes on
   * every link.
   */
  isOwn(key: number): boolean;
  readonly random: RandomStream;
  readonly score: AttackScorer;
}

/** A message on a link of the node. */
export interface CaughtMessage {
  /** The whole datagram; if the adversary changes these bytes, the changed datagram is sent. */
  readonly bytes: Uint8Array;
  readonly message: MessageLocation;
  /** Time that the message still needs to the end of the link, without jitter, ns. */
  readonly transitNs: number;
  /** Sends a copy of these bytes in the same direction, now or later. */
  inject(bytes: Uint8Array): void;
}

/** An adversary at a node. */
export interface Adversary {
  /** Called when a message enters the node; returns false to remove it. */
  entering(caught: CaughtMessage): boolean;
  /** Called when a message leaves the node. */
  leaving(caught: CaughtMessage): void;
  /** Called when a corrupt node dropped a message, with the reason; other nodes do not report this. */
  dropped(node: string, reason: string): void;
  /** Ends the attack: no claims are made afterwards. */
  stop(): void;
  /** Sends the messages that were held back; absent if adversaries of this kind hold none back. */
  release?(): void;
}
