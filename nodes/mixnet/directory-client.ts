/**
 * Mixnet: how a node keeps its directory document current: it uploads its descriptor once per epoch
 * (if it is to be listed), fetches the document of the present epoch and, as soon as it exists, the
 * document of the next epoch (docs/spec/mixnet.md, "Directory").
 *
 * State machine without access to the host. Each upload and each request uses its own stream; if it
 * fails, the same {@link Errand} is repeated after a pause. A document is used from the start of
 * its epoch. An answer that never comes delays no other errand.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Random } from '../../engine/host/random.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { DeadlineHeap } from '../_kit/deadlines.ts';
import type { FrameReader } from '../_kit/frame-reader.ts';
import type { StateMachine, TimerDue } from '../_kit/machine.ts';
import {
  checkDocumentSuccession,
  type DirectoryDocument,
  nextEpochBeacon,
  openDocument,
  type TrustedAuthorities,
} from './directory/index.ts';
import type { MixnetDropReason } from './drops.ts';
import type { EpochClock } from './epoch-clock.ts';
import {
  AUTHORITY_RETRY_NS,
  DOCUMENT_MISSING_MAX_NS,
  DOCUMENT_READY_EPOCH_SHARE,
  KEY_OVERLAP_EPOCH_SHARE,
} from './geometry.ts';
import {
  type AuthorityRecordType,
  createAuthorityRecordReader,
  type DocumentStatus,
  decodeDocumentRecord,
  encodeAuthorityRecord,
  encodeDocumentRequest,
} from './records.ts';

/** The document for which a descriptor is made. */
export interface DescriptorTarget {
  readonly epoch: number;
  /** Beacon of that epoch, 32 bytes; undefined if descriptors do not depend on it. */
  readonly beacon: Uint8Array | undefined;
}

/** The collaborators and settings of a directory client. */
export interface DirectoryClientParts {
  readonly clock: Pick<EpochClock, 'lengthNs' | 'now'>;
  readonly crypto: CryptoProvider;
  /** The random stream that spreads the nodes' requests over time. */
  readonly random: Random;
  readonly trust: TrustedAuthorities;
  /** Whether to check that the layers follow from the shared random value. */
  readonly isPlacementChecked: boolean;
  /** Whether the directory should list this node, so that it uploads descriptors. */
  readonly isListed: boolean;
  /** Whether descriptors depend on the beacon of their epoch. */
  readonly isBeaconNeeded: boolean;
  /** Pause before the authority is asked again for the first document. */
  readonly firstRetryNs: Nanoseconds;
}

/** The inputs of a directory client. */
export type DirectoryClientInput =
  | StreamInput
  | { readonly kind: 'start' }
  | {
      readonly kind: 'described';
      readonly epoch: number;
      /** The signed descriptor. */
      readonly descriptor: Uint8Array;
    };

/**
 * An event of a stream. `exchange` is the number under which the machine requested the stream.
 * `failed`: it could not be opened. `ended`: the authority has sent its last byte.
 */
type StreamInput =
  | { readonly kind: 'opened' | 'failed' | 'ended' | 'closed'; readonly exchange: number }
  | { readonly kind: 'data'; readonly exchange: number; readonly bytes: Uint8Array };

/** The effects of a directory client. */
export type DirectoryClientEffect =
  | { readonly kind: 'connect' | 'end' | 'reset'; readonly exchange: number }
  | { readonly kind: 'write'; readonly exchange: number; readonly bytes: Uint8Array }
  /** Make a descriptor; the input `described` is the answer. */
  | { readonly kind: 'describe'; readonly target: DescriptorTarget }
  /**
   * Use this document of the present epoch; emitted after the start and at the beginning of each
   * epoch.
   */
  | { readonly kind: 'document'; readonly document: DirectoryDocument }
  | { readonly kind: 'drop'; readonly reason: MixnetDropReason }
  | { readonly kind: 'warn'; readonly text: string };

/** A task of the client, done when it is due and repeated after a failure. */
type Errand =
  /** Switch to the document of an epoch that begins, and plan that epoch. */
  | { readonly kind: 'turn' }
  /** Have the descriptor of an epoch made, if this node is to be listed. */
  | { readonly kind: 'describe'; readonly epoch: number }
  /** Upload the descriptor of an epoch. */
  | { readonly kind: 'upload'; readonly epoch: number; readonly record: Uint8Array }
  /** Fetch the document of an epoch. */
  | { readonly kind: 'fetch'; readonly epoch: number };

/** A stream on which one record is sent and one answer expected. */
interface Exchange {
  readonly errand: Errand;
  readonly record: Uint8Array;
  readonly reader: FrameReader;
  isAnswered: boolean;
}

/** Keeps one node's directory documents current. */
export class DirectoryClient implements StateMachine<DirectoryClientInput, DirectoryClientEffect> {
  readonly #parts: DirectoryClientParts;
  readonly #documents = new Map<number, DirectoryDocument>();
  readonly #errands = new DeadlineHeap<Errand>();
  readonly #exchanges = new Map<number, Exchange>();
  #nextExchange = 0;
  #current: DirectoryDocument | undefined;
  /**
   * The epoch in which the client started; its document is fetched as soon as the descriptor is
   * accepted.
   */
  #firstEpoch: number | undefined;
  /** The epoch that was present, by the calendar clock, when the errands were last planned. */
  #plannedEpoch = 0;
  /**
   * The instant at which the authority first answered that it has no document for the present
   * epoch; undefined if it has one.
   */
  #lacksSinceNs: Nanoseconds | undefined;
  #isClockTold = false;
  /** The instant of the present step. */
  #now: Nanoseconds = 0;
  /** The effects of the present step. */
  #effects: DirectoryClientEffect[] = [];

  constructor(parts: DirectoryClientParts) {
    this.#parts = parts;
  }

  /** The document in use. */
  get document(): DirectoryDocument | undefined {
    return this.#current;
  }

  step(now: Nanoseconds, input: DirectoryClientInput | TimerDue): readonly DirectoryClientEffect[] {
    this.#now = now;
    this.#effects = [];
    this.#handle(input);
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    return this.#errands.nextAt ?? Number.POSITIVE_INFINITY;
  }

  #handle(input: DirectoryClientInput | TimerDue): void {
    switch (input.kind) {
      case 'timer': {
        // Each firing of the timer does one errand; if more are due, the timer fires again.
        const errand = this.#errands.takeDue(this.#now);
        if (errand !== undefined) this.#do(errand);
        return;
      }
      case 'start':
        this.#start();
        return;
      case 'described': {
        const { epoch, descriptor } = input;
        this.#do({ kind: 'upload', epoch, record: encodeAuthorityRecord('upload', descriptor) });
        return;
      }
      default: {
        const exchange = this.#exchanges.get(input.exchange);
        if (exchange !== undefined) this.#progress(input, exchange);
      }
    }
  }

  /**
   * Uploads the descriptor and fetches the document of the present epoch, then plans the rest of
   * the epoch.
   */
  #start(): void {
    const { epoch } = this.#parts.clock.now();
    this.#firstEpoch = epoch;
    this.#plannedEpoch = epoch;
    this.#do({ kind: this.#parts.isListed ? 'describe' : 'fetch', epoch });
    this.#plan();
  }

  /**
   * Plans what remains to be done in this epoch: upload the descriptor for the next epoch, fetch
   * the document of the next epoch, and switch to it.
   */
  #plan(): void {
    const { clock, random } = this.#parts;
    const { epoch, elapsedNs, remainingNs } = clock.now();
    const next = epoch + 1;
    const length = clock.lengthNs;
    this.#plannedEpoch = epoch;
    // Requests are spread over an eighth of the epoch, so that nodes do not all ask the authority
    // at the same time.
    const jitterNs = Math.floor(random.uniform() * KEY_OVERLAP_EPOCH_SHARE * length);
    const uploadNs = Math.max(0, jitterNs / 2 - elapsedNs);
    const fetchNs = Math.max(0, DOCUMENT_READY_EPOCH_SHARE * length + jitterNs - elapsedNs);
    this.#later(Math.floor(uploadNs), { kind: 'describe', epoch: next });
    this.#later(Math.floor(fetchNs), { kind: 'fetch', epoch: next });
    this.#later(remainingNs, { kind: 'turn' });
  }

  /**
   * True if the clock was changed since the latest plan, so that the planned instants may be wrong
   * by whole epochs.
   */
  #isPlanObsolete(present: number): boolean {
    return present < this.#plannedEpoch || present > this.#plannedEpoch + 1;
  }

  #startAnew(): void {
    this.#errands.retain(() => false);
    this.#start();
  }

  #later(delay: Nanoseconds, errand: Errand): void {
    this.#errands.add(this.#now + delay, errand);
  }

  #do(errand: Errand): void {
    switch (errand.kind) {
      case 'turn':
        this.#change();
        this.#plan();
        return;
      case 'describe':
        this.#describe(errand);
        return;
      case 'upload':
        this.#exchange(errand, errand.record, ['accepted', 'refused']);
        return;
      case 'fetch': {
        const { epoch } = errand;
        const { epoch: present } = this.#parts.clock.now();
        if (this.#isPlanObsolete(present)) {
          this.#startAnew();
          return;
        }
        if (this.#documents.has(epoch) || epoch < present || epoch > present + 1) return;
        this.#exchange(errand, encodeDocumentRequest(epoch), ['document']);
      }
    }
  }

  /**
   * Has the descriptor of an epoch made. The beacon of an epoch is the random value in the document
   * of the previous epoch, if that document exists.
   */
  #describe(errand: Errand & { readonly kind: 'describe' }): void {
    const { clock, isBeaconNeeded, isListed } = this.#parts;
    const { epoch } = errand;
    if (!isListed) return;
    const before = this.#documents.get(epoch - 1);
    if (!isBeaconNeeded) this.#effects.push(describe(epoch, undefined));
    else if (before !== undefined) this.#effects.push(describe(epoch, nextEpochBeacon(before)));
    else if (epoch >= clock.now().epoch)
      this.#exchange(errand, encodeDocumentRequest(epoch - 1), ['document']);
  }

  /** Sends one record over a new stream. */
  #exchange(errand: Errand, record: Uint8Array, allowed: readonly AuthorityRecordType[]): void {
    const number = this.#nextExchange++;
    const reader = createAuthorityRecordReader(allowed, (type, body) => {
      this.#effects.push({ kind: 'end', exchange: number });
      this.#finish(exchange, type, body);
    });
    const exchange: Exchange = { errand, record, reader, isAnswered: false };
    this.#exchanges.set(number, exchange);
    this.#effects.push({ kind: 'connect', exchange: number });
  }

  #progress(input: StreamInput, exchange: Exchange): void {
    const { exchange: number } = input;
    switch (input.kind) {
      case 'opened':
        this.#effects.push({ kind: 'write', exchange: number, bytes: exchange.record });
        return;
      case 'data':
        if (exchange.reader.read(input.bytes, 0, input.bytes.length)) return;
        this.#drop('record-malformed');
        this.#effects.push({ kind: 'reset', exchange: number });
        this.#close(number, exchange);
        return;
      case 'ended':
        if (!exchange.reader.isBetweenFrames) this.#drop('record-truncated');
        this.#effects.push({ kind: 'end', exchange: number });
        return;
      case 'failed':
      case 'closed':
        this.#close(number, exchange);
    }
  }

  #close(number: number, exchange: Exchange): void {
    this.#exchanges.delete(number);
    this.#finish(exchange, undefined, NOTHING);
  }

  /**
   * Handles the first answer of an exchange; `type` is undefined if the stream ended without an
   * answer.
   */
  #finish(exchange: Exchange, type: AuthorityRecordType | undefined, body: Uint8Array): void {
    if (exchange.isAnswered) return;
    exchange.isAnswered = true;
    const pauseNs = this.#settle(exchange.errand, type, body);
    if (pauseNs !== undefined) this.#later(pauseNs, exchange.errand);
  }

  /** Returns the pause before the errand is repeated, ns; undefined if the errand is done. */
  #settle(
    errand: Errand,
    type: AuthorityRecordType | undefined,
    body: Uint8Array,
  ): number | undefined {
    switch (errand.kind) {
      case 'describe': {
        const beacon = type && this.#beaconIn(errand.epoch - 1, body);
        if (beacon === undefined) return AUTHORITY_RETRY_NS;
        this.#effects.push(describe(errand.epoch, beacon));
        return undefined;
      }
      case 'upload':
        if (type === undefined) return AUTHORITY_RETRY_NS;
        this.#uploaded(errand.epoch, type);
        return undefined;
      case 'fetch':
        return type !== undefined && this.#take(errand.epoch, body) ? undefined : this.#pauseNs();
      case 'turn':
        return undefined;
    }
  }

  #uploaded(epoch: number, type: AuthorityRecordType): void {
    if (type === 'refused') this.#drop('descriptor-refused');
    else if (epoch === this.#firstEpoch) this.#do({ kind: 'fetch', epoch });
  }

  /**
   * Reads the beacon for an epoch from an answer that contains the document of the previous epoch;
   * undefined if the authority has no such document yet.
   */
  #beaconIn(epoch: number, body: Uint8Array): Uint8Array | undefined {
    const { crypto, trust } = this.#parts;
    const answer = decodeDocumentRecord(body);
    if (answer?.status === 'gone') return nextEpochBeacon(undefined);
    if (answer?.status !== 'here') return undefined;
    const document = openDocument(crypto, trust, answer.document, epoch);
    if (!('drop' in document)) return nextEpochBeacon(document);
    this.#drop(document.drop);
    return undefined;
  }

  /** The pause before the authority is asked again for a document, ns. */
  #pauseNs(): Nanoseconds {
    return this.#current === undefined ? this.#parts.firstRetryNs : AUTHORITY_RETRY_NS;
  }

  /**
   * Keeps the document in an answer if the document is valid.
   * @returns true if the node has the document of `epoch`, from this or an earlier answer.
   */
  #take(epoch: number, body: Uint8Array): boolean {
    if (this.#documents.has(epoch)) return true;
    const { crypto, trust, isPlacementChecked } = this.#parts;
    const answer = decodeDocumentRecord(body);
    if (answer === undefined) this.#drop('record-malformed');
    if (answer?.status !== 'here') {
      if (answer !== undefined) this.#suspectClock(epoch, answer.status);
      return false;
    }
    const document = openDocument(crypto, trust, answer.document, epoch);
    if ('drop' in document) {
      this.#drop(document.drop);
      return false;
    }
    const previous = this.#documents.get(epoch - 1);
    if (isPlacementChecked && previous !== undefined) {
      const refusal = checkDocumentSuccession(crypto, document, previous);
      if (refusal !== undefined) {
        this.#drop(refusal);
        return false;
      }
    }
    this.#documents.set(epoch, document);
    this.#change();
    return true;
  }

  /**
   * Warns once that the authority has no document for the epoch that this node believes to be the
   * present one.
   */
  #suspectClock(epoch: number, status: DocumentStatus): void {
    if (this.#isClockTold || epoch !== this.#parts.clock.now().epoch) return;
    this.#lacksSinceNs ??= this.#now;
    const isGone = status === 'gone';
    if (!isGone && this.#now - this.#lacksSinceNs < DOCUMENT_MISSING_MAX_NS) return;
    this.#isClockTold = true;
    const why = isGone
      ? 'the authority does not keep it any more: the clock of this node is behind'
      : 'the authority does not have it yet: the clock of this node is ahead, or nodes are missing';
    this.#effects.push({ kind: 'warn', text: `no document of epoch ${epoch}: ${why}` });
  }

  /** Switches to the document of the present epoch, if the node has it and does not use it yet. */
  #change(): void {
    const { epoch } = this.#parts.clock.now();
    const document = this.#documents.get(epoch);
    if (document === undefined) {
      this.#do({ kind: 'fetch', epoch });
      return;
    }
    this.#lacksSinceNs = undefined;
    if (this.#current === document) return;
    this.#current = document;
    for (const old of this.#documents.keys()) if (old < epoch - 1) this.#documents.delete(old);
    this.#effects.push({ kind: 'document', document });
  }

  #drop(reason: MixnetDropReason): void {
    this.#effects.push({ kind: 'drop', reason });
  }
}

function describe(epoch: number, beacon: Uint8Array | undefined): DirectoryClientEffect {
  return { kind: 'describe', target: { epoch, beacon } };
}

const NOTHING = new Uint8Array(0);
