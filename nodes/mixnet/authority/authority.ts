/**
 * The authority: receives descriptors, makes and signs the document of each epoch, and distributes
 * it (docs/spec/mixnet.md, "Directory"; there is one signer).
 *
 * State machine: after a start it waits for the uploads of a network that starts at the same time,
 * then makes the document of the running epoch; from then on that of the next epoch, at five
 * eighths of each. Descriptors and documents are on disk, so that a restart continues where it
 * stopped.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../../engine/host/protocol.ts';
import type { Store } from '../../../engine/host/store.ts';
import type { Listener, Stream } from '../../../engine/host/stream.ts';
import type { Nanoseconds, Timer } from '../../../engine/host/time.ts';
import { compareBytes, equalBytes } from '../../_kit/bytes.ts';
import { simpsonIndex } from '../../vrf/index.ts';
import { addressBookOf } from '../address-book.ts';
import { eventsPerMs } from '../client/index.ts';
import type { MixnetOptions } from '../config.ts';
import {
  beaconAfter,
  beaconOf,
  checkProofs,
  type Descriptor,
  type DirectoryDocument,
  keepOwnProofs,
  makeDocument,
  openDescriptor,
  openDocument,
  signDocument,
} from '../directory/index.ts';
import type { MixnetDrop } from '../drops.ts';
import { EpochClock } from '../epoch-clock.ts';
import { formatOf, geometryHash } from '../format.ts';
import { BOOTSTRAP_NS, CONSENSUS_SHARE, RETRY_NS, STREAMS_MAX } from '../geometry.ts';
import {
  type DocumentStatus,
  decodeAsk,
  encodeDocumentRecord,
  encodeRecord,
  type RecordType,
  recordReader,
} from '../records.ts';
import { authoritySecret, identityKeyOf, trustOf } from '../trust.ts';
import { hasAuditableLoop, NO_AUDITS } from './auditable.ts';

const NOTHING = new Uint8Array(0);
/** Message for the log and the report about the research format. */
const RESEARCH_FORMAT =
  'packets have an Outfox-like research format: no interoperability vectors exist for it';
const RANDOM_LENGTH = 32;
/** How many past epochs' documents are still served. */
const EPOCHS_KEPT = 2;

/** Creates an authority on `host`. */
export function createAuthority(host: Host, setup: NodeSetup<MixnetOptions>): NodeHandle {
  return new AuthorityNode(host, setup);
}

/** A signed document, as bytes and decoded. */
interface Published {
  readonly signed: Uint8Array;
  readonly document: DirectoryDocument;
}

class AuthorityNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: NodeSetup<MixnetOptions>;
  readonly #clock: EpochClock;
  readonly #store: Store;
  /** Descriptors by {@link slotOf}. */
  readonly #descriptors = new Map<string, Descriptor>();
  readonly #published = new Map<number, Published>();
  #listener: Listener | undefined;
  #timer: Timer | undefined;
  #streams = 0;
  #lastUploadNs: Nanoseconds = 0;

  constructor(host: Host, setup: NodeSetup<MixnetOptions>) {
    this.#host = host;
    this.#setup = setup;
    this.#clock = new EpochClock(host, setup.options.epoch);
    this.#store = host.store('mixnet-authority');
  }

  start(): void {
    const { directoryPort } = this.#setup.options;
    this.#reload();
    this.#warnOfFormat();
    this.#listener = this.#host.listen({ port: directoryPort }, (stream) => this.#accept(stream));
    if (this.#listener === undefined) this.#host.log.warn(`port ${directoryPort} is taken`);
    this.#timer = this.#host.after(BOOTSTRAP_NS, () => this.#work());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#listener?.close();
  }

  isReady(): boolean {
    return this.#published.size > 0;
  }

  status(): Readonly<Record<string, unknown>> {
    return {
      descriptors: this.#descriptors.size,
      documents: [...this.#published.keys()].sort((a, b) => a - b),
      role: 'authority',
    };
  }

  /**
   * Does everything that is due and waits for the next deadline; anything that cannot be done yet
   * is retried soon.
   */
  #work(): void {
    const { epoch, elapsedNs, remainingNs } = this.#clock.now();
    const consensusNs = Math.floor(CONSENSUS_SHARE * this.#clock.lengthNs);
    const isNextDue = elapsedNs >= consensusNs;
    const isDone = this.#publish(epoch) && (!isNextDue || this.#publish(epoch + 1));
    const untilDueNs: Nanoseconds = (isNextDue ? remainingNs : -elapsedNs) + consensusNs;
    this.#timer?.rearm(isDone ? untilDueNs : Math.min(RETRY_NS, untilDueNs));
  }

  /** True when the document of that epoch exists now. */
  #publish(epoch: number): boolean {
    if (this.#published.has(epoch)) return true;
    // Nodes that start together upload together: the first document waits for the last of them.
    const isFirst = this.#published.size === 0;
    if (isFirst && this.#host.now() - this.#lastUploadNs < BOOTSTRAP_NS) return false;
    const document = keepOwnProofs(this.#place(this.#make(epoch, this.#nodesOf(epoch))));
    const { crypto, name } = this.#host;
    const { network } = this.#setup;
    const signed = signDocument(crypto, authoritySecret(network, name), document);
    // A document that every node would reject (a layer without a mix, no provider) is not
    // published.
    if ('drop' in openDocument(crypto, trustOf(network, name), signed, epoch)) return false;
    if (isFirst) this.#warnOfAudits(document);
    this.#measureLayers(document);
    this.#published.set(epoch, { signed, document });
    this.#store.put(`document-${epoch}`, signed);
    this.#forget(epoch - EPOCHS_KEPT);
    this.#store.sync(() => undefined);
    this.#host.trace.mark(`document ${epoch}`);
    return true;
  }

  /** Diversity: how much of a layer is in one autonomous system. */
  #measureLayers({ layers }: DirectoryDocument): void {
    for (const layer of layers) {
      const weighed = layer.map(({ asn, loadWeight: weight }) => ({ asn, weight }));
      this.#host.meter.sample('mix.layers.simpson', simpsonIndex(weighed));
    }
  }

  #warnOfFormat(): void {
    const { name } = formatOf(this.#host.crypto, this.#setup.options);
    if (name === 'outfox-like') this.#host.log.warn(RESEARCH_FORMAT);
  }

  #warnOfAudits(document: DirectoryDocument): void {
    const { mixing, vrfAudit } = this.#setup.options;
    if (mixing.strategy !== 'vrf-exp' || vrfAudit.enabled === false) return;
    const book = addressBookOf(this.#setup.network, this.#host.crypto);
    if (!hasAuditableLoop(document, book)) this.#host.log.warn(NO_AUDITS);
  }

  /** For each node that has a key for the epoch, its newest descriptor; sorted by name. */
  #nodesOf(epoch: number): readonly Descriptor[] {
    const newest = new Map<string, Descriptor>();
    for (const descriptor of this.#descriptors.values()) {
      const other = newest.get(descriptor.name);
      const isNewer = other === undefined || firstEpoch(other) < firstEpoch(descriptor);
      if (this.#isFor(epoch, descriptor) && isNewer) newest.set(descriptor.name, descriptor);
    }
    return [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A proof of neighbours is valid for one epoch, and so is the descriptor that contains it. */
  #isFor(epoch: number, descriptor: Descriptor): boolean {
    const isDrawing = descriptor.role === 'mix' && this.#setup.options.neighbours !== undefined;
    return isDrawing ? firstEpoch(descriptor) === epoch : descriptor.mixKeys.has(epoch);
  }

  #make(epoch: number, nodes: readonly Descriptor[]): DirectoryDocument {
    const host = this.#host;
    const { options } = this.#setup;
    const { rates, topology, layers, neighbours } = options;
    const { geometry } = formatOf(host.crypto, options);
    return makeDocument(host.crypto, {
      epoch,
      epochLengthMs: this.#clock.schedule.lengthMs,
      topology,
      hops: layers,
      rates: {
        mu: eventsPerMs(rates.delay),
        lambdaP: eventsPerMs(rates.payload),
        lambdaL: eventsPerMs(rates.loop),
        lambdaD: eventsPerMs(rates.drop),
        lambdaM: eventsPerMs(rates.mixLoop),
        lambdaG: eventsPerMs(rates.providerLoop),
      },
      sphinxGeometryHash: geometryHash(host.crypto, geometry),
      sharedRandomValue: host.randomBytes(RANDOM_LENGTH),
      nodes,
      previous: this.#published.get(epoch - 1)?.document,
      ...(neighbours === undefined ? {} : { neighbours }),
    });
  }

  /**
   * Used if the links of a network fit only one placement: applies the places given in the file.
   */
  #place(document: DirectoryDocument): DirectoryDocument {
    const { placement, places, topology } = this.#setup.options;
    if (placement !== 'fixed' || places === undefined || topology === 'free-route') return document;
    const mixes = [...document.layers.flat(), ...document.spares];
    const byName = new Map(mixes.map((mix) => [mix.name, mix]));
    const layers = places.map((names) => {
      const mixesOf = names.flatMap((name) => byName.get(name) ?? []);
      // In a cascade, the position within a layer determines the chain; otherwise nodes are sorted
      // by id.
      return topology === 'cascade' ? mixesOf : mixesOf.sort(byNodeId);
    });
    return { ...document, layers, spares: [] };
  }

  #forget(before: number): void {
    for (const epoch of this.#published.keys()) {
      if (epoch >= before) continue;
      this.#published.delete(epoch);
      this.#store.delete(`document-${epoch}`);
    }
  }

  #reload(): void {
    const { epoch } = this.#clock.now();
    const trust = trustOf(this.#setup.network, this.#host.name);
    for (let each = epoch - EPOCHS_KEPT; each <= epoch + 1; each++) {
      const signed = this.#store.get(`document-${each}`);
      if (signed === undefined) continue;
      const document = openDocument(this.#host.crypto, trust, signed, each);
      if (!('drop' in document)) this.#published.set(each, { signed, document });
    }
    for (const { name } of this.#setup.network.hosts) {
      for (const first of [epoch, epoch + 1]) {
        const bytes = this.#store.get(slotOf(name, first));
        if (bytes !== undefined) this.#takeDescriptor(bytes);
      }
    }
  }

  #accept(stream: Stream): void {
    if (this.#streams >= STREAMS_MAX) {
      stream.reset();
      return;
    }
    this.#streams += 1;
    const reader = recordReader(['upload', 'ask'], (type, body) => {
      if (!this.#answer(stream, type, body)) stream.reset();
    });
    stream.handle({
      onData: (buffer, offset, length) => {
        if (reader.read(buffer, offset, length)) return;
        this.#drop('record-malformed');
        stream.reset();
      },
      onEnd: () => {
        if (!reader.isBetweenFrames) this.#drop('record-truncated');
        stream.end();
      },
      onClose: () => {
        this.#streams -= 1;
      },
    });
  }

  /** False when the body is malformed for a record of this type. */
  #answer(stream: Stream, type: RecordType, body: Uint8Array): boolean {
    if (type === 'upload') {
      stream.write(encodeRecord(this.#upload(body) ? 'accepted' : 'refused', NOTHING));
      return true;
    }
    const epoch = decodeAsk(body);
    if (epoch === undefined) {
      this.#drop('record-malformed');
      return false;
    }
    stream.write(this.#documentRecord(epoch));
    return true;
  }

  #documentRecord(epoch: number): Uint8Array {
    const found = this.#published.get(epoch);
    if (found !== undefined) return encodeDocumentRecord('here', found.signed);
    const status: DocumentStatus = epoch < this.#clock.now().epoch ? 'gone' : 'not-yet';
    return encodeDocumentRecord(status, NOTHING);
  }

  #upload(body: Uint8Array): boolean {
    const descriptor = this.#takeDescriptor(body);
    if (descriptor === undefined) {
      this.#drop('descriptor-refused');
      return false;
    }
    this.#lastUploadNs = this.#host.now();
    this.#store.put(slotOf(descriptor.name, firstEpoch(descriptor)), body);
    this.#store.sync(() => undefined);
    return true;
  }

  /** The descriptor, if it belongs to a provisioned node and is signed by it. */
  #takeDescriptor(bytes: Uint8Array): Descriptor | undefined {
    const { crypto } = this.#host;
    const { network } = this.#setup;
    const descriptor = openDescriptor(crypto, bytes);
    if ('drop' in descriptor) return undefined;
    const { name, identityKey, address } = descriptor;
    const resident = addressBookOf(network, crypto).byName(name);
    if (resident === undefined || resident.address !== address) return undefined;
    const expected = identityKeyOf(network, name);
    if (!equalBytes(expected, identityKey)) return undefined;
    const refusal = this.#proofRefusal(descriptor);
    if (refusal !== undefined) {
      this.#drop(refusal);
      return undefined;
    }
    this.#descriptors.set(slotOf(name, firstEpoch(descriptor)), descriptor);
    return descriptor;
  }

  /** The reason not to list a mix because of its proofs of neighbours, if any. */
  #proofRefusal(descriptor: Descriptor): MixnetDrop | undefined {
    const { neighbours, vrfSuite, layers, double } = this.#setup.options;
    if (neighbours === undefined || descriptor.role !== 'mix') return undefined;
    if (double === 'credulous') return undefined;
    const epoch = firstEpoch(descriptor);
    const present = this.#published.get(epoch)?.document;
    const before = this.#published.get(epoch - 1)?.document;
    const beacon = present === undefined ? beaconAfter(before) : beaconOf(present);
    return checkProofs(this.#host.crypto, vrfSuite, descriptor, { epoch, beacon, layers });
  }

  #drop(reason: MixnetDrop): void {
    this.#host.drop(reason);
  }
}

function byNodeId(left: Descriptor, right: Descriptor): number {
  return compareBytes(left.nodeId, right.nodeId);
}

/** Epoch of the document that the descriptor was made for. */
function firstEpoch({ mixKeys }: Descriptor): number {
  return Math.min(...mixKeys.keys());
}

/** Two descriptors of a node are kept: for the running epoch and for the next. */
function slotOf(name: string, epoch: number): string {
  return `descriptor-${name}-${epoch % 2}`;
}
