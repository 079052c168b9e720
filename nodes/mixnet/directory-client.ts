/**
 * Mixnet: how a node keeps up with the directory: it uploads its descriptor once per epoch (if it
 * is to be listed), and fetches the document of the epoch and, as soon as it exists, that of the
 * next (docs/spec/mixnet.md, "Directory").
 *
 * State machine: each upload and each request uses a stream of its own; after any failure the same
 * request is tried again after a pause. A document is used from the start of its epoch.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Endpoint } from '../../engine/host/socket.ts';
import type { Stream } from '../../engine/host/stream.ts';
import type { Nanoseconds, Timer } from '../../engine/host/time.ts';
import {
  beaconAfter,
  checkSuccession,
  type DirectoryDocument,
  type DirectoryTrust,
  openDocument,
} from './directory/index.ts';
import type { MixnetDrop } from './drops.ts';
import type { EpochClock } from './epoch-clock.ts';
import { CLOCK_SUSPECT_NS, CONSENSUS_SHARE, RETRY_NS, SLACK_SHARE } from './geometry.ts';
import {
  type DocumentStatus,
  decodeDocumentRecord,
  encodeAsk,
  encodeRecord,
  type RecordType,
  recordReader,
} from './records.ts';
import { EPOCH } from './trace-states.ts';

/** The document for which a descriptor is made. */
export interface DescribedEpoch {
  readonly epoch: number;
  /** 32 bytes; undefined when not needed. */
  readonly beacon: Uint8Array | undefined;
}

/** What a directory client needs. */
export interface DirectoryClientParts {
  readonly host: Host;
  readonly clock: EpochClock;
  readonly authority: Endpoint;
  readonly trust: DirectoryTrust;
  /** Whether to check that the layers follow from the shared random value. */
  readonly isPlacementChecked: boolean;
  /** Creates the signed descriptor; undefined for nodes that are not listed. */
  readonly describe:
    | ((target: DescribedEpoch, done: (descriptor: Uint8Array) => void) => void)
    | undefined;
  /** Whether descriptors depend on the beacon of their epoch. */
  readonly isBeaconNeeded: boolean;
  /** Pause before the authority is asked again for the first document. */
  readonly firstRetryNs: Nanoseconds;
  /** Called with the document of the present epoch, at first and at each change. */
  onDocument(document: DirectoryDocument): void;
}

/** Keeps one node's directory documents current. */
export class DirectoryClient {
  readonly #parts: DirectoryClientParts;
  readonly #documents = new Map<number, DirectoryDocument>();
  readonly #timers = new Set<Timer>();
  #current: DirectoryDocument | undefined;
  /** Since when the authority has answered that it has no document for the present epoch. */
  #lacksSinceNs: Nanoseconds | undefined;
  #isClockTold = false;

  constructor(parts: DirectoryClientParts) {
    this.#parts = parts;
  }

  /** The document in use. */
  get document(): DirectoryDocument | undefined {
    return this.#current;
  }

  /** Uploads and fetches what the present epoch needs, and schedules the next. */
  start(): void {
    const { epoch } = this.#parts.clock.now();
    this.#upload(epoch, () => this.#fetch(epoch));
    this.#plan();
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** Plans the rest of this epoch: upload a descriptor, fetch the next document, switch to it. */
  #plan(): void {
    const { clock, host } = this.#parts;
    const { epoch, elapsedNs, remainingNs } = clock.now();
    const next = epoch + 1;
    const length = clock.lengthNs;
    // Spread over an eighth of the epoch, so that nodes do not all ask the authority at the same
    // time.
    const jitterNs = Math.floor(host.random('directory').uniform() * SLACK_SHARE * length);
    const uploadNs = Math.max(0, jitterNs / 2 - elapsedNs);
    const fetchNs = Math.max(0, CONSENSUS_SHARE * length + jitterNs - elapsedNs);
    this.#after(Math.floor(uploadNs), () => this.#upload(next, () => undefined));
    this.#after(Math.floor(fetchNs), () => this.#fetch(next));
    this.#after(remainingNs, () => {
      this.#change();
      this.#plan();
    });
  }

  #after(delay: Nanoseconds, fire: () => void): void {
    const timer = this.#parts.host.after(delay, () => {
      this.#timers.delete(timer);
      fire();
    });
    this.#timers.add(timer);
  }

  #upload(epoch: number, then: () => void): void {
    const { describe } = this.#parts;
    if (describe === undefined) {
      then();
      return;
    }
    this.#withBeacon(epoch, (beacon) => {
      describe({ epoch, beacon }, (descriptor) => {
        this.#send(encodeRecord('upload', descriptor), then);
      });
    });
  }

  /** Finds the beacon of an epoch: the random value of the previous document, if there is one. */
  #withBeacon(epoch: number, use: (beacon: Uint8Array | undefined) => void): void {
    const before = this.#documents.get(epoch - 1);
    if (!this.#parts.isBeaconNeeded) use(undefined);
    else if (before !== undefined) use(beaconAfter(before));
    else if (epoch >= this.#parts.clock.now().epoch) this.#askBeacon(epoch, use);
  }

  #askBeacon(epoch: number, use: (beacon: Uint8Array | undefined) => void): void {
    this.#exchange(encodeAsk(epoch - 1), ['document'], (type, body) => {
      const beacon = type === 'document' ? this.#beaconIn(epoch - 1, body) : undefined;
      if (beacon !== undefined) use(beacon);
      else this.#after(RETRY_NS, () => this.#withBeacon(epoch, use));
    });
  }

  /** The beacon in an answer; undefined if there is none yet. */
  #beaconIn(epoch: number, body: Uint8Array): Uint8Array | undefined {
    const { host, trust } = this.#parts;
    const answer = decodeDocumentRecord(body);
    if (answer?.status === 'gone') return beaconAfter(undefined);
    if (answer?.status !== 'here') return undefined;
    const document = openDocument(host.crypto, trust, answer.document, epoch);
    if (!('drop' in document)) return beaconAfter(document);
    this.#drop(document.drop);
    return undefined;
  }

  #send(record: Uint8Array, then: () => void): void {
    this.#exchange(record, ['accepted', 'refused'], (type) => {
      if (type === 'accepted') then();
      else if (type === 'refused') this.#drop('descriptor-refused');
      else this.#after(RETRY_NS, () => this.#send(record, then));
    });
  }

  #fetch(epoch: number): void {
    if (this.#documents.has(epoch) || epoch < this.#parts.clock.now().epoch) return;
    this.#exchange(encodeAsk(epoch), ['document'], (type, body) => {
      const isTaken = type === 'document' && this.#take(epoch, body);
      if (!isTaken) this.#after(this.#pauseNs(), () => this.#fetch(epoch));
    });
  }

  /** Pause before the next request for a document. */
  #pauseNs(): Nanoseconds {
    return this.#current === undefined ? this.#parts.firstRetryNs : RETRY_NS;
  }

  /** True when the answer holds the document, and it is valid. */
  #take(epoch: number, body: Uint8Array): boolean {
    const { host, trust, isPlacementChecked } = this.#parts;
    const answer = decodeDocumentRecord(body);
    if (answer === undefined) this.#drop('record-malformed');
    if (answer?.status !== 'here') {
      if (answer !== undefined) this.#suspectClock(epoch, answer.status);
      return false;
    }
    const document = openDocument(host.crypto, trust, answer.document, epoch);
    if ('drop' in document) {
      this.#drop(document.drop);
      return false;
    }
    const previous = this.#documents.get(epoch - 1);
    if (isPlacementChecked && previous !== undefined) {
      const refusal = checkSuccession(host.crypto, document, previous);
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
    const { clock, host } = this.#parts;
    if (this.#isClockTold || epoch !== clock.now().epoch) return;
    const now = host.now();
    this.#lacksSinceNs ??= now;
    const isGone = status === 'gone';
    if (!isGone && now - this.#lacksSinceNs < CLOCK_SUSPECT_NS) return;
    this.#isClockTold = true;
    const why = isGone
      ? 'the authority does not keep it any more: the clock of this node is behind'
      : 'the authority does not have it yet: the clock of this node is ahead, or nodes are missing';
    host.log.warn(`no document of epoch ${epoch}: ${why}`);
  }

  /** Switches to the document of the present epoch, if it is there and not yet in use. */
  #change(): void {
    const { epoch } = this.#parts.clock.now();
    const document = this.#documents.get(epoch);
    if (document === undefined) {
      this.#fetch(epoch);
      return;
    }
    this.#lacksSinceNs = undefined;
    if (this.#current === document) return;
    this.#current = document;
    for (const old of this.#documents.keys()) if (old < epoch - 1) this.#documents.delete(old);
    this.#parts.host.meter.counter('mix.epochs').add(1);
    this.#parts.host.trace.state(EPOCH.machine, EPOCH.state.write({ epoch }));
    this.#parts.onDocument(document);
  }

  /** Sends one record over its own stream; calls `done` once, with the answer or undefined. */
  #exchange(
    record: Uint8Array,
    allowed: readonly RecordType[],
    done: (type: RecordType | undefined, body: Uint8Array) => void,
  ): void {
    const { host, authority } = this.#parts;
    let isDone = false;
    const finish = (type: RecordType | undefined, body: Uint8Array): void => {
      if (isDone) return;
      isDone = true;
      done(type, body);
    };
    host.connect({ to: authority }, (stream) => {
      if (stream === undefined) {
        finish(undefined, NOTHING);
        return;
      }
      this.#read(stream, allowed, finish);
      stream.write(record);
    });
  }

  #read(
    stream: Stream,
    allowed: readonly RecordType[],
    finish: (type: RecordType | undefined, body: Uint8Array) => void,
  ): void {
    const reader = recordReader(allowed, (type, body) => {
      stream.end();
      finish(type, body);
    });
    stream.handle({
      onData: (buffer, offset, length) => {
        if (reader.read(buffer, offset, length)) return;
        this.#drop('record-malformed');
        stream.reset();
        finish(undefined, NOTHING);
      },
      onEnd: () => {
        if (!reader.isBetweenFrames) this.#drop('record-truncated');
        stream.end();
      },
      onClose: () => finish(undefined, NOTHING),
    });
  }

  #drop(reason: MixnetDrop): void {
    this.#parts.host.drop(reason);
  }
}

const NOTHING = new Uint8Array(0);
