/**
 * How a client handles retrieved messages: fragments from other clients, acknowledgements, and
 * returning loops. Any other bytes are dropped with a reason.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes, toHex } from '../../_kit/bytes.ts';
import { decodeForwardPayload } from './composer.ts';
import type { ClientDropReason } from './drops.ts';
import type { LoopWatch } from './loop-watch.ts';
import type { Outbox } from './outbox.ts';
import type { ClientContact, ClientEffect, ClientParts } from './parts.ts';
import { fragmentMessageKey, type Reassembly } from './reassembly.ts';
import type { Fragment } from './wire.ts';

/** The parts of a client that an inbox changes while it handles a message. */
export interface InboxCollaborators {
  readonly outbox: Outbox;
  readonly reassembly: Reassembly;
  readonly loops: LoopWatch;
  emit(effect: ClientEffect<never>): void;
}

/** A complete message that is not durable yet. */
interface WholeMessage {
  readonly from: ClientContact;
  readonly body: Uint8Array;
  /** The fragment that completed the message; its acknowledgement waits for the disk too. */
  readonly last: Fragment;
  readonly surb: Uint8Array | undefined;
  /** The numbers by which observers identify the fragments. */
  readonly copies: readonly number[];
}

/** Sorts retrieved messages into fragments, acknowledgements and loops. */
export class Inbox {
  readonly #parts: ClientParts;
  readonly #state: InboxCollaborators;
  /** Complete messages that are not on disk yet, by the name under which they are stored. */
  readonly #pending = new Map<string, WholeMessage>();

  constructor(parts: ClientParts, state: InboxCollaborators) {
    this.#parts = parts;
    this.#state = state;
  }

  /** Number of fragments of complete messages that wait for the disk. */
  get pendingParts(): number {
    let sum = 0;
    for (const { last } of this.#pending.values()) sum += last.count;
    return sum;
  }

  /** Handles the forward payload of a packet. */
  packet(now: Nanoseconds, payload: Uint8Array, copy: number | undefined): void {
    const drop = this.#packet(now, payload, copy);
    this.#count(drop);
    if (drop !== undefined && copy !== undefined) this.#taken(copy, 'dropped');
  }

  /**
   * Called when the name of a message has been written to disk: the message is delivered. After an
   * error it is forgotten instead, so that its sender can repeat it.
   */
  stored(name: string, error: string | undefined): void {
    const whole = this.#pending.get(name);
    if (whole === undefined) return;
    this.#pending.delete(name);
    const { from, body, last, surb, copies } = whole;
    if (error === undefined) {
      if (surb !== undefined) this.#count(this.#acknowledge(from, last, surb));
      this.#state.emit({ kind: 'deliver', from: from.name, body });
    } else {
      this.#state.reassembly.forget(name);
      this.#count('delivered-log-failed');
    }
    for (const copy of copies) this.#taken(copy, error === undefined ? 'delivered' : 'dropped');
  }

  /** Handles a reply, which is still encrypted. */
  reply(surbId: Uint8Array, payload: Uint8Array): void {
    this.#count(this.#acknowledgement(surbId, payload));
  }

  #packet(now: Nanoseconds, payload: Uint8Array, copy?: number): ClientDropReason | undefined {
    const opened = decodeForwardPayload(this.#parts.format, payload);
    if ('drop' in opened) return opened.drop;
    const { message, surb } = opened;
    if (message.kind === 'fragment') return this.#fragment(now, message, { surb, copy });
    if (message.kind === 'loop') return this.#loop(now, message.loopId);
    // The last provider discards cover, and acknowledgements arrive as replies, so neither is valid
    // here.
    return 'message-kind';
  }

  #acknowledgement(surbId: Uint8Array, payload: Uint8Array): ClientDropReason | undefined {
    const { format } = this.#parts;
    const { outbox } = this.#state;
    const waiting = outbox.waitingFor(surbId);
    if (waiting === undefined) return 'surb-unknown';
    const { outgoing, keys } = waiting;
    const opened = format.openReply(payload, keys);
    // SURB keys are used only once, so they are erased even if the reply was damaged.
    outbox.spoil(surbId);
    if ('drop' in opened) return opened.drop === 'surb-tag' ? 'surb-tag' : 'surb-refused';
    const content = decodeForwardPayload(format, opened.payload);
    if ('drop' in content) return content.drop;
    const { message } = content;
    if (message.kind !== 'ack') return 'message-kind';
    if (message.index !== outgoing.fragment.index) return 'ack-mismatch';
    if (!equalBytes(message.messageId, outgoing.fragment.messageId)) return 'ack-mismatch';
    outbox.acknowledge(outgoing);
    return undefined;
  }

  #fragment(
    now: Nanoseconds,
    fragment: Fragment,
    { surb, copy }: { readonly surb: Uint8Array | undefined; readonly copy: number | undefined },
  ): ClientDropReason | undefined {
    const from = this.#parts.contacts.byId(fragment.sender);
    if (from === undefined) return 'sender-unknown';
    const result = this.#state.reassembly.add(now, fragment, copy);
    if (result.kind === 'drop') return result.drop;
    if (result.kind !== 'duplicate' && copy !== undefined) this.#taken(copy, 'held');
    if (result.kind === 'whole') {
      const { name, body, copies } = result;
      this.#pending.set(name, { from, body, last: fragment, surb, copies });
      this.#state.emit({ kind: 'store', name });
      return undefined;
    }
    // Duplicates are acknowledged too, since the acknowledgement may have been lost, but not before
    // the message is durable.
    const isPending = this.#pending.size > 0 && this.#pending.has(fragmentMessageKey(fragment));
    if (surb !== undefined && !isPending) this.#count(this.#acknowledge(from, fragment, surb));
    return result.kind === 'duplicate' ? 'fragment-duplicate' : undefined;
  }

  #acknowledge(
    from: ClientContact,
    fragment: Fragment,
    surb: Uint8Array,
  ): ClientDropReason | undefined {
    const { messageId, index } = fragment;
    const isQueued = this.#state.outbox.addAck({
      kind: 'ack',
      recipient: from.name,
      surb: surb.slice(),
      messageId: messageId.slice(),
      index,
    });
    return isQueued ? undefined : 'ack-queue-full';
  }

  #loop(now: Nanoseconds, loopId: Uint8Array): ClientDropReason | undefined {
    const age = this.#state.loops.returned(now, toHex(loopId));
    if (age === undefined) return 'loop-unknown';
    this.#state.emit({ kind: 'loop-returned', age });
    return undefined;
  }

  #count(drop: ClientDropReason | undefined): void {
    if (drop !== undefined) this.#state.emit({ kind: 'drop', reason: drop });
  }

  #taken(copy: number, how: 'held' | 'delivered' | 'dropped'): void {
    this.#state.emit({ kind: 'taken', copy, how });
  }
}
