/**
 * What an active adversary at one node has in hand: messages on the links of the node, a clock, and
 * a score that it can write but not read (spec/mixnet.md 4.4). Adversaries see what the taps show
 * them and never the truth; a dependency rule holds that.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import type { WireMessage } from '../../../engine/host/protocol.ts';

/** A message that the adversary saw on a link: a number that says nothing. */
export type Sighting = number;
/** An attempt of the adversary: a number that says nothing. */
export type Trial = number;

/** Keeps the score of one attack. */
export interface Score {
  /** Remembers the message that has this key on a link now. */
  see(key: number): Sighting;
  /** Begins an attempt on a message. */
  aim(target: Sighting): Trial;
  /** Ends an attempt: that other message is the target. */
  claim(trial: Trial, found: Sighting): void;
  /** Ends an attempt: the message that ends at this node now is the target. */
  claimEnd(trial: Trial, node: string): void;
  /** Takes back an attempt that was not seen to its end. */
  withdraw(trial: Trial): void;
}

/** What an adversary works with. */
export interface Grip {
  now(): number;
  /** Calls back after a time, unless the attack is over by then. */
  after(delayNs: number, fire: () => void): void;
  /** True for the adversary's own message: who made a packet knows its bytes on every link. */
  isOwn(key: number): boolean;
  readonly random: RandomStream;
  readonly score: Score;
}

/** A message on its way on a link of the node. */
export interface Caught {
  /** The whole datagram; changes are sent. */
  readonly bytes: Uint8Array;
  readonly message: WireMessage;
  /** From here to the end of the link, without jitter, ns. */
  readonly transitNs: number;
  /** Sends a copy of these bytes the same way, now or later. */
  inject(bytes: Uint8Array): void;
}

/** An adversary at a node. */
export interface Adversary {
  /** A message goes into the node; false takes it out. */
  entering(caught: Caught): boolean;
  /** A message comes out of the node. */
  leaving(caught: Caught): void;
  /** A node dropped something, and why; corrupt nodes tell their own. */
  dropped(node: string, reason: string): void;
  /** The attack is over: nothing more is claimed. */
  stop(): void;
  /** Sends on what it holds back; absent: it holds nothing. */
  release?(): void;
}
