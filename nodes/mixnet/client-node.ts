/**
 * Mixnet: the adapter between the host and a client's machine: packets to its provider, messages
 * from the spool, timers, and requests of the application (docs/spec/mixnet.md, Clients and
 * providers).
 *
 * @module
 */

import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { Counter, Histogram } from '../../engine/host/measure.ts';
import type { NodeHandle } from '../../engine/host/protocol.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import type { Store } from '../../engine/host/store.ts';
import type { PeerReachability } from '../../engine/host/transport.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import { type PacketFormat, packetNumberOnLink } from '../sphinx/index.ts';
import { countDistinctSystems } from '../vrf/index.ts';
import { type AddressBook, type AddressBookEntry, makeAddressBook } from './address-book.ts';
import type { MixnetSetup } from './behaviour.ts';
import {
  type ClientContact,
  type ClientContacts,
  type ClientEffect,
  type ClientInput,
  type DeliveredLog,
  DurableDeliveredLog,
  MixnetClientStateMachine,
  type PacketCause,
  type RetrievedMessage,
  type SendOutcome,
} from './client/index.ts';
import type { Descriptor, DirectoryDocument, NeighbourGraph } from './directory/index.ts';
import { DirectoryClientRunner } from './directory-node.ts';
import { EpochClock } from './epoch-clock.ts';
import { packetFormatOf } from './format.ts';
import { AUTHORITY_RETRY_NS } from './geometry.ts';
import { findTrustedAuthorities } from './trust.ts';
import { makeArrivalWindowSettings } from './windows.ts';
import { FrameCodec, hashSpooledMessage, type ReceivedSpoolMessage } from './wire.ts';

const NS_PER_US = 1_000;

type Input = ClientInput<NodeRequest>;
type Effect = ClientEffect<NodeRequest>;

/** Creates a client on `host`. */
export function createClient(host: Host, setup: MixnetSetup): NodeHandle {
  return new ClientNode(host, setup);
}

class ClientNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: MixnetSetup;
  readonly #format: PacketFormat;
  readonly #codec: FrameCodec;
  readonly #book: AddressBook;
  readonly #clock: EpochClock;
  readonly #directory: DirectoryClientRunner;
  readonly #latency: Histogram;
  readonly #loopsSent: Counter;
  readonly #loopsBack: Counter;
  readonly #pathSystems: Histogram;
  /** For each client, by name: the reachability that was last reported to the protocols above. */
  readonly #ways = new Map<string, PeerReachability>();
  readonly #paths: Counter;
  readonly #pathsShared: Counter;
  #document: DirectoryDocument | undefined;
  /** Created with the first document, which names the provider. */
  #machine: MixnetClientStateMachine<NodeRequest> | undefined;
  #shell: StateMachineRunner<Input, Effect> | undefined;
  #delivered: DeliveredLog | undefined;
  #provider: Endpoint | undefined;
  #socket: DatagramSocket | undefined;
  /** Last sequence number received from the spool. */
  #lastSequence = 0;
  /** How long the message being delivered waited in the spool, ns. */
  #waitedNs = 0;

  constructor(host: Host, setup: MixnetSetup) {
    const { options, network } = setup;
    this.#host = host;
    this.#setup = setup;
    this.#format = packetFormatOf(host.crypto, options);
    this.#codec = new FrameCodec(this.#format.geometry);
    this.#book = makeAddressBook(network, host.crypto);
    this.#clock = new EpochClock(host, options.epoch);
    if (options.client.acknowledgements.enabled) {
      for (const how of ['acknowledged', 'abandoned']) host.meter.counter(`mix.messages.${how}`);
    }
    this.#latency = host.meter.histogram('mix.latency');
    this.#loopsSent = host.meter.counter('mix.loops.sent');
    this.#loopsBack = host.meter.counter('mix.loops.back');
    this.#pathSystems = host.meter.histogram('mix.path.systems');
    this.#paths = host.meter.counter('mix.paths');
    this.#pathsShared = host.meter.counter('mix.paths.shared');
    const address = this.#book.byName(options.authority)?.address ?? '0.0.0.0';
    this.#directory = new DirectoryClientRunner(host, {
      clock: this.#clock,
      authority: host.endpoint(address, options.directoryPort),
      trust: findTrustedAuthorities(network, options.authority),
      isPlacementChecked: options.placement === 'beacon',
      describe: undefined,
      isBeaconNeeded: false,
      firstRetryNs: AUTHORITY_RETRY_NS,
      onDocument: (document): void => this.#useDocument(document),
    });
  }

  start(): void {
    this.#socket = this.#host.udp({
      port: this.#setup.options.port,
      onDatagram: (buffer, offset, length, from) => this.#receive(buffer, offset, length, from),
    });
    if (this.#socket === undefined) {
      this.#host.log.warn(`port ${this.#setup.options.port} is taken`);
    }
    this.#host.onRequest((request) => this.#request(request));
    this.#directory.start();
  }

  stop(): void {
    this.#directory.stop();
    this.#shell?.stop();
    this.#socket?.close();
  }

  isReady(): boolean {
    return this.#machine !== undefined;
  }

  holding(): number {
    return this.#machine?.holding ?? 0;
  }

  invariant(): string | undefined {
    return this.#machine?.invariant();
  }

  status(): Readonly<Record<string, unknown>> {
    return { counts: this.#machine?.counts, role: 'client' };
  }

  #request(request: NodeRequest): void {
    if (request.kind !== 'send') request.respond('unknown-request');
    else if (this.#shell === undefined) request.respond('no-document');
    else {
      const { target: to, body, wishes } = request;
      this.#shell.take({ kind: 'submit', to, body: body.slice(), wishes, request });
    }
  }

  #useDocument(document: DirectoryDocument): void {
    this.#document = document;
    const own = this.#book.byName(this.#host.name);
    const self = own && this.#contactOf(own);
    if (self === undefined) {
      this.#host.log.warn('no link to a provider of the directory');
      return;
    }
    const provider = this.#book.byName(self.provider);
    if (provider === undefined) return;
    this.#provider = this.#host.endpoint(provider.address, this.#setup.options.port);
    this.#shell ??= this.#makeShell(self);
    this.#delivered?.expire(this.#host.now());
    this.#shell.take({ kind: 'document', document });
    this.#tellWays();
  }

  /**
   * Tells the protocols above which clients the present document has made reachable or unreachable.
   */
  #tellWays(): void {
    const { hosts } = this.#setup.network;
    const own = hosts.find(({ name }) => name === this.#host.name);
    if (own === undefined || own.stack.length === 1) return;
    for (const { name } of hosts) {
      if (name === own.name) continue;
      const way = this.#known(this.#book.byName(name)) === undefined ? 'closed' : 'open';
      if (way === (this.#ways.get(name) ?? 'closed')) continue;
      this.#ways.set(name, way);
      this.#host.way(name, way);
    }
  }

  #makeShell(self: ClientContact): StateMachineRunner<Input, Effect> {
    this.#delivered = this.#deliveries();
    this.#machine = new MixnetClientStateMachine({
      self,
      host: this.#host,
      format: this.#format,
      contacts: this.#contacts(),
      options: this.#setup.options.client,
      sendsAtOnce: this.#setup.behaviour.sendsAtOnce,
      remembered: this.#delivered.reload(this.#host.now()),
      epochAt: (at): number => this.#clock.epochAt(at),
      isDelayUnknown: this.#setup.options.mixing.strategy === 'vrf-exp',
      neighboursIn: (document): NeighbourGraph | undefined => this.#neighboursIn(document),
      ...makeArrivalWindowSettings(this.#host, this.#setup.options),
    });
    return new StateMachineRunner(this.#host, this.#machine, (effect) => this.#perform(effect));
  }

  #deliveries(): DeliveredLog {
    const { options, behaviour } = this.#setup;
    return behaviour.deliveries(
      () =>
        new DurableDeliveredLog({
          clock: this.#clock,
          rememberNs: options.client.reassembly.remember,
          store: (name): Store => this.#host.store(name),
        }),
    );
  }

  /** Verifies the neighbours drawn by all mixes of a document. */
  #neighboursIn(document: DirectoryDocument): NeighbourGraph | undefined {
    const { options, behaviour } = this.#setup;
    const { vrfSuite } = options;
    const graph = behaviour.openNeighbours(this.#host.crypto, vrfSuite, document);
    for (const { drop } of graph?.refused ?? []) this.#host.drop(drop);
    return graph;
  }

  /**
   * Records how many autonomous systems the mixes of a path are in, and whether its first and last
   * mix are in the same one.
   */
  #pathDrawn(mixes: readonly Descriptor[]): void {
    this.#pathSystems.record(countDistinctSystems(mixes));
    this.#paths.add(1);
    if (mixes[0]?.asn === mixes.at(-1)?.asn) this.#pathsShared.add(1);
  }

  #contacts(): ClientContacts {
    return {
      byName: (name): ClientContact | undefined => this.#known(this.#book.byName(name)),
      byId: (recipientId): ClientContact | undefined =>
        this.#known(this.#book.byRecipient(recipientId)),
    };
  }

  #known(resident: AddressBookEntry | undefined): ClientContact | undefined {
    return resident && this.#contactOf(resident);
  }

  /**
   * The provider of a client is the one to which it is linked; if there are several, the first by
   * name.
   */
  #contactOf({ name, recipientId, neighbours }: AddressBookEntry): ClientContact | undefined {
    const providers = (this.#document?.providers ?? []).map((provider) => provider.name).sort();
    const provider = providers.find((each) => neighbours.has(each));
    return provider === undefined ? undefined : { name, provider, recipientId };
  }

  #perform(effect: Effect): void {
    const { observer } = this.#setup;
    switch (effect.kind) {
      case 'send':
        this.#send(effect.packet, effect.cause);
        return;
      case 'retrieve':
        this.#retrieve();
        return;
      case 'store':
        this.#store(effect.name);
        return;
      case 'deliver':
        this.#host.deliver(effect.from, effect.body, 0, effect.body.length);
        return;
      case 'accept':
        observer?.accepted?.(effect.message);
        effect.request.respond('ok');
        return;
      case 'refuse':
        effect.request.respond(effect.reason);
        return;
      case 'settled':
        this.#settled(effect.message, effect.how);
        return;
      case 'taken':
        observer?.taken?.(effect.copy, effect.how);
        return;
      case 'drop':
        this.#host.drop(effect.reason);
        return;
      case 'path':
      case 'loop-returned':
      case 'loop-overdue':
      case 'alarm':
        this.#measure(effect);
    }
  }

  #measure(effect: Effect & { readonly kind: 'path' | 'alarm' | `loop-${string}` }): void {
    switch (effect.kind) {
      case 'path':
        this.#pathDrawn(effect.mixes);
        return;
      case 'loop-returned':
        this.#loopsSent.add(1);
        this.#loopsBack.add(1);
        this.#latency.record(Math.max(0, effect.age - this.#waitedNs));
        return;
      case 'loop-overdue':
        this.#loopsSent.add(1);
        return;
      case 'alarm':
        this.#host.meter.counter('mix.loops.alarms').add(1);
    }
  }

  #store(name: string): void {
    this.#delivered?.add(name, (error) => this.#shell?.take({ kind: 'stored', name, error }));
  }

  #settled(message: number, how: SendOutcome): void {
    this.#setup.observer?.settled?.(message, how);
    const { enabled } = this.#setup.options.client.acknowledgements;
    if (enabled && how !== 'sent') this.#host.meter.counter(`mix.messages.${how}`).add(1);
  }

  #send(packet: Uint8Array, { kind, recipient, message }: PacketCause): void {
    const { observer } = this.#setup;
    observer?.created(packetNumberOnLink(packet), kind, recipient, message);
    const frame = this.#host.alloc(this.#codec.length);
    this.#codec.encodePacket(frame, packet);
    if (this.#transmit(frame)) return;
    // Observers are told that the packet ended at this node, since it was not sent.
    observer?.arrived(packetNumberOnLink(packet));
    observer?.ended(packetNumberOnLink(packet), 'dropped');
  }

  #retrieve(): void {
    const frame = this.#host.alloc(this.#codec.length);
    this.#codec.encodeRetrieve(frame, this.#lastSequence);
    this.#transmit(frame);
  }

  #transmit(frame: Uint8Array): boolean {
    // One traffic class for all packets, whatever a message wishes: a second class would make
    // messages distinguishable from cover.
    const isSent =
      this.#provider !== undefined &&
      this.#socket?.send(frame, 0, this.#codec.length, this.#provider) === 'sent';
    if (!isSent) this.#host.drop('outgoing-queue-full');
    return isSent;
  }

  #receive(buffer: Uint8Array, offset: number, length: number, from: Endpoint): void {
    const frame = this.#codec.decode(buffer, offset, length);
    if (from !== this.#provider) this.#host.drop('unknown-sender');
    else if (typeof frame === 'string') this.#host.drop(frame);
    else if (frame.kind !== 'message') this.#host.drop('unexpected-frame');
    else if (frame.message !== undefined) this.#take(frame.sequence, frame.message);
  }

  /**
   * Receives a message of the spool, which delivers in order. A duplicate is dropped. A message
   * after a gap is dropped too; the next retrieval requests it again.
   */
  #take(sequence: number, { kind, surbId, body, waitedUs }: ReceivedSpoolMessage): void {
    // A client that has just started knows no sequence number, so it accepts whichever comes first.
    const isFirst = this.#lastSequence === 0;
    if (!isFirst && sequence !== this.#lastSequence + 1) {
      this.#host.drop('spool-sequence');
      return;
    }
    this.#lastSequence = sequence;
    this.#waitedNs = waitedUs * NS_PER_US;
    if (kind === 'reply') {
      this.#retrieved({ surbId: surbId.slice(), payload: body.slice() });
    } else {
      const payload = body.slice(this.#format.geometry.payloadTagLength);
      const isFollowed = this.#setup.observer?.taken !== undefined;
      this.#retrieved(isFollowed ? { payload, copy: hashSpooledMessage(body) } : { payload });
    }
  }

  #retrieved(message: RetrievedMessage): void {
    this.#shell?.take({ kind: 'retrieved', message });
  }
}
