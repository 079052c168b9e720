/**
 * The common parts of mixes and providers: socket, keys, replay protection, relay, directory,
 * loops. The parts that differ are in their {@link ServerRole}.
 *
 * @module
 */

import type { Host } from '../../../engine/host/host.ts';
import type { Counter } from '../../../engine/host/measure.ts';
import type { MessageObserver } from '../../../engine/host/protocol.ts';
import type { DatagramSocket, Endpoint } from '../../../engine/host/socket.ts';
import { equalBytes } from '../../_kit/bytes.ts';
import { StateMachineRunner } from '../../_kit/shell.ts';
import {
  type PacketFormat,
  type PacketWithReplayTags,
  packetNumberOnLink,
} from '../../sphinx/index.ts';
import { openVrfSecretKey, type VrfSecretKey } from '../../vrf/index.ts';
import { type AddressBook, makeAddressBook } from '../address-book.ts';
import type { Behaviour, MixnetSetup } from '../behaviour.ts';
import {
  type MixLoopEffect,
  type MixLoopInput,
  MixLoops,
  toMeanIntervalNs,
} from '../client/index.ts';
import type { MixnetOptions } from '../config.ts';
import type {
  Descriptor,
  DirectoryDocument,
  ListedRole,
  NeighbourGraph,
} from '../directory/index.ts';
import { deriveNeighbourGraph, signDescriptor } from '../directory/index.ts';
import type { DescriptorTarget } from '../directory-client.ts';
import { DirectoryClientRunner } from '../directory-node.ts';
import type { MixnetDropReason } from '../drops.ts';
import { EpochClock } from '../epoch-clock.ts';
import { packetFormatOf, selectUnwrapParameters } from '../format.ts';
import { AUTHORITY_RETRY_NS, FIRST_DOCUMENT_RETRY_NS } from '../geometry.ts';
import type { MixnetPacketKind } from '../message-kinds.ts';
import {
  deriveNodeId,
  findIdentityKey,
  findTrustedAuthorities,
  identitySecret,
  vrfSecret,
} from '../trust.ts';
import { makeArrivalWindowSettings } from '../windows.ts';
import { FrameCodec } from '../wire.ts';
import { type HopDelayPolicy, SenderDelayPolicy, VrfDelayPolicy } from './delay-law.ts';
import { KeyRing } from './key-ring.ts';
import { LatenessGauge } from './lateness-gauge.ts';
import { proveNeighbours } from './neighbour-proofs.ts';
import { ProofExchange } from './proof-exchange-node.ts';
import { Relay, type TerminalPacket } from './relay.ts';
import { ReplayGuardsByEpoch } from './replay-guards-by-epoch.ts';
import { listedNodeNames } from './routes.ts';

/** The part of a server that differs between mixes and providers. */
export interface ServerRole {
  readonly listedAs: ListedRole;
  /** Called when the node begins to use a document. */
  useDocument(document: DirectoryDocument): void;
  /**
   * Handles a frame that arrived.
   * @param sender Name of the node that sent it.
   */
  received(frame: IncomingFrame, sender: string): void;
  /** Handles a packet that ends at this node, except loops that the node itself has sent. */
  ended(
    packet: TerminalPacket,
    key: number,
  ): 'delivered' | 'absorbed' | { readonly drop: MixnetDropReason };
}

/**
 * A received datagram: the bytes `offset` to `offset + length` of `buffer`; valid only during the
 * call to which it is passed.
 */
export interface IncomingFrame {
  readonly buffer: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly from: Endpoint;
}

/** The part of a mix or provider that does not depend on its role. */
export class MixServer {
  readonly host: Host;
  readonly options: MixnetOptions;
  readonly behaviour: Behaviour;
  readonly format: PacketFormat;
  readonly codec: FrameCodec;
  readonly book: AddressBook;
  readonly relay: Relay;
  readonly observer: MessageObserver | undefined;
  /** The identifier of the node, 32 bytes. */
  readonly nodeId: Uint8Array;
  readonly #setup: MixnetSetup;
  readonly #role: ServerRole;
  readonly #clock: EpochClock;
  readonly #keys: KeyRing;
  readonly #vrfKey: VrfSecretKey;
  readonly #delays: HopDelayPolicy;
  /** Present when this node's delays can be proved: with the strategy `vrf-exp`. */
  readonly #proofs: ProofExchange | undefined;
  readonly #directory: DirectoryClientRunner;
  readonly #loops: StateMachineRunner<MixLoopInput, MixLoopEffect>;
  readonly #loopsSent: Counter;
  readonly #loopsBack: Counter;
  readonly #endpoints = new Map<string, Endpoint>();
  #listed: ReadonlySet<string> = new Set();
  #neighbours: NeighbourGraph | undefined;
  #socket: DatagramSocket | undefined;

  constructor(host: Host, setup: MixnetSetup, role: ServerRole) {
    const { options, network } = setup;
    this.behaviour = setup.behaviour;
    this.host = host;
    this.options = options;
    this.observer = setup.observer;
    this.#setup = setup;
    this.#role = role;
    this.format = packetFormatOf(host.crypto, options);
    this.codec = new FrameCodec(this.format.geometry);
    this.book = makeAddressBook(network, host.crypto);
    this.#clock = new EpochClock(host, options.epoch);
    const tags = new ReplayGuardsByEpoch({
      host,
      witness: setup.witness,
      options: options.replay,
      replays: this.behaviour.replays,
    });
    const epochNs = options.epoch;
    const unwrap = options.unwrap === 'threads' ? selectUnwrapParameters(options) : undefined;
    this.#keys = new KeyRing({ host, format: this.format, tags, epochNs, unwrap });
    const identityKey = findIdentityKey(network, host.name);
    this.nodeId = deriveNodeId(host.crypto, identityKey);
    const secret = vrfSecret(network, host.name);
    this.#vrfKey = openVrfSecretKey(host.crypto, options.vrfSuite, secret);
    const { delays, proofs } = this.#makeDelays();
    this.#delays = delays;
    this.#proofs = proofs;
    this.relay = new Relay({
      host,
      observer: this.observer,
      options,
      format: this.format,
      codec: this.codec,
      clock: this.#clock,
      keys: this.#keys,
      tags,
      delays: this.#delays,
      role: { ended: (...what): ReturnType<ServerRole['ended']> => this.#ended(...what) },
      send: (frame, to): boolean => this.send(frame, to),
    });
    this.#loops = this.#makeLoops();
    this.#loopsSent = host.meter.counter('mix.loops.sent');
    this.#loopsBack = host.meter.counter('mix.loops.back');
    this.#directory = new DirectoryClientRunner(host, {
      clock: this.#clock,
      authority: this.#authority(),
      trust: findTrustedAuthorities(network, options.authority),
      isPlacementChecked: options.placement === 'beacon',
      describe: (target, done): void =>
        this.#keys.prepare(target.epoch, (mixKeys) =>
          done(this.#descriptor(identityKey, mixKeys, target)),
        ),
      isBeaconNeeded: this.#isDrawing,
      firstRetryNs: options.neighbours === undefined ? AUTHORITY_RETRY_NS : FIRST_DOCUMENT_RETRY_NS,
      onDocument: (document): void => this.#useDocument(document),
    });
  }

  /** True when there is a document, so that packets can be accepted. */
  get isReady(): boolean {
    return this.#directory.document !== undefined;
  }

  start(): void {
    this.#socket = this.host.udp({
      port: this.options.port,
      onDatagram: (buffer, offset, length, from) => this.#receive({ buffer, offset, length, from }),
    });
    if (this.#socket === undefined) this.host.log.warn(`port ${this.options.port} is taken`);
    this.relay.start();
    this.#proofs?.start();
    this.#directory.start();
  }

  stop(): void {
    this.#directory.stop();
    this.relay.stop();
    this.#proofs?.stop();
    this.#loops.stop();
    this.#socket?.close();
  }

  /** Sends a frame and takes ownership of it; false when the socket is full. */
  send(frame: Uint8Array, to: Endpoint): boolean {
    // One traffic class for all packets: a second class would make messages distinguishable from
    // cover on the link.
    return this.#socket?.send(frame, 0, this.codec.length, to) === 'sent';
  }

  /** Returns the address at which a node receives packets; undefined for an unknown name. */
  endpointOf(name: string): Endpoint | undefined {
    const known = this.#endpoints.get(name);
    if (known !== undefined) return known;
    const resident = this.book.byName(name);
    if (resident === undefined) return undefined;
    const endpoint = this.host.endpoint(resident.address, this.options.port);
    this.#endpoints.set(name, endpoint);
    return endpoint;
  }

  /** Sorted names of the nodes that seem to use wrong delays or do not prove their delays. */
  get suspects(): readonly string[] {
    return this.#proofs?.suspects ?? [];
  }

  /** The neighbours of all mixes in the present document; undefined if mixes draw no neighbours. */
  get neighbours(): NeighbourGraph | undefined {
    return this.#neighbours;
  }

  /** True if the present document lists a mix or provider of this name. */
  isListed(name: string): boolean {
    return this.#listed.has(name);
  }

  #authority(): Endpoint {
    const { authority, directoryPort } = this.options;
    const address = this.book.byName(authority)?.address ?? '0.0.0.0';
    return this.host.endpoint(address, directoryPort);
  }

  /** True if this node is a mix, and mixes draw neighbours according to the options. */
  get #isDrawing(): boolean {
    return this.options.neighbours !== undefined && this.#role.listedAs === 'mix';
  }

  #descriptor(
    identityKey: Uint8Array,
    mixKeys: ReadonlyMap<number, Uint8Array>,
    { epoch, beacon }: DescriptorTarget,
  ): Uint8Array {
    const { host, options } = this;
    const { network, behaviour } = this.#setup;
    const descriptor: Descriptor = {
      name: host.name,
      nodeId: this.nodeId,
      role: this.#role.listedAs,
      address: this.book.byName(host.name)?.address ?? '',
      port: options.port,
      identityKey,
      vrfKey: this.#vrfKey.publicKey,
      vrfKeySince: 0,
      mixKeys,
      asn: options.asn,
      family: options.family ?? host.name,
      loadWeight: options.weight,
      ...(beacon === undefined
        ? {}
        : {
            neighbourProofs: proveNeighbours(
              this.#vrfKey,
              { epoch: behaviour.provedEpoch(epoch), beacon },
              options,
            ),
          }),
    };
    return signDescriptor(host.crypto, identitySecret(network, host.name), descriptor);
  }

  #useDocument(document: DirectoryDocument): void {
    this.#listed = listedNodeNames(document);
    this.#openNeighbours(document);
    this.#keys.forgetBefore(document.epoch - 1);
    const meanNs = toMeanIntervalNs(document.rates.mu);
    this.#delays.setMean(meanNs);
    this.relay.setMean(meanNs);
    this.#proofs?.useDocument(document, meanNs);
    this.#role.useDocument(document);
    const nodes = [...document.layers.flat(), ...document.providers];
    const own = nodes.find(({ name }) => name === this.host.name);
    if (own === undefined) return;
    this.#loops.take({ kind: 'document', document, own });
  }

  #openNeighbours(document: DirectoryDocument): void {
    this.#neighbours = deriveNeighbourGraph(this.host.crypto, this.options.vrfSuite, document);
    for (const { drop } of this.#neighbours?.refused ?? []) this.host.drop(drop);
  }

  #receive(frame: IncomingFrame): void {
    const sender = this.book.byAddress(this.host.endpointOf(frame.from).address);
    if (sender === undefined) this.#refuse(frame, 'unknown-sender');
    else if (!this.isReady) this.#refuse(frame, 'no-document');
    else if (this.#isOfProofs(frame, sender.name)) return;
    else this.#role.received(frame, sender.name);
  }

  /**
   * Drops a frame before it is processed, and tells the observer, if there is one, which packet was
   * in the frame.
   */
  #refuse({ buffer, offset, length }: IncomingFrame, reason: MixnetDropReason): void {
    const frame = this.observer && this.codec.decode(buffer, offset, length);
    const isPacket = typeof frame === 'object' && frame.kind === 'packet';
    if (isPacket) this.relay.refusePacket(frame.packet, reason);
    else this.relay.refuse(reason);
  }

  /**
   * Handles a request for a proof or the answer to one.
   * @returns false, having done nothing, if the frame is another one or the sender is not listed.
   */
  #isOfProofs({ buffer, offset, length }: IncomingFrame, sender: string): boolean {
    if (this.#proofs === undefined || !this.isListed(sender)) return false;
    return this.#proofs.takes(this.codec.decode(buffer, offset, length), sender);
  }

  #makeDelays(): { readonly delays: HopDelayPolicy; readonly proofs?: ProofExchange } {
    const { host, options, codec } = this;
    const { mixing } = options;
    const { delayFactor: factor, provesDelays } = this.behaviour;
    if (mixing.strategy !== 'vrf-exp') return { delays: new SenderDelayPolicy(factor) };
    const lateness = new LatenessGauge(host);
    const { law } = mixing;
    const delays = new VrfDelayPolicy(this.#vrfKey, lateness, { law, factor });
    const proofs = new ProofExchange({
      host,
      options,
      answers: provesDelays,
      law,
      codec,
      delays,
      lateness,
      neighbours: this.book.byName(host.name)?.neighbours ?? new Set(),
      endpointOf: (name): Endpoint | undefined => this.endpointOf(name),
      send: (frame, to): boolean => this.send(frame, to),
    });
    return { delays, proofs };
  }

  #ended(packet: TerminalPacket, key: number): ReturnType<ServerRole['ended']> {
    const recipient = packet.commands.find((command) => command.kind === 'recipient');
    const isLoop = recipient !== undefined && equalBytes(recipient.id, this.nodeId);
    if (!isLoop || packet.kind !== 'deliver') return this.#role.ended(packet, key);
    this.#loops.take({ kind: 'returned', payload: packet.payload.slice() });
    return 'absorbed';
  }

  #makeLoops(): StateMachineRunner<MixLoopInput, MixLoopEffect> {
    const { host } = this;
    const loops = new MixLoops({
      host,
      format: this.format,
      alarm: this.options.client.loopAlarm,
      epochAt: (at): number => this.#clock.epochAt(at),
      neighboursIn: (): NeighbourGraph | undefined => this.#neighbours,
      ...makeArrivalWindowSettings(host, this.options),
    });
    return new StateMachineRunner(host, loops, (effect) => this.#performLoop(effect));
  }

  #performLoop(effect: MixLoopEffect): void {
    const { host } = this;
    switch (effect.kind) {
      case 'send':
        this.#proofs?.sent(effect.loop, effect.path, effect.packet);
        this.#sendLoop(effect.packet);
        return;
      case 'loop-returned':
        this.#proofs?.returned(effect.loop, effect.age);
        this.#loopsSent.add(1);
        this.#loopsBack.add(1);
        return;
      case 'loop-overdue':
        this.#loopsSent.add(1);
        return;
      case 'alarm':
        host.meter.counter('mix.loops.alarms').add(1);
        host.meter.sample('mix.loops.detection', effect.after);
        return;
      case 'drop':
        host.drop(effect.reason);
    }
  }

  #sendLoop({ packet, firstHop }: PacketWithReplayTags): void {
    const document = this.#directory.document;
    const nodes = [...(document?.layers.flat() ?? []), ...(document?.providers ?? [])];
    const next = nodes.find(({ nodeId }) => equalBytes(nodeId, firstHop));
    const to = next && this.endpointOf(next.name);
    if (to === undefined) return;
    this.observer?.created(packetNumberOnLink(packet), 'mix-loop' satisfies MixnetPacketKind, '');
    const frame = this.host.alloc(this.codec.length);
    this.codec.encodePacket(frame, packet);
    if (!this.send(frame, to)) this.host.drop('outgoing-queue-full');
  }
}
