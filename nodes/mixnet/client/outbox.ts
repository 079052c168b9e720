/**
 * The messages that a client has yet to send: the queue in front of the payload process, and the
 * fragments that wait for acknowledgement.
 *
 * A repeated fragment goes through the same queue as a new one, otherwise a loss would be visible
 * as an extra packet. A fragment counts towards the capacity until it is acknowledged or given up,
 * so that there is always room for its repetition.
 *
 * @module
 */

import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { SendWishes } from '../../../engine/host/transport.ts';
import { toHex } from '../../_kit/bytes.ts';
import { DeadlineHeap } from '../../_kit/deadlines.ts';
import { wipe } from '../../_kit/secrets.ts';
import type { ClientContact, SendOutcome } from './parts.ts';
import { FifoQueue } from './send-queue.ts';
import type { Fragment } from './wire.ts';

type Priority = NonNullable<SendWishes['priority']>;
/** Priority of acknowledgements, and of messages for which the application gives none. */
const NORMAL: Priority = 1;

/** A message that is being sent. */
interface Sending {
  readonly number: number;
  readonly to: ClientContact;
  readonly priority: Priority;
  /** Number of fragments of the message that are not settled yet. */
  open: number;
  isAbandoned: boolean;
}

/** A fragment that is being sent. */
export interface OutgoingFragment {
  readonly kind: 'fragment';
  readonly sending: Sending;
  readonly fragment: Fragment;
  /** How many times the fragment was sent so far. */
  tries: number;
  /** The SURBs whose replies acknowledge the fragment, in hexadecimal. */
  readonly surbs: string[];
  isSettled: boolean;
}

/** An acknowledgement that is to be sent. */
export interface OutgoingAck {
  readonly kind: 'ack';
  readonly recipient: string;
  readonly surb: Uint8Array;
  readonly messageId: Uint8Array;
  readonly index: number;
}

/** A packet in the queue of the payload process. */
export type OutgoingItem = OutgoingFragment | OutgoingAck;

/** A fragment for which a reply is expected, and the keys that open the reply. */
interface Waiting {
  readonly outgoing: OutgoingFragment;
  readonly keys: Uint8Array;
}

/** Limits of an outbox. */
export interface OutboxLimits {
  /**
   * Largest number of fragments and acknowledgements, counted together, that wait to be sent or
   * acknowledged.
   */
  readonly capacity: number;
  /** Largest number of transmissions of a fragment. */
  readonly tries: number;
}

/** What the application asks for when it sends a message. */
export interface OutboxSendOptions {
  readonly priority?: Priority | undefined;
  /** The instant at which the message is given up; no limit if undefined. */
  readonly endsNs?: Nanoseconds | undefined;
}

/** How many messages an outbox accepted, and how they ended; `open` ones are not settled yet. */
export interface OutboxCounts {
  readonly submitted: number;
  readonly acknowledged: number;
  readonly abandoned: number;
  /**
   * Number of messages whose fragments all left without requesting an acknowledgement, so that
   * nobody knows whether they arrived.
   */
  readonly sent: number;
  readonly open: number;
}

/** The send queue of one client, and its unacknowledged fragments. */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #onSettled: (message: number, how: SendOutcome) => void;
  /**
   * Waiting packets, one queue for each priority: a queue is served when all queues of higher
   * priority are empty.
   */
  readonly #queues = [0, 1, 2].map(() => new FifoQueue<OutgoingItem>());
  readonly #lifetimes = new DeadlineHeap<Sending>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #deadlines = new DeadlineHeap<OutgoingFragment>();
  /** Number of unsettled fragments and queued acknowledgements. */
  #load = 0;
  #submitted = 0;
  #acknowledged = 0;
  #abandoned = 0;
  #sent = 0;

  constructor(limits: OutboxLimits, onSettled: (message: number, how: SendOutcome) => void) {
    this.#limits = limits;
    this.#onSettled = onSettled;
  }

  get counts(): OutboxCounts {
    const { open } = this;
    const [submitted, acknowledged] = [this.#submitted, this.#acknowledged];
    return { submitted, acknowledged, abandoned: this.#abandoned, sent: this.#sent, open };
  }

  /** Number of unsettled messages. */
  get open(): number {
    return this.#submitted - this.#acknowledged - this.#abandoned - this.#sent;
  }

  /** Number of unsettled fragments and queued acknowledgements, at most the capacity. */
  get load(): number {
    return this.#load;
  }

  /** Number of SURBs whose replies are still expected. */
  get surbs(): number {
    return this.#waiting.size;
  }

  /**
   * The instant at which `repeatDue` and `endLifetimes` must be called next; undefined if there is
   * none.
   */
  get nextAt(): Nanoseconds | undefined {
    const [repeat, end] = [this.#deadlines.nextAt, this.#lifetimes.nextAt];
    return repeat === undefined || end === undefined ? (repeat ?? end) : Math.min(repeat, end);
  }

  /**
   * Queues the fragments of a message.
   * @returns the number of the message; undefined when there is no room for all its fragments.
   */
  addMessage(
    to: ClientContact,
    fragments: readonly Fragment[],
    { priority = NORMAL, endsNs }: OutboxSendOptions = {},
  ): number | undefined {
    if (this.#load + fragments.length > this.#limits.capacity) return undefined;
    const number = this.#submitted++;
    const open = fragments.length;
    const sending: Sending = { number, to, priority, open, isAbandoned: false };
    if (endsNs !== undefined) this.#lifetimes.add(endsNs, sending);
    for (const fragment of fragments) {
      this.#queues[priority]?.push({
        kind: 'fragment',
        sending,
        fragment,
        tries: 0,
        surbs: [],
        isSettled: false,
      });
    }
    this.#load += fragments.length;
    return number;
  }

  /** Queues an acknowledgement; false when there is no room. */
  addAck(ack: OutgoingAck): boolean {
    if (this.#load >= this.#limits.capacity) return false;
    this.#queues[NORMAL]?.push(ack);
    this.#load++;
    return true;
  }

  /**
   * Removes and returns the next packet to send; skips packets that were settled in the meantime.
   */
  take(): OutgoingItem | undefined {
    for (;;) {
      const next = this.#shift();
      if (next === undefined) return undefined;
      if (next.kind === 'ack') {
        this.#load--;
        return next;
      }
      if (next.isSettled) continue;
      if (!next.sending.isAbandoned) return next;
      this.#close(next);
    }
  }

  /**
   * Records that a fragment could not be sent. The attempt counts as a transmission; otherwise the
   * fragment would never be given up.
   * @returns true if this makes the outbox abandon the fragment's message.
   */
  failed(outgoing: OutgoingFragment): boolean {
    outgoing.tries++;
    return this.#repeat(outgoing);
  }

  /** Records a transmission of a fragment whose acknowledgement is expected by `deadline`. */
  sent(
    outgoing: OutgoingFragment,
    surb: { readonly id: Uint8Array; readonly keys: Uint8Array },
    deadline: Nanoseconds,
  ): void {
    const name = toHex(surb.id);
    outgoing.tries++;
    outgoing.surbs.push(name);
    this.#waiting.set(name, { outgoing, keys: surb.keys });
    this.#deadlines.add(deadline, outgoing);
  }

  /** Records the transmission of a fragment that requests no acknowledgement, and settles it. */
  sentForGood(outgoing: OutgoingFragment): void {
    outgoing.tries++;
    this.#settle(outgoing, 'sent');
  }

  /**
   * Returns the fragment that a reply over this SURB acknowledges, and the keys of the SURB;
   * undefined if no reply is expected.
   */
  waitingFor(surbId: Uint8Array): Waiting | undefined {
    return this.#waiting.get(toHex(surbId));
  }

  /**
   * Forgets a SURB whose reply has arrived, so that its keys are not used again, even if the reply
   * was modified on the way.
   */
  spoil(surbId: Uint8Array): void {
    const name = toHex(surbId);
    wipe(this.#waiting.get(name)?.keys);
    this.#waiting.delete(name);
  }

  /** Settles a fragment whose acknowledgement arrived. */
  acknowledge(outgoing: OutgoingFragment): void {
    if (!outgoing.isSettled) this.#settle(outgoing, 'acknowledged');
  }

  /**
   * Queues again the fragments that were not acknowledged in time; gives up the messages of those
   * fragments that were already sent as often as allowed.
   * @returns the number of messages that were given up.
   */
  repeatDue(now: Nanoseconds): number {
    let abandoned = 0;
    for (;;) {
      const outgoing = this.#deadlines.takeDue(now);
      if (outgoing === undefined) return abandoned;
      if (!outgoing.isSettled && this.#repeat(outgoing)) abandoned++;
    }
  }

  /**
   * Gives up messages whose lifetime is over, whether queued or sent; their queued fragments are
   * not sent.
   * @returns the number of messages that were given up.
   */
  endLifetimes(now: Nanoseconds): number {
    let ended = 0;
    for (;;) {
      const sending = this.#lifetimes.takeDue(now);
      if (sending === undefined) return ended;
      if (sending.isAbandoned || sending.open === 0) continue;
      this.#abandon(sending);
      ended++;
    }
  }

  /** Names the invariant of the outbox that is violated, or returns undefined. */
  invariant(): string | undefined {
    if (this.#load < 0 || this.#load > this.#limits.capacity) return 'outbox-load';
    if (this.open < 0) return 'outbox-open';
    return undefined;
  }

  #settle(outgoing: OutgoingFragment, how: 'acknowledged' | 'sent'): void {
    this.#close(outgoing);
    const { sending } = outgoing;
    if (sending.open > 0 || sending.isAbandoned) return;
    if (how === 'sent') this.#sent++;
    else this.#acknowledged++;
    this.#onSettled(sending.number, how);
  }

  /**
   * Queues a fragment again, or gives it up together with its message.
   * @returns true if this call abandons the message.
   */
  #repeat(outgoing: OutgoingFragment): boolean {
    const { sending } = outgoing;
    if (outgoing.tries < this.#limits.tries && !sending.isAbandoned) {
      this.#queues[sending.priority]?.push(outgoing);
      return false;
    }
    this.#close(outgoing);
    // If one fragment is lost, the others are useless, so the whole message is given up.
    if (sending.isAbandoned) return false;
    this.#abandon(sending);
    return true;
  }

  #abandon(sending: Sending): void {
    sending.isAbandoned = true;
    this.#abandoned++;
    this.#onSettled(sending.number, 'abandoned');
  }

  /** Stops counting a fragment towards the capacity, and erases the keys of its SURBs. */
  #close(outgoing: OutgoingFragment): void {
    outgoing.isSettled = true;
    outgoing.sending.open--;
    this.#load--;
    for (const name of outgoing.surbs) {
      wipe(this.#waiting.get(name)?.keys);
      this.#waiting.delete(name);
    }
    outgoing.surbs.length = 0;
  }

  #shift(): OutgoingItem | undefined {
    for (let priority = this.#queues.length - 1; priority >= 0; priority--) {
      const next = this.#queues[priority]?.shift();
      if (next !== undefined) return next;
    }
    return undefined;
  }
}
