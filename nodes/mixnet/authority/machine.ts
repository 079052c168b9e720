/**
 * The authority: receives descriptors, makes and signs the document of each epoch, and distributes
 * it (docs/spec/mixnet.md, "Directory"; there is one signer).
 *
 * State machine without access to the host. After its start the authority waits for the uploads of
 * nodes that start at the same time, then makes the document of the running epoch. From then on it
 * makes the document of the next epoch at five eighths of each epoch. Descriptors and documents are
 * on disk, so that a restart continues where it stopped.
 *
 * @module
 */

import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { leastOf } from '../../../engine/pure/extremes.ts';
import { compareBytes, equalBytes } from '../../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { simpsonIndex } from '../../vrf/index.ts';
import type { AddressBook } from '../address-book.ts';
import type { Behaviour } from '../behaviour.ts';
import { toEventsPerMs } from '../client/index.ts';
import type { MixnetOptions } from '../config.ts';
import {
  type Descriptor,
  type DirectoryDocument,
  keepOwnLayerProofs,
  makeDocument,
  nextEpochBeacon,
  openDescriptor,
  openDocument,
  readEpochBeacon,
  signDocument,
  type TrustedAuthorities,
} from '../directory/index.ts';
import type { MixnetDropReason } from '../drops.ts';
import type { EpochClock } from '../epoch-clock.ts';
import { geometryHash, packetFormatOf } from '../format.ts';
import {
  AUTHORITY_RETRY_NS,
  DOCUMENT_READY_EPOCH_SHARE,
  FIRST_DOCUMENT_WAIT_NS,
} from '../geometry.ts';
import {
  type AuthorityRecordType,
  type DocumentStatus,
  decodeDocumentRequest,
  encodeAuthorityRecord,
  encodeDocumentRecord,
} from '../records.ts';
import { deriveNodeId } from '../trust.ts';
import { hasAuditableLoop, NO_AUDITABLE_LOOP_MESSAGE } from './auditable.ts';

const NOTHING = new Uint8Array(0);
/** The warning in the log and in the report if the packet format is the research format. */
const RESEARCH_FORMAT =
  'packets have an Outfox-like research format: no interoperability vectors exist for it';
const RANDOM_LENGTH = 32;
/** Number of past epochs whose documents are still served. */
const EPOCHS_KEPT = 2;
/** Prefix of the store's keys under which descriptors are kept. */
const DESCRIPTOR = 'descriptor-';

/** The collaborators and settings of an authority's state machine. */
export interface AuthorityParts {
  readonly clock: Pick<EpochClock, 'lengthNs' | 'now' | 'schedule'>;
  readonly crypto: CryptoProvider;
  readonly options: MixnetOptions;
  readonly checkProofs: Behaviour['checkProofs'];
  readonly book: AddressBook;
  /** Ed25519 secret with which the authority signs documents, 32 bytes. */
  readonly secret: Uint8Array;
  /** The keys with which every node checks documents. */
  readonly trust: TrustedAuthorities;
  /** Returns the Ed25519 public key with which descriptors of the node `name` must be signed. */
  identityKeyOf(name: string): Uint8Array;
  randomBytes(length: number): Uint8Array;
}

/** The inputs of an authority's state machine. */
export type AuthorityInput =
  /** The first input, with the content of the store. */
  | { readonly kind: 'start'; readonly stored: ReadonlyMap<string, Uint8Array> }
  | {
      readonly kind: 'record';
      readonly stream: number;
      readonly type: AuthorityRecordType;
      readonly body: Uint8Array;
    };

/** The effects of an authority's state machine. */
export type AuthorityEffect =
  | { readonly kind: 'reply'; readonly stream: number; readonly record: Uint8Array }
  | { readonly kind: 'reset'; readonly stream: number }
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: string }
  /** Make the preceding `put` and `delete` effects durable. */
  | { readonly kind: 'sync' }
  /** A document was made. */
  | { readonly kind: 'published'; readonly epoch: number }
  /**
   * Simpson's index of a layer: the probability that two mixes of the layer, drawn by their load
   * weights, are in the same autonomous system.
   */
  | { readonly kind: 'diversity'; readonly simpson: number }
  | { readonly kind: 'drop'; readonly reason: MixnetDropReason }
  | { readonly kind: 'warn'; readonly text: string };

/** A signed document, as bytes and decoded. */
interface Published {
  readonly signed: Uint8Array;
  readonly document: DirectoryDocument;
}

/** The state machine of one authority: collects descriptors and makes the documents. */
export class AuthorityStateMachine implements StateMachine<AuthorityInput, AuthorityEffect> {
  readonly #parts: AuthorityParts;
  /** Descriptors by their key in the store; see {@link slotOf}. */
  readonly #descriptors = new Map<string, Descriptor>();
  readonly #published = new Map<number, Published>();
  #workNs: Nanoseconds = Number.POSITIVE_INFINITY;
  #lastUploadNs: Nanoseconds = 0;
  /** The instant of the present step. */
  #now: Nanoseconds = 0;
  /** The effects of the present step. */
  #effects: AuthorityEffect[] = [];

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
  }

  /** Number of descriptors that the authority holds, at most two for each node. */
  get descriptors(): number {
    return this.#descriptors.size;
  }

  /** Epochs of the documents that are served, ascending. */
  get documents(): readonly number[] {
    return [...this.#published.keys()].sort((a, b) => a - b);
  }

  step(now: Nanoseconds, input: AuthorityInput | TimerDue): readonly AuthorityEffect[] {
    this.#now = now;
    this.#effects = [];
    switch (input.kind) {
      case 'start':
        this.#reload(input.stored);
        this.#warnOfFormat();
        this.#workNs = now + FIRST_DOCUMENT_WAIT_NS;
        break;
      case 'record':
        this.#answer(input.stream, input.type, input.body);
        break;
      case 'timer':
        if (now >= this.#workNs) this.#work();
    }
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    return this.#workNs;
  }

  /**
   * Makes the documents that are due and sets the next deadline; a document that cannot be made yet
   * is tried again soon.
   */
  #work(): void {
    const { clock } = this.#parts;
    const { epoch, elapsedNs, remainingNs } = clock.now();
    const consensusNs = Math.floor(DOCUMENT_READY_EPOCH_SHARE * clock.lengthNs);
    const isNextDue = elapsedNs >= consensusNs;
    const isDone = this.#publish(epoch) && (!isNextDue || this.#publish(epoch + 1));
    const untilDueNs: Nanoseconds = (isNextDue ? remainingNs : -elapsedNs) + consensusNs;
    this.#workNs = this.#now + (isDone ? untilDueNs : Math.min(AUTHORITY_RETRY_NS, untilDueNs));
  }

  /** Makes the document of an epoch unless it exists; false if it cannot be made yet. */
  #publish(epoch: number): boolean {
    if (this.#published.has(epoch)) return true;
    // Nodes that start together upload together: the first document waits until no new descriptor
    // has arrived for some time.
    const isFirst = this.#published.size === 0;
    if (isFirst && this.#now - this.#lastUploadNs < FIRST_DOCUMENT_WAIT_NS) return false;
    const document = keepOwnLayerProofs(this.#place(this.#make(epoch, this.#nodeStatesOf(epoch))));
    const { crypto, secret, trust } = this.#parts;
    const signed = signDocument(crypto, secret, document);
    // A document that every node would reject (a layer without a mix, no provider) is not
    // published.
    if ('drop' in openDocument(crypto, trust, signed, epoch)) return false;
    if (isFirst) this.#warnOfAudits(document);
    this.#measureLayers(document);
    this.#published.set(epoch, { signed, document });
    this.#effects.push({ kind: 'put', key: keyOf(epoch), value: signed });
    this.#forget(epoch - EPOCHS_KEPT);
    this.#effects.push({ kind: 'sync' }, { kind: 'published', epoch });
    return true;
  }

  /** Reports the diversity of layers: Simpson's index of their mixes, by autonomous system. */
  #measureLayers({ layers }: DirectoryDocument): void {
    for (const layer of layers) {
      const weighed = layer.map(({ asn, loadWeight: weight }) => ({ asn, weight }));
      this.#effects.push({ kind: 'diversity', simpson: simpsonIndex(weighed) });
    }
  }

  #warnOfFormat(): void {
    const { crypto, options } = this.#parts;
    if (packetFormatOf(crypto, options).name === 'outfox-like') this.#warn(RESEARCH_FORMAT);
  }

  #warnOfAudits(document: DirectoryDocument): void {
    const { book, options } = this.#parts;
    const { mixing, vrfAudit } = options;
    if (mixing.strategy !== 'vrf-exp' || vrfAudit.enabled === false) return;
    if (!hasAuditableLoop(document, book)) this.#warn(NO_AUDITABLE_LOOP_MESSAGE);
  }

  /** For each node that has a key for the epoch, its newest descriptor; sorted by name. */
  #nodeStatesOf(epoch: number): readonly Descriptor[] {
    const newest = new Map<string, Descriptor>();
    for (const descriptor of this.#descriptors.values()) {
      const other = newest.get(descriptor.name);
      const isNewer = other === undefined || firstEpoch(other) < firstEpoch(descriptor);
      if (this.#isFor(epoch, descriptor) && isNewer) newest.set(descriptor.name, descriptor);
    }
    return [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * True if a descriptor may be listed for an epoch. The VRF proof of a mix's neighbours is valid
   * for one epoch only, and so is a descriptor that contains such a proof.
   */
  #isFor(epoch: number, descriptor: Descriptor): boolean {
    const isDrawing = descriptor.role === 'mix' && this.#parts.options.neighbours !== undefined;
    return isDrawing ? firstEpoch(descriptor) === epoch : descriptor.mixKeys.has(epoch);
  }

  #make(epoch: number, nodes: readonly Descriptor[]): DirectoryDocument {
    const { clock, crypto, options } = this.#parts;
    const { rates, topology, layers, neighbours } = options;
    const { geometry } = packetFormatOf(crypto, options);
    return makeDocument(crypto, {
      epoch,
      epochLengthMs: clock.schedule.lengthMs,
      topology,
      hops: layers,
      rates: {
        mu: toEventsPerMs(rates.delay),
        lambdaP: toEventsPerMs(rates.payload),
        lambdaL: toEventsPerMs(rates.loop),
        lambdaD: toEventsPerMs(rates.drop),
        lambdaM: toEventsPerMs(rates.mixLoop),
        lambdaG: toEventsPerMs(rates.providerLoop),
      },
      sphinxGeometryHash: geometryHash(crypto, geometry),
      sharedRandomValue: this.#parts.randomBytes(RANDOM_LENGTH),
      nodes,
      previous: this.#published.get(epoch - 1)?.document,
      ...(neighbours === undefined ? {} : { neighbours }),
    });
  }

  /**
   * Assigns mixes to layers as the option `places` says, since the network may have only the links
   * that this assignment needs.
   */
  #place(document: DirectoryDocument): DirectoryDocument {
    const { placement, places, topology } = this.#parts.options;
    if (placement !== 'fixed' || places === undefined || topology === 'free-route') return document;
    const mixes = [...document.layers.flat(), ...document.spares];
    const byName = new Map(mixes.map((mix) => [mix.name, mix]));
    const layers = places.map((names) => {
      const mixesOf = names.flatMap((name) => byName.get(name) ?? []);
      // In a cascade, the mixes at the same position of all layers form a chain; otherwise mixes
      // are sorted by id.
      return topology === 'cascade' ? mixesOf : mixesOf.sort(byNodeId);
    });
    return { ...document, layers, spares: [] };
  }

  #forget(before: number): void {
    for (const epoch of this.#published.keys()) {
      if (epoch >= before) continue;
      this.#published.delete(epoch);
      this.#effects.push({ kind: 'delete', key: keyOf(epoch) });
    }
  }

  #reload(stored: ReadonlyMap<string, Uint8Array>): void {
    const { clock, crypto, trust } = this.#parts;
    const { epoch } = clock.now();
    for (let each = epoch - EPOCHS_KEPT; each <= epoch + 1; each++) {
      const signed = stored.get(keyOf(each));
      if (signed === undefined) continue;
      const document = openDocument(crypto, trust, signed, each);
      if (!('drop' in document)) this.#published.set(each, { signed, document });
    }
    for (const [key, bytes] of stored) if (key.startsWith(DESCRIPTOR)) this.#takeDescriptor(bytes);
  }

  #answer(stream: number, type: AuthorityRecordType, body: Uint8Array): void {
    if (type === 'upload') {
      const record = encodeAuthorityRecord(this.#upload(body) ? 'accepted' : 'refused', NOTHING);
      this.#effects.push({ kind: 'reply', stream, record });
      return;
    }
    const epoch = decodeDocumentRequest(body);
    if (epoch === undefined) {
      this.#drop('record-malformed');
      this.#effects.push({ kind: 'reset', stream });
      return;
    }
    this.#effects.push({ kind: 'reply', stream, record: this.#documentRecord(epoch) });
  }

  #documentRecord(epoch: number): Uint8Array {
    const found = this.#published.get(epoch);
    if (found !== undefined) return encodeDocumentRecord('here', found.signed);
    const status: DocumentStatus = epoch < this.#parts.clock.now().epoch ? 'gone' : 'not-yet';
    return encodeDocumentRecord(status, NOTHING);
  }

  #upload(body: Uint8Array): boolean {
    const before = this.#descriptors.size;
    const descriptor = this.#takeDescriptor(body);
    if (descriptor === undefined) {
      this.#drop('descriptor-refused');
      return false;
    }
    // Only an additional descriptor restarts the wait: otherwise a node that uploads over and over
    // could delay the first document.
    if (this.#descriptors.size > before) this.#lastUploadNs = this.#now;
    const key = slotOf(descriptor.name, firstEpoch(descriptor));
    this.#effects.push({ kind: 'put', key, value: body }, { kind: 'sync' });
    return true;
  }

  /**
   * Decodes a descriptor; undefined unless it belongs to a provisioned node and is signed by that
   * node.
   */
  #takeDescriptor(bytes: Uint8Array): Descriptor | undefined {
    const { book, crypto, identityKeyOf } = this.#parts;
    const descriptor = openDescriptor(crypto, bytes);
    if ('drop' in descriptor) return undefined;
    const { name, identityKey, address } = descriptor;
    const resident = book.byName(name);
    if (resident === undefined || resident.address !== address) return undefined;
    const expected = identityKeyOf(name);
    if (!equalBytes(expected, identityKey)) return undefined;
    if (!isListable(crypto, descriptor)) return undefined;
    const refusal = this.#proofRefusal(descriptor);
    if (refusal !== undefined) {
      this.#drop(refusal);
      return undefined;
    }
    this.#descriptors.set(slotOf(name, firstEpoch(descriptor)), descriptor);
    return descriptor;
  }

  /**
   * Checks the VRF proofs with which a mix shows how it drew its neighbours.
   * @returns the reason why the mix is not listed, or undefined if the proofs are right.
   */
  #proofRefusal(descriptor: Descriptor): MixnetDropReason | undefined {
    const { crypto, options, checkProofs } = this.#parts;
    const { neighbours, vrfSuite, layers } = options;
    if (neighbours === undefined || descriptor.role !== 'mix') return undefined;
    const epoch = firstEpoch(descriptor);
    const present = this.#published.get(epoch)?.document;
    const before = this.#published.get(epoch - 1)?.document;
    const beacon = present === undefined ? nextEpochBeacon(before) : readEpochBeacon(present);
    return checkProofs(crypto, vrfSuite, descriptor, { epoch, beacon, layers });
  }

  #drop(reason: MixnetDropReason): void {
    this.#effects.push({ kind: 'drop', reason });
  }

  #warn(text: string): void {
    this.#effects.push({ kind: 'warn', text });
  }
}

function byNodeId(left: Descriptor, right: Descriptor): number {
  return compareBytes(left.nodeId, right.nodeId);
}

/**
 * True if a descriptor has mix keys and the identifier that its identity key determines: with the
 * identifier of another node it would make every document inconsistent.
 */
function isListable(crypto: CryptoProvider, { nodeId, identityKey, mixKeys }: Descriptor): boolean {
  return mixKeys.size > 0 && equalBytes(deriveNodeId(crypto, identityKey), nodeId);
}

/**
 * The epoch for whose document the descriptor was made: the first epoch for which it has a mix key.
 */
function firstEpoch({ mixKeys }: Descriptor): number {
  return leastOf(mixKeys.keys());
}

/**
 * Key of a descriptor in the store. At most two descriptors of a node are kept: for the running
 * epoch and for the next.
 */
function slotOf(name: string, epoch: number): string {
  return `${DESCRIPTOR}${name}-${epoch % 2}`;
}

/** Key of a document in the store. */
function keyOf(epoch: number): string {
  return `document-${epoch}`;
}
