/**
 * What a client does with retrieved messages: fragments from others, acknowledgements, and
 * returning loops. Any other bytes are dropped with a reason.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes, toHex } from '../../_kit/bytes.ts';
import { openPayload } from './composer.ts';
import type { DeliveredLog } from './delivered-log.ts';
import type { ClientDrop } from './drops.ts';
import type { LoopWatch } from './loop-watch.ts';
import type { Outbox } from './outbox.ts';
import type { ClientParts, Contact } from './parts.ts';
import { nameOf, type Reassembly } from './reassembly.ts';
import type { Fragment } from './wire.ts';

/** The state that a message may change. */
export interface InboxState {
  readonly outbox: Outbox;
  readonly reassembly: Reassembly;
  readonly loops: LoopWatch;
  readonly delivered: DeliveredLog;
  /** Something was queued at this instant, outside a call of the machine. */
  queued(now: Nanoseconds): void;
}

/** Sorts retrieved messages into fragments, acknowledgements and loops. */
export class Inbox {
  readonly #parts: ClientParts;
  readonly #state: InboxState;
  /** Names of complete messages that are not durable yet. */
  readonly #pending = new Set<string>();
  #pendingParts = 0;

  constructor(parts: ClientParts, state: InboxState) {
    this.#parts = parts;
    this.#state = state;
  }

  /** Fragments of messages that wait for the disk. */
  get pendingParts(): number {
    return this.#pendingParts;
  }

  /** Handles the forward payload of a packet. */
  packet(now: Nanoseconds, payload: Uint8Array, copy: number | undefined): void {
    const drop = this.#packet(now, payload, copy);
    this.#count(drop);
    if (drop !== undefined && copy !== undefined) this.#parts.outputs.taken?.(copy, 'dropped');
  }

  /** Handles a reply, which is still encrypted. */
  reply(surbId: Uint8Array, payload: Uint8Array): void {
    this.#count(this.#acknowledgement(surbId, payload));
  }

  #packet(now: Nanoseconds, payload: Uint8Array, copy?: number): ClientDrop | undefined {
    const opened = openPayload(this.#parts.format, payload);
    if ('drop' in opened) return opened.drop;
    const { message, surb } = opened;
    if (message.kind === 'fragment') return this.#fragment(now, message, { surb, copy });
    if (message.kind === 'loop') return this.#loop(now, message.loopId);
    // Cover never gets past a provider, and acknowledgements arrive as replies.
    return 'message-kind';
  }

  #acknowledgement(surbId: Uint8Array, payload: Uint8Array): ClientDrop | undefined {
    const { format } = this.#parts;
    const { outbox } = this.#state;
    const waiting = outbox.waitingFor(surbId);
    if (waiting === undefined) return 'surb-unknown';
    const { outgoing, keys } = waiting;
    const opened = format.openReply(payload, keys);
    // SURB keys are used once, even if the reply was damaged.
    outbox.spoil(surbId);
    if ('drop' in opened) return opened.drop === 'surb-tag' ? 'surb-tag' : 'surb-refused';
    const content = openPayload(format, opened.payload);
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
  ): ClientDrop | undefined {
    const from = this.#parts.contacts.byId(fragment.sender);
    if (from === undefined) return 'sender-unknown';
    const result = this.#state.reassembly.add(now, fragment, copy);
    if (result.kind === 'drop') return result.drop;
    if (result.kind !== 'duplicate' && copy !== undefined) {
      this.#parts.outputs.taken?.(copy, 'held');
    }
    if (result.kind === 'whole') {
      this.#finish(result, () => {
        if (surb !== undefined) this.#count(this.#acknowledge(from, fragment, surb));
        this.#parts.outputs.deliver(from.name, result.body);
      });
      return undefined;
    }
    // Duplicates are acknowledged too, since the acknowledgement may have been lost, but not before
    // the message is durable.
    const isPending = this.#pending.size > 0 && this.#pending.has(nameOf(fragment));
    if (surb !== undefined && !isPending) this.#count(this.#acknowledge(from, fragment, surb));
    return result.kind === 'duplicate' ? 'fragment-duplicate' : undefined;
  }

  /** Delivers a message once its name is durable. */
  #finish(
    { name, copies }: { readonly name: string; readonly copies: readonly number[] },
    deliver: () => void,
  ): void {
    const { delivered, reassembly, queued } = this.#state;
    this.#pending.add(name);
    this.#pendingParts += copies.length;
    delivered.add(name, (now, error) => {
      this.#pending.delete(name);
      this.#pendingParts -= copies.length;
      if (error === undefined) deliver();
      else {
        reassembly.forget(name);
        this.#count('delivered-log-failed');
      }
      const how = error === undefined ? 'delivered' : 'dropped';
      for (const copy of copies) this.#parts.outputs.taken?.(copy, how);
      if (error === undefined) queued(now);
    });
  }

  #acknowledge(from: Contact, fragment: Fragment, surb: Uint8Array): ClientDrop | undefined {
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

  #loop(now: Nanoseconds, loopId: Uint8Array): ClientDrop | undefined {
    const age = this.#state.loops.returned(now, toHex(loopId));
    if (age === undefined) return 'loop-unknown';
    this.#parts.outputs.loopReturned(age);
    return undefined;
  }

  #count(drop: ClientDrop | undefined): void {
    if (drop !== undefined) this.#parts.outputs.drop(drop);
  }
}
