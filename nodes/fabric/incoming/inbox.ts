/**
 * Fabric: the messages of one peer by their numbers: handled, handed to a handler that has not ended, or incomplete.
 *
 * A message is handled once: its number and the effect of its handler are written together, and the peer is told only
 * when both are on disk.
 *
 * @module
 */
import { concatBytes, equalBytes, readUint48, writeUint48 } from '../../_kit/bytes.ts';
import {
  ASSEMBLY_BYTES_MAX,
  ENVELOPE_HEAD_BYTES_MAX,
  MEMORY_NAME_BYTES,
  PAYLOAD_BYTES_MAX,
  RECEIVE_WINDOW_NUMBERS,
  UNSYNCED_HANDOVERS_MAX,
} from '../geometry.ts';
import { NumberWindow } from '../number-window.ts';
import type { HandledNews, MessagePiece } from '../wire.ts';
import { MessageAssembly } from './assembly.ts';

const NUMBER_BYTES = 6;
/**
 * Length of a record's head, bytes: memory name, contiguous number, handover bound, and a count that is always 0 now
 * (older versions counted old memories).
 */
const HEAD_BYTES = MEMORY_NAME_BYTES + 2 * NUMBER_BYTES + 1;

/**
 * The result of a received piece: the message is whole, is still incomplete (`partial`), was known before, or the
 * piece is dropped.
 */
export type PieceOutcome =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'partial' | 'known' }
  | { readonly kind: 'drop'; readonly reason: InboxDropReason };
/** Why a piece was not taken. */
export type InboxDropReason = 'too-long' | 'no-room' | 'beyond-window';

const PARTIAL: PieceOutcome = { kind: 'partial' };
const KNOWN: PieceOutcome = { kind: 'known' };

/** The state of one peer's messages: numbers handled, messages at their handlers, incomplete messages. */
export class Inbox {
  /** Name of the peer's memory, to which these message numbers belong; empty before the first packet of the peer. */
  #memory: Uint8Array = new Uint8Array(0);
  /** Numbers of messages whose handlers have run. */
  #handled = new NumberWindow();
  /** Numbers that are recorded on disk as handled. */
  #durable = new NumberWindow();
  /** Numbers handled since the last write began; `#writing`: the numbers that this write stores. */
  #fresh: number[] = [];
  #writing: number[] = [];
  /** Lengths of the messages that are with their handlers or wait for them, by message number. */
  readonly #inHand = new Map<number, number>();
  /** Sum of the lengths in `#inHand`, bytes. */
  #heldBytes = 0;
  /** The highest number of a message that was handed to its handler. */
  #highest = 0;
  /** The handover bound on disk: only messages with numbers below it may be handed over. */
  #handedBound = 0;
  #boundWritten = 0;
  /** The handover bound found on disk at the last restart: messages below it may have been handed over before. */
  #againBound = 0;
  readonly #assemblies = new Map<number, MessageAssembly>();
  #assemblyBytes = 0;

  /** @param record The bytes that {@link record} returned, read from disk; undefined if there are none. */
  constructor(record: Uint8Array | undefined) {
    if (record !== undefined && record.length >= HEAD_BYTES) this.#recall(record);
  }

  /** All message numbers up to this one were handled. */
  get contiguous(): number {
    return this.#handled.contiguous;
  }

  /** Name of the peer's memory; empty before its first packet. */
  get memory(): Uint8Array {
    return this.#memory;
  }

  /** Number of messages whose handlers have not ended. */
  get inHand(): number {
    return this.#inHand.size;
  }

  /** True if the handler of the message with this number has not ended. */
  isInHand(number: number): boolean {
    return this.#inHand.has(number);
  }

  /** Memory taken by incomplete messages, bytes. */
  get assemblyBytes(): number {
    return this.#assemblyBytes;
  }

  /** Compares the memory that a packet names with the peer's known memory; `first` if none is known. */
  meet(memory: Uint8Array): 'same' | 'first' | 'other' {
    if (this.#memory.length === 0) return 'first';
    return equalBytes(memory, this.#memory) ? 'same' : 'other';
  }

  /** True if `floor` lies within the window of numbers above the contiguous ones. */
  isNear(floor: number): boolean {
    return this.#handled.fits(floor - 1);
  }

  /**
   * Called when the peer has a new memory, which numbers its messages from 1 again: forgets all numbers known so far.
   */
  adopt(memory: Uint8Array): void {
    this.#memory = memory.slice();
    this.#handled = new NumberWindow();
    this.#durable = new NumberWindow();
    this.#fresh = [];
    this.#writing = [];
    this.#inHand.clear();
    this.#heldBytes = 0;
    this.#boundWritten = 0;
    this.#highest = 0;
    this.#clearAssemblies();
    this.#handedBound = 0;
    this.#againBound = 0;
  }

  /**
   * Called when the peer says that no message with a number below `floor` is open.
   * @returns the number of incomplete messages that are given up.
   */
  raise(floor: number): number {
    if (floor - 1 <= this.#handled.contiguous) return 0;
    this.#handled.raise(floor);
    this.#durable.raise(floor);
    // Numbers below the floor need no record of their own.
    this.#fresh = this.#fresh.filter((number) => number >= floor);
    const before = this.#assemblies.size;
    for (const number of this.#assemblies.keys()) if (number < floor) this.#drop(number);
    for (const number of this.#inHand.keys()) if (number < floor) this.#release(number);
    return before - this.#assemblies.size;
  }

  /** Adds a piece to its message; the bytes are copied. */
  take(piece: MessagePiece): PieceOutcome {
    const { number, total, offset, bytes } = piece;
    if (this.#handled.has(number) || this.#inHand.has(number)) return KNOWN;
    if (!this.#handled.fits(number)) return { kind: 'drop', reason: 'beyond-window' };
    if (total > PAYLOAD_BYTES_MAX + ENVELOPE_HEAD_BYTES_MAX)
      return { kind: 'drop', reason: 'too-long' };
    if (bytes.length === total) {
      this.#drop(number);
      return { kind: 'whole', bytes: bytes.slice() };
    }
    let assembly = this.#assemblies.get(number);
    if (assembly !== undefined && assembly.total !== total) {
      // The sender has restarted, and encoded the message anew.
      this.#drop(number);
      assembly = undefined;
    }
    assembly ??= new MessageAssembly(total);
    this.#assemblies.set(number, assembly);
    if (!assembly.takes(offset, bytes.length)) return { kind: 'drop', reason: 'no-room' };
    const before = assembly.memory;
    assembly.add(offset, bytes);
    this.#assemblyBytes += assembly.memory - before;
    if (!assembly.isWhole) return PARTIAL;
    const whole = assembly.whole();
    this.#drop(number);
    return { kind: 'whole', bytes: whole };
  }

  /** False if the pieces need more memory than a peer gets; then the packet is not acknowledged. */
  hasRoomFor(pieces: readonly MessagePiece[]): boolean {
    const kept = this.#assemblyBytes + this.#heldBytes;
    const fresh = pieces.reduce((sum, piece) => sum + this.#memoryFor(piece), 0);
    return kept + fresh <= ASSEMBLY_BYTES_MAX;
  }

  /**
   * True if the message may be handed over: its number is below the bound on disk, so a restart will know that it may
   * have been.
   */
  mayHand(number: number): boolean {
    return number < this.#handedBound;
  }

  /**
   * Called when a message of this length in bytes is handed to its handler. @returns true if the handler may already
   * have had it before a restart.
   */
  hand(number: number, bytes: number): boolean {
    this.#inHand.set(number, bytes);
    this.#heldBytes += bytes;
    if (number > this.#highest) this.#highest = number;
    return number < this.#againBound;
  }

  /** Called when the handler of a message has ended, or need not run. */
  handled(number: number): void {
    this.#release(number);
    if (this.#handled.has(number)) return;
    this.#handled.add(number);
    this.#fresh.push(number);
  }

  /** True if the record on disk is out of date; false before the first packet of the peer. */
  get isDirty(): boolean {
    if (this.#memory.length === 0) return false;
    return this.#fresh.length > 0 || this.#wantedBound() > this.#boundWritten;
  }

  /**
   * The first record for a new memory of the peer: its name, and no handled number. It is written before any answer to
   * that memory.
   */
  memoryRecord(): Uint8Array {
    const head = new Uint8Array(HEAD_BYTES);
    head.set(this.#memory);
    return head;
  }

  /** Encodes the record for a write that begins now. */
  record(): Uint8Array {
    this.#writing = this.#fresh;
    this.#fresh = [];
    this.#boundWritten = this.#wantedBound();
    const head = this.memoryRecord();
    writeUint48(head, MEMORY_NAME_BYTES, this.#handled.contiguous);
    writeUint48(head, MEMORY_NAME_BYTES + NUMBER_BYTES, this.#boundWritten);
    return concatBytes(head, this.#handled.above());
  }

  /** Called when the write is complete. @returns the message numbers that it recorded as handled. */
  written(): readonly number[] {
    const numbers = this.#writing;
    for (const number of numbers) this.#durable.add(number);
    this.#writing = [];
    this.#handedBound = this.#boundWritten;
    return numbers;
  }

  /** Called when the write has failed: the next write includes its numbers. */
  notWritten(): void {
    this.#fresh = [...this.#writing, ...this.#fresh];
    this.#writing = [];
    this.#boundWritten = this.#handedBound;
  }

  /** The news for the peer: the numbers that are on disk as handled. */
  news(): HandledNews {
    const { contiguous } = this.#durable;
    return { memory: this.#memory, contiguous, above: this.#durable.above() };
  }

  /** After a restart: the answer to this message is on the disk, so it was handled. */
  recallHandled(memory: Uint8Array, number: number): void {
    if (!equalBytes(memory, this.#memory) || this.#handled.has(number)) return;
    // When the message came, it was within the receive window, so all numbers below that window were over.
    if (!this.#handled.fits(number)) this.raise(number - RECEIVE_WINDOW_NUMBERS + 1);
    this.handled(number);
    this.#durable.add(number);
  }

  /** Forgets everything that was handled. */
  forget(): void {
    this.adopt(this.#memory);
  }

  /**
   * The handover bound for the next write: above the highest number by as many messages as come during two writes, so
   * that a fast peer does not wait for the disk.
   */
  #wantedBound(): number {
    const ahead = Math.max(UNSYNCED_HANDOVERS_MAX, 2 * this.#writing.length);
    return Math.max(this.#highest, this.#handled.highest) + 1 + ahead;
  }

  #recall(record: Uint8Array): void {
    this.#memory = record.slice(0, MEMORY_NAME_BYTES);
    const contiguous = readUint48(record, MEMORY_NAME_BYTES);
    this.#againBound = readUint48(record, MEMORY_NAME_BYTES + NUMBER_BYTES);
    this.#handedBound = this.#againBound;
    this.#boundWritten = this.#againBound;
    const above = record.subarray(
      HEAD_BYTES + (record[HEAD_BYTES - 1] as number) * MEMORY_NAME_BYTES,
    );
    this.#handled.include(contiguous, above);
    this.#durable.include(contiguous, above);
  }

  /** Largest memory that a piece can add, bytes: even one byte can need a whole new chunk. */
  #memoryFor({ number, total, offset, bytes }: MessagePiece): number {
    if (this.#handled.has(number) || this.#inHand.has(number)) return 0;
    if (bytes.length === total) return total;
    const assembly = this.#assemblies.get(number);
    // Pieces kept under this number for a message of another length will be dropped.
    if (assembly?.total === total) return assembly.memoryFor(offset, bytes.length);
    return new MessageAssembly(total).memoryFor(offset, bytes.length);
  }

  #release(number: number): void {
    this.#heldBytes -= this.#inHand.get(number) ?? 0;
    this.#inHand.delete(number);
  }

  #drop(number: number): void {
    const assembly = this.#assemblies.get(number);
    if (assembly === undefined) return;
    this.#assemblyBytes -= assembly.memory;
    this.#assemblies.delete(number);
  }

  #clearAssemblies(): void {
    this.#assemblies.clear();
    this.#assemblyBytes = 0;
  }
}
