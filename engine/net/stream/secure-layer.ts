/**
 * A model of TLS 1.3 with a pre-shared key over a simulated stream (engine/host/stream.ts,
 * `secure`).
 *
 * What it keeps of TLS: one round trip (ClientHello, ServerHello, Finished), the proof that both
 * ends know key and identity, records of up to 16,384 bytes with 22 bytes of overhead, and that a
 * tap does not see plaintext. What it lacks: cryptography (secure-records.ts). Certificates work
 * live only; without a pre-shared key, `secure` fails.
 *
 * @module
 */
import type { Xoshiro128 } from '../../core/random.ts';
import type { StreamError, StreamTlsOptions } from '../../host/stream.ts';
import type { Timer } from '../../host/time.ts';
import {
  deriveProofBytes,
  deriveRandomGenerator,
  openRecord,
  RECORD_HEADER_BYTES,
  RECORD_PLAINTEXT_BYTES_MAX,
  sealRecord,
  TLS_RECORD_BYTES_MAX,
  writeRecordHeader,
} from './secure-records.ts';

/** What the model of TLS needs from its stream. */
export interface TlsModelOutlet {
  /** True while the owner accepts bytes. */
  readonly canDeliver: boolean;
  /** False if the queue is above its limit. */
  writeRaw(bytes: Uint8Array): boolean;
  endRaw(): void;
  deliver(buffer: Uint8Array, offset: number, length: number): void;
  after(delayNs: number, fire: () => void): Timer;
  later(call: () => void): void;
  /** Called when there is room again after `write` reported that there was none. */
  drained(): void;
  randomWord(): number;
  /** Ends the stream as `secure-failed` on both sides. */
  failSecure(): void;
}

/** Types of records and of handshake messages (RFC 8446 sections 5.1 and 4). */
const HANDSHAKE = 22;
const APPLICATION = 23;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const FINISHED = 20;
const RANDOM_BYTES = 32;
const PROOF_BYTES = 32;
/** Layout of a handshake message: kind, random value, proof and, in a ClientHello, the identity. */
const PROOF_OFFSET = 1 + RANDOM_BYTES;
const MESSAGE_BYTES = PROOF_OFFSET + PROOF_BYTES;
/** Time after which a handshake has failed, ns (as in engine/live). */
const HANDSHAKE_MAX_NS = 120_000_000_000;
/**
 * Number of bytes, written during the handshake and waiting for its end, above which `write` returns `full`.
 */
const PENDING_LIMIT_BYTES = 65_536;

const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * Each proof has a label of its own, so that no side can return the other side's proof as its own.
 */
const PROOF_OF_CLIENT = 1;
const PROOF_OF_SERVER = 2;
const PROOF_OF_END = 3;
const BYTES_OF_CLIENT = 4;
const BYTES_OF_SERVER = 5;

/** A model of TLS 1.3 with a pre-shared key over a simulated stream, without its cryptography. */
export class TlsModel {
  private readonly outlet: TlsModelOutlet;
  private readonly isClient: boolean;
  private readonly key: Uint8Array | undefined;
  private readonly identity: Uint8Array;
  private done: ((error?: StreamError) => void) | undefined;
  private alarm: Timer | undefined;
  private readonly ownRandom = new Uint8Array(RANDOM_BYTES);
  /** The random values of client and server, once both are known. */
  private randoms: readonly Uint8Array[] = [];
  private outgoing: Xoshiro128 | undefined;
  private incoming: Xoshiro128 | undefined;
  /** Received bytes that are not yet a whole record, or that a paused owner does not accept. */
  private input: Uint8Array = EMPTY;
  private inputBytes = 0;
  private readonly pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private isEndPending = false;
  private isReading = false;

  constructor(
    outlet: TlsModelOutlet,
    options: StreamTlsOptions,
    done: (error?: StreamError) => void,
  ) {
    this.outlet = outlet;
    this.isClient = options.role === 'client';
    this.key = options.psk?.key;
    this.identity = new TextEncoder().encode(options.psk?.identity ?? '');
    this.done = done;
  }

  /** True until the handshake has succeeded or failed. */
  get isHandshaking(): boolean {
    return this.done !== undefined;
  }

  /** Which received bytes wait: none, a whole record that the owner does not accept yet, or part of a record. */
  get waiting(): 'nothing' | 'record' | 'part' {
    if (this.inputBytes === 0) return 'nothing';
    return this.inputBytes >= this.recordBytes() ? 'record' : 'part';
  }

  /** Starts the handshake. */
  begin(): void {
    if (this.key === undefined) {
      this.outlet.later(() => this.refuse());
      return;
    }
    this.alarm = this.outlet.after(HANDSHAKE_MAX_NS, () => this.refuse());
    for (let i = 0; i < RANDOM_BYTES; i += 1) this.ownRandom[i] = this.outlet.randomWord();
    if (!this.isClient) return;
    this.randoms = [this.ownRandom];
    this.sendMessage(CLIENT_HELLO, this.prove(PROOF_OF_CLIENT), this.identity);
  }

  /** Encrypts and queues a copy; false when the queue is above its limit. */
  write(bytes: Uint8Array): boolean {
    if (this.outgoing === undefined || this.isHandshaking) {
      this.pending.push(bytes.slice());
      this.pendingBytes += bytes.length;
      return this.pendingBytes <= PENDING_LIMIT_BYTES;
    }
    let hasRoom = true;
    for (let at = 0; at < bytes.length; at += RECORD_PLAINTEXT_BYTES_MAX) {
      const part = bytes.subarray(at, at + RECORD_PLAINTEXT_BYTES_MAX);
      hasRoom = this.outlet.writeRaw(sealRecord(this.outgoing, part));
    }
    return hasRoom;
  }

  /** Number of written bytes that wait for the end of the handshake. */
  get waitingBytes(): number {
    return this.pendingBytes;
  }

  /** Ends the stream after everything written. */
  end(): void {
    if (this.isHandshaking) this.isEndPending = true;
    else this.outlet.endRaw();
  }

  /** Processes received bytes. */
  receive(buffer: Uint8Array, offset: number, length: number): void {
    const needed = this.inputBytes + length;
    if (needed > this.input.length) {
      const wider = new Uint8Array(Math.max(needed, 2 * this.input.length));
      wider.set(this.input.subarray(0, this.inputBytes));
      this.input = wider;
    }
    this.input.set(buffer.subarray(offset, offset + length), this.inputBytes);
    this.inputBytes = needed;
    this.resume();
  }

  /** Continues with what was received while the owner was paused. */
  resume(): void {
    if (this.isReading) return;
    this.isReading = true;
    let start = 0;
    for (let record = this.wholeRecord(start); record !== undefined; ) {
      start += record.length;
      this.take(record);
      record = this.wholeRecord(start);
    }
    this.input.copyWithin(0, start, this.inputBytes);
    this.inputBytes -= start;
    this.isReading = false;
  }

  /** Called when the handshake can no longer succeed: reports that and ends the stream. */
  refuse(): void {
    if (!this.isHandshaking) return;
    this.cut();
    this.outlet.failSecure();
  }

  /** Called when the stream has ended: a handshake under way has failed. */
  cut(): void {
    this.alarm?.cancel();
    this.pending.length = 0;
    const { done } = this;
    this.done = undefined;
    done?.('secure-failed');
  }

  /** The record at `start` of the input, if it is whole and may be taken now. */
  private wholeRecord(start: number): Uint8Array | undefined {
    if (!this.isHandshaking && !this.outlet.canDeliver) return undefined;
    if (this.isForeign(start)) {
      this.fail();
      return undefined;
    }
    const length = this.recordBytes(start);
    if (start + length > this.inputBytes) return undefined;
    return this.input.subarray(start, start + length);
  }

  /** True if the bytes from `start` on cannot be the start of a record of this model. */
  private isForeign(start: number): boolean {
    const { input } = this;
    if (this.inputBytes - start < RECORD_HEADER_BYTES) return false;
    const type = this.isHandshaking ? HANDSHAKE : APPLICATION;
    const isOurs = input[start] === type && input[start + 1] === 3 && input[start + 2] === 3;
    return !isOurs || this.recordBytes(start) > TLS_RECORD_BYTES_MAX;
  }

  private fail(): void {
    if (this.isHandshaking) this.refuse();
    else this.outlet.failSecure();
  }

  /** Length of the record at `start`, as far as its header has arrived. */
  private recordBytes(start = 0): number {
    if (this.inputBytes - start < RECORD_HEADER_BYTES) return RECORD_HEADER_BYTES;
    const high = this.input[start + 3] as number;
    return RECORD_HEADER_BYTES + high * 256 + (this.input[start + 4] as number);
  }

  private take(record: Uint8Array): void {
    const { incoming } = this;
    if (this.isHandshaking) {
      if (!this.takeMessage(record.slice())) this.refuse();
      return;
    }
    const plain = incoming === undefined ? undefined : openRecord(incoming, record);
    if (plain === undefined) this.fail();
    else this.outlet.deliver(plain, 0, plain.length);
  }

  /**
   * Processes the handshake message that is expected now; false if the record holds another message or a wrong proof.
   */
  private takeMessage(record: Uint8Array): boolean {
    const message = record.subarray(RECORD_HEADER_BYTES);
    if (message.length < MESSAGE_BYTES) return false;
    const random = message.subarray(1, PROOF_OFFSET);
    const proof = message.subarray(PROOF_OFFSET, MESSAGE_BYTES);
    const kind = message[0];
    if (this.isClient) return kind === SERVER_HELLO && this.takeServerHello(random, proof);
    if (kind === FINISHED) {
      return this.outgoing !== undefined && this.isProof(PROOF_OF_END, proof) && this.succeed();
    }
    const identity = message.subarray(MESSAGE_BYTES);
    return kind === CLIENT_HELLO && this.takeClientHello(random, proof, identity);
  }

  private takeClientHello(random: Uint8Array, proof: Uint8Array, identity: Uint8Array): boolean {
    if (this.outgoing !== undefined || !isEqual(identity, this.identity)) return false;
    this.randoms = [random];
    if (!this.isProof(PROOF_OF_CLIENT, proof)) return false;
    this.randoms = [random, this.ownRandom];
    this.sendMessage(SERVER_HELLO, this.prove(PROOF_OF_SERVER));
    this.makeKeys();
    return true;
  }

  private takeServerHello(random: Uint8Array, proof: Uint8Array): boolean {
    this.randoms = [this.ownRandom, random];
    if (!this.isProof(PROOF_OF_SERVER, proof)) return false;
    this.sendMessage(FINISHED, this.prove(PROOF_OF_END));
    this.makeKeys();
    return this.succeed();
  }

  private makeKeys(): void {
    const parts = this.parts();
    const client = deriveRandomGenerator(BYTES_OF_CLIENT, parts);
    const server = deriveRandomGenerator(BYTES_OF_SERVER, parts);
    this.outgoing = this.isClient ? client : server;
    this.incoming = this.isClient ? server : client;
  }

  private succeed(): true {
    this.alarm?.cancel();
    const { done } = this;
    this.done = undefined;
    let hasRoom = true;
    for (const bytes of this.pending) hasRoom = this.write(bytes);
    const wasFull = this.pendingBytes > PENDING_LIMIT_BYTES;
    this.pending.length = 0;
    this.pendingBytes = 0;
    if (this.isEndPending) this.outlet.endRaw();
    done?.();
    if (wasFull && hasRoom) this.outlet.drained();
    return true;
  }

  private sendMessage(kind: number, proof: Uint8Array, identity: Uint8Array = EMPTY): void {
    const record = new Uint8Array(RECORD_HEADER_BYTES + MESSAGE_BYTES + identity.length);
    writeRecordHeader(record, HANDSHAKE, MESSAGE_BYTES + identity.length);
    record[RECORD_HEADER_BYTES] = kind;
    record.set(this.ownRandom, RECORD_HEADER_BYTES + 1);
    record.set(proof, RECORD_HEADER_BYTES + PROOF_OFFSET);
    record.set(identity, RECORD_HEADER_BYTES + MESSAGE_BYTES);
    this.outlet.writeRaw(record);
  }

  private prove(label: number): Uint8Array {
    return deriveProofBytes(label, this.parts(), PROOF_BYTES);
  }

  private isProof(label: number, proof: Uint8Array): boolean {
    return isEqual(this.prove(label), proof);
  }

  private parts(): readonly Uint8Array[] {
    return [this.key ?? EMPTY, this.identity, ...this.randoms];
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
