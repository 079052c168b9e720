/**
 * A provider: clients send their packets to it and retrieve their messages from it. It combines the
 * gateway and the service node of Katzenpost (docs/spec/mixnet.md, "Clients and providers").
 *
 * @module
 */

import type { Host } from '../../../engine/host/host.ts';
import type { Counter, Histogram } from '../../../engine/host/measure.ts';
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { Endpoint } from '../../../engine/host/socket.ts';
import { TokenBucket } from '../../_kit/token-bucket.ts';
import type { MixnetSetup } from '../behaviour.ts';
import { isCoverRecipient, toMeanIntervalNs } from '../client/index.ts';
import type { DirectoryDocument } from '../directory/index.ts';
import type { MixnetDropReason } from '../drops.ts';
import { type IncomingFrame, MixServer, type ServerRole } from '../mix/mix-server-node.ts';
import type { SenderRights, TerminalPacket } from '../mix/relay.ts';
import { listEntryMixes, NextHopTable } from '../mix/routes.ts';
import { createServerHandle, type ServerNode } from '../mix/server-handle.ts';
import { NODE_POSITION_TRACE } from '../trace-states.ts';
import { hashSpooledMessage, type SpooledMessage } from '../wire.ts';
import { Spool, type SpoolEntry } from './spool.ts';
import { SpoolWatch, slowRetrievalText } from './spool-watch.ts';

const NS_PER_US = 1_000;
const UINT32_MAX = 0xffff_ffff;
/** The SURB identifier of a message that is not a reply: zeros. */
const NO_SURB = new Uint8Array(16);

/** What a provider stores about one client: its spool, its token bucket and its address. */
interface Account {
  readonly name: string;
  readonly spool: Spool;
  readonly watch: SpoolWatch;
  readonly bucket: TokenBucket;
  readonly endpoint: Endpoint;
}

/** Creates a provider on `host`. */
export function createProvider(host: Host, setup: MixnetSetup): NodeHandle {
  return createServerHandle(new ProviderNode(host, setup));
}

class ProviderNode implements ServerNode, ServerRole {
  readonly listedAs = 'provider';
  readonly server: MixServer;
  readonly #spooled: Counter;
  readonly #spoolWait: Histogram;
  readonly #accounts = new Map<string, Account>();
  /**
   * Rights of packets from mixes: they may end here; loops of mixes may go on to the first layer.
   */
  readonly #fromMix: SenderRights = { next: (id) => this.#next?.find(id), endRefused: undefined };
  /**
   * Rights of packets from clients: they must not end here, since even a packet between two clients
   * of the same provider must go through the mixes.
   */
  readonly #fromClient: SenderRights = { ...this.#fromMix, endRefused: 'client-to-local-user' };
  #next: NextHopTable | undefined;
  #tokenNs = 1;
  #spoolSize = 0;
  /**
   * Says whether the next message is put into its spool; returns false only in a defective double.
   */
  readonly #spools: () => boolean;
  #isWarned = false;

  constructor(host: Host, setup: MixnetSetup) {
    this.server = new MixServer(host, setup, this);
    this.#spools = setup.behaviour.spools();
    this.#spooled = host.meter.counter('mix.spooled');
    this.#spoolWait = host.meter.histogram('mix.spool_wait');
  }

  get kept(): number {
    return this.#spoolSize;
  }

  status(): Readonly<Record<string, unknown>> {
    const { relay, suspects } = this.server;
    return { role: 'provider', spooled: this.#spoolSize, suspects, waiting: relay.size };
  }

  useDocument(document: DirectoryDocument): void {
    const server = this.server;
    const { lambdaP, lambdaL, lambdaD } = document.rates;
    // The rate at which the document lets every client send, times the slack factor, per
    // millisecond.
    const perMs = (lambdaP + lambdaL + lambdaD) * server.options.rateLimit.slack;
    this.#tokenNs = Math.max(1, toMeanIntervalNs(perMs));
    for (const { bucket } of this.#accounts.values()) bucket.setInterval(this.#tokenNs);
    this.#next = new NextHopTable(
      listEntryMixes(document),
      ({ name }) => server.endpointOf(name) ?? -1,
    );
    server.host.trace.state(
      NODE_POSITION_TRACE.machine,
      NODE_POSITION_TRACE.state.write({ kind: 'provider' }),
    );
  }

  received(incoming: IncomingFrame, sender: string): void {
    const { relay, codec } = this.server;
    const frame = codec.decode(incoming.buffer, incoming.offset, incoming.length);
    if (typeof frame === 'string') {
      relay.refuse(frame);
      return;
    }
    const account = this.server.isListed(sender) ? undefined : this.#account(sender);
    if (account === undefined && !this.server.isListed(sender)) {
      if (frame.kind === 'packet') relay.refusePacket(frame.packet, 'unknown-sender');
      else relay.refuse('unknown-sender');
    } else if (frame.kind === 'packet') this.#packet(frame.packet, account);
    else if (frame.kind === 'retrieve' && account !== undefined) {
      this.#retrieve(account, frame.sequence);
    } else relay.refuse('unexpected-frame');
  }

  ended(
    packet: TerminalPacket,
    key: number,
  ): 'delivered' | 'absorbed' | { readonly drop: MixnetDropReason } {
    const recipient = packet.commands.find((command) => command.kind === 'recipient');
    if (recipient === undefined) return { drop: 'recipient-unknown' };
    if (isCoverRecipient(recipient.id)) return 'absorbed';
    const resident = this.server.book.byRecipient(recipient.id);
    const account = resident && this.#account(resident.name);
    if (account === undefined) return { drop: 'recipient-unknown' };
    const { perClient, total } = this.server.options.spool;
    if (account.spool.size >= perClient || this.#spoolSize >= total) return { drop: 'spool-full' };
    const message = this.#toSpool(packet);
    const { observer } = this.server;
    const copy = observer === undefined ? 0 : hashSpooledMessage(message.body);
    observer?.kept?.(key, copy);
    this.#spooled.add(1);
    if (!this.#spools()) return 'delivered';
    account.spool.add(message, this.server.host.now(), copy);
    account.watch.arrived();
    this.#spoolSize += 1;
    return 'delivered';
  }

  /**
   * Passes a packet to the relay. A packet from a client uses up a token of the client's bucket;
   * `account` is undefined if the packet comes from a mix.
   */
  #packet(packet: Uint8Array, account: Account | undefined): void {
    const { relay, host, options } = this.server;
    if (account !== undefined && options.rateLimit.enabled && !account.bucket.take(host.now())) {
      relay.refusePacket(packet, 'gateway-rate-limited');
      return;
    }
    relay.receive(packet, account === undefined ? this.#fromMix : this.#fromClient);
  }

  /**
   * Returns the account of a client. Clients are all linked hosts that are not a mix, a provider or
   * the authority; undefined for other names.
   */
  #account(name: string): Account | undefined {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const { host, book, options } = this.server;
    const isNear = book.byName(name)?.neighbours.has(host.name) === true;
    if (!isNear || name === options.authority || this.server.isListed(name)) return undefined;
    const endpoint = this.server.endpointOf(name);
    if (endpoint === undefined) return undefined;
    const bucket = new TokenBucket(options.rateLimit.burst);
    bucket.setInterval(this.#tokenNs);
    const watch = new SpoolWatch(options.spool.batch);
    const account = { name, spool: new Spool(), watch, bucket, endpoint };
    this.#accounts.set(name, account);
    return account;
  }

  #toSpool(packet: TerminalPacket): SpooledMessage {
    const body = new Uint8Array(this.server.codec.bodyLength);
    if (packet.kind === 'surbReply') {
      body.set(packet.payload);
      return { kind: 'reply', surbId: packet.surbId.slice(), body };
    }
    body.set(packet.payload, body.length - packet.payload.length);
    return { kind: 'forward', surbId: NO_SURB, body };
  }

  /** Answers a retrieval, always with the same number of frames, however many messages wait. */
  #retrieve(account: Account, sequence: number): void {
    const taken = account.spool.acknowledge(sequence);
    this.#spoolSize -= taken.length;
    for (const { copy } of taken) this.server.observer?.released?.(copy);
    this.#warn(account, taken.length);
    const { options, behaviour } = this.server;
    const { batch } = options.spool;
    const head = account.spool.head(batch);
    const frames = behaviour.framesOf(head.length, batch);
    for (let index = 0; index < frames; index++) this.#answer(account, head[index]);
  }

  /**
   * Warns once that a client retrieves too slowly. The warning names only one client of the
   * provider, because the others usually have the same options.
   */
  #warn({ name, spool, watch }: Account, taken: number): void {
    const { host } = this.server;
    const slow = watch.retrieved(host.now(), { taken, waiting: spool.size });
    if (slow === undefined || this.#isWarned) return;
    this.#isWarned = true;
    host.log.warn(slowRetrievalText(name, slow));
  }

  #answer(account: Account, entry: SpoolEntry | undefined): void {
    const { host, codec } = this.server;
    const frame = host.alloc(codec.length);
    if (entry === undefined) codec.encodeMessage(frame, 0, undefined);
    else {
      const waitedNs = host.now() - entry.arrivedNs;
      const waitedUs = Math.min(UINT32_MAX, Math.floor(waitedNs / NS_PER_US));
      codec.encodeMessage(frame, entry.sequence, { ...entry.message, waitedUs });
      if (!entry.isShown) this.#spoolWait.record(waitedNs);
      entry.isShown = true;
    }
    if (!this.server.send(frame, account.endpoint)) host.drop('outgoing-queue-full');
  }
}
