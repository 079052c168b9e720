/**
 * Fabric: the messages of one peer, from their pieces to their handlers.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes } from '../../_kit/bytes.ts';
import type { ArrivedMessage, FabricDropReason } from '../effects.ts';
import { decodeEnvelope, type Envelope, readMessageNumber } from '../envelope.ts';
import { MEMORY_NAME_BYTES } from '../geometry.ts';
import { nsUntil, type PeerMachineContext } from '../peer-parts.ts';
import type { FabricPacket } from '../wire.ts';
import { Inbox } from './inbox.ts';

/** Receives the messages of one peer: puts pieces together and hands whole messages to their handlers. */
export class Receiver<Request> {
  readonly inbox: Inbox;
  readonly #shared: PeerMachineContext<Request>;
  /** Hands an answer to its call; false if no call waits for it. */
  readonly #takeAnswer: (now: Nanoseconds, envelope: Envelope) => boolean;
  /** Whole messages, by number, that wait for their order or for the disk. */
  readonly #held = new Map<number, ArrivedMessage>();
  /** Calls whose handlers have not ended, by number. */
  readonly #calls = new Map<number, ArrivedMessage>();
  /** The peer has given up its messages with numbers below this. */
  #floor = 0;
  readonly #mayHandOver: (now: Nanoseconds) => boolean;

  constructor(
    shared: PeerMachineContext<Request>,
    takeAnswer: (now: Nanoseconds, envelope: Envelope) => boolean,
  ) {
    this.#shared = shared;
    this.#takeAnswer = takeAnswer;
    this.inbox = new Inbox(shared.parts.inboxRecord);
    const { behaviour } = shared.parts;
    this.#mayHandOver = behaviour.handoverRule();
    if (!behaviour.remembersHandled) this.inbox.forget();
  }

  /** Number of whole messages that are not handed over yet. */
  get held(): number {
    return this.#held.size;
  }

  /**
   * Takes the pieces of a packet.
   * @returns `known` if any of them was handled before; `no-room` if none was taken.
   */
  take(now: Nanoseconds, packet: FabricPacket): 'taken' | 'known' | 'no-room' {
    const { pieces, memory } = packet;
    if (!this.inbox.hasRoomFor(pieces)) {
      this.#drop('no-room');
      return 'no-room';
    }
    let outcome: 'taken' | 'known' = 'taken';
    for (const piece of pieces) {
      const taken = this.inbox.take(piece);
      if (taken.kind === 'known') {
        outcome = 'known';
        this.#shared.emit({ kind: 'count', of: 'known_pieces', amount: 1 });
      } else if (taken.kind === 'drop') this.#drop(taken.reason);
      else if (taken.kind === 'whole')
        this.#whole(now, { number: piece.number, memory }, taken.bytes);
    }
    return outcome;
  }

  /** The call with this number, while its handler has not ended. */
  call(number: number): ArrivedMessage | undefined {
    return this.#calls.get(number);
  }

  /** Called when the handler of a message has run; the next write to disk records the message as handled. */
  handled(number: number): void {
    this.#calls.delete(number);
    this.inbox.handled(number);
    this.#shared.journal.ask();
    this.drain();
  }

  /** Called when the peer has given up its messages with numbers below `floor`. */
  raise(floor: number): void {
    let ended = this.inbox.raise(floor);
    this.#forgetCalls(floor);
    for (const number of this.#held.keys()) {
      if (number < floor && this.#held.delete(number)) ended += 1;
    }
    for (; ended > 0; ended -= 1) this.#drop('given-up');
    if (this.#held.size > 0) this.drain();
  }

  /** Called when the peer has a new memory: drops everything of its earlier messages. */
  reset(): void {
    this.#held.clear();
    this.#calls.clear();
    this.#floor = 0;
  }

  /** Forgets calls that the peer has given up: nobody waits for their answers. */
  #forgetCalls(floor: number): void {
    if (floor <= this.#floor) return;
    this.#floor = floor;
    for (const number of this.#calls.keys()) if (number < floor) this.#calls.delete(number);
  }

  /** Hands over all whole messages that the order and the disk allow now. */
  drain(): void {
    if (this.#shared.parts.options.order === 'sent') {
      const { inbox } = this;
      for (let next = this.#held.get(inbox.contiguous + 1); next !== undefined; ) {
        if (!this.#hand(next)) return;
        next = this.#held.get(inbox.contiguous + 1);
      }
      return;
    }
    for (const arrival of this.#held.values()) if (!this.#hand(arrival)) return;
  }

  #whole(now: Nanoseconds, of: { number: number; memory: Uint8Array }, bytes: Uint8Array): void {
    const envelope = decodeEnvelope(bytes);
    if (typeof envelope === 'string') {
      this.#drop(envelope);
      return;
    }
    const leftNs = nsUntil(envelope.deadlineMs, this.#shared.parts.clock());
    const reason = this.#fault(envelope, of) ?? (leftNs <= 0 ? 'late' : undefined);
    if (reason !== undefined) {
      this.#drop(reason);
      return;
    }
    const { number } = of;
    const { kind, id, payload, priority } = envelope;
    if (kind === 'reply' || kind === 'refusal') {
      if (!this.#takeAnswer(now, envelope)) this.#drop('late-reply');
      this.handled(number);
      return;
    }
    if (!this.#mayHandOver(now)) {
      this.handled(number);
      return;
    }
    const deadlineNs = now + leftNs;
    const parts = { number, id, kind, payload, priority, envelope: bytes, deadlineNs };
    const isAgain = this.inbox.hand(number, bytes.length);
    this.#held.set(number, { ...parts, isAgain });
    this.drain();
  }

  /**
   * Hands a message to its handler. @returns false if a handover bound above its number must be on disk
   * first.
   */
  #hand(arrival: ArrivedMessage): boolean {
    const { number, kind } = arrival;
    if (this.#shared.parts.isOutside(kind) && !this.inbox.mayHand(number)) {
      // The handover bound on disk is too low: asks for a write.
      this.#shared.journal.ask();
      return false;
    }
    this.#held.delete(number);
    if (kind === 'call') this.#calls.set(number, arrival);
    this.#shared.emit({ kind: 'hand', arrival });
    return true;
  }

  #fault(
    { from, to, id }: Envelope,
    { number, memory }: { readonly number: number; readonly memory: Uint8Array },
  ): FabricDropReason | undefined {
    const { own, peer } = this.#shared.parts;
    if (from !== peer || to !== own) return 'wrong-peer';
    const isOwnId =
      readMessageNumber(id) === number && equalBytes(id.subarray(0, MEMORY_NAME_BYTES), memory);
    return isOwnId ? undefined : 'wrong-id';
  }

  #drop(reason: FabricDropReason): void {
    this.#shared.emit({ kind: 'drop', reason });
  }
}
