/**
 * Accounts for messages that nodes pass on within one event, as gateways do at ten thousand messages
 * per second (ADR 0028): submitted = delivered + refused + lost + open.
 *
 * A message that arrives costs no memory. Its sender reports the key under which it leaves; when a link
 * or a node drops a datagram, the key tells which message was lost. Nodes report the messages that they
 * hold longer than one event. If a message did not arrive, is held by no node, is in no datagram under
 * way and was in no dropped datagram, then some node swallowed it, which is a defect.
 *
 * Knows no protocol.
 *
 * @module
 */
import type { RequestContent } from '../../engine/host/host.ts';
import type { MessageObserver } from '../../engine/host/protocol.ts';
import { NO_BUFFER } from '../../engine/net/buffer-pool.ts';
import type { LinkDirectionView } from '../../engine/net/direction-context.ts';
import { DROP_REASONS } from '../../engine/net/drop-reasons.ts';
import type { MessageTotals } from '../../reports/model.ts';
import { claimedFlow, claimedSequence } from '../traffic/ground-truth.ts';
import type { Flow } from '../traffic/traffic-source.ts';
import type { LocalWorld } from '../world.ts';
import {
  type MessageAccountant,
  type MessageLoss,
  type SentFate,
  sumMessageTotals,
} from './message-account.ts';
import { PacketKeyIndex } from './packet-key-index.ts';
import { PostponedRequests } from './postponed-requests.ts';

/** A message is identified by one number: flow * SEQUENCES + sequence number. */
const SEQUENCES = 2 ** 40;
const NONE = -1;

/** What a {@link TransitLedger} needs to know of the run. */
export interface TransitLedgerParts {
  readonly world: LocalWorld;
  /** Names of all hosts, in the order of the world. */
  readonly hosts: readonly string[];
  readonly flows: readonly Flow[];
  /** True for the flows of this account; all other flows belong to accounts of other protocols. */
  readonly isOwn: (flow: number) => boolean;
  /** True if the protocol also carries packets of layers, which belong to no flow of this account. */
  readonly isCarrier: boolean;
  /** The key that nodes report for a packet; undefined if the datagram is not one of the protocol. */
  readonly keyOf: (datagram: Uint8Array) => number | undefined;
  /** Losses that no observer sees: for each drop reason, how many messages at most were lost for it. */
  readonly unseen: () => Readonly<Record<string, number>>;
  /**
   * Live runs only: number of datagrams that sockets received too near the end of the run to pass
   * them to a node.
   */
  readonly unhandled: () => number;
}

/** What one node holds, according to its reports. */
interface Holdings {
  readonly name: string;
  /**
   * Messages that its application submitted, by the number that the node gave them; the value -1 stands for
   * a packet of a layer.
   */
  readonly sending: Map<number, number>;
  /**
   * Messages from other nodes that this node now holds, by packet key: the message (-1 if unknown) and how
   * many copies of it are held.
   */
  readonly inside: Map<number, { readonly message: number; times: number }>;
}

/** Accounts for messages that nodes pass on within one event, as gateways do. */
export class TransitLedger implements MessageAccountant {
  readonly #parts: TransitLedgerParts;
  readonly #holdings: readonly Holdings[];
  readonly #keys: PacketKeyIndex;
  readonly #refused = new Map<number, string>();
  readonly #lost = new Map<number, MessageLoss>();
  readonly #postponed = new PostponedRequests<number>();
  #open = new Set<number>();
  /** The message of the request that a node is handling now. */
  #asked = NONE;
  /**
   * The number under which the current node accepted the message of {@link #asked}, until the node has
   * settled it.
   */
  #fresh = NONE;
  #freshAt: Holdings | undefined;
  #lastDrop: MessageLoss | undefined;

  constructor(parts: TransitLedgerParts) {
    this.#parts = parts;
    this.#holdings = parts.hosts.map((name) => ({ name, sending: new Map(), inside: new Map() }));
    this.#keys = new PacketKeyIndex((message) => this.#isDelivered(message));
  }

  of(name: string): MessageObserver {
    const at = this.#at(name);
    return {
      accepted: (number): void => this.#accepted(at, number),
      created: (key, _kind, _recipient, number): void => this.#created(at, key, number),
      settled: (number, how): void => this.#settled(at, number, how),
      arrived: (key): void => this.#arrived(at, key),
      departed: (inKey, outKey): void => this.#departed(at, inKey, outKey),
      ended: (key, how): void => this.#ended(at, key, how),
    };
  }

  // hot: once per packet of a source.
  requested(node: string, { kind, body }: RequestContent): void {
    const index = claimedFlow(body);
    const flow = this.#parts.flows[index];
    if (kind !== 'send' || flow?.spec.from !== node || !this.#parts.isOwn(index)) return;
    this.#asked = messageOf(index, claimedSequence(body));
    if (this.#refused.size > 0) this.#refused.delete(this.#asked);
  }

  postponed(node: string, { kind, body }: RequestContent): void {
    if (kind !== 'send' || !this.#parts.isOwn(claimedFlow(body))) return;
    this.#postponed.add(messageOf(claimedFlow(body), claimedSequence(body)), node);
  }

  resumed(node: string, request: RequestContent): void {
    this.requested(node, request);
    this.#postponed.remove(this.#asked);
  }

  handled(): void {
    if (this.#fresh !== NONE) this.#freshAt?.sending.set(this.#fresh, this.#asked);
    this.#fresh = NONE;
    this.#asked = NONE;
  }

  refused(flow: number, sequence: number, reason: string): void {
    const message = messageOf(flow, sequence);
    this.#postponed.remove(message);
    this.#refused.set(message, reason);
  }

  nodeDropped(node: string, reason: string): void {
    const loss = this.#loss(reason, node);
    this.#lastDrop = loss;
    const { current } = this.#parts.world.sim.ownership;
    if (current !== NO_BUFFER) this.#loseNewly(this.#messageIn(current), loss);
    else if (this.#asked !== NONE) this.#lose(this.#asked, loss);
  }

  crashed(name: string): void {
    const { sending, inside } = this.#at(name);
    const loss = this.#loss('node-crashed', name);
    for (const message of sending.values()) this.#lose(message, loss);
    for (const { message } of inside.values()) this.#lose(message, loss);
    for (const message of this.#postponed.crashed(name)) this.#lose(message, loss);
    sending.clear();
    inside.clear();
    this.#losePacketsTo(name, loss);
  }

  onDropped(direction: LinkDirectionView | undefined, packet: number, reason: number): void {
    const node = direction === undefined ? '' : (this.#parts.hosts[direction.fromNode] ?? '');
    const message = this.#messageIn(this.#parts.world.packetBytes(packet));
    if (message !== undefined)
      this.#lose(message, this.#loss(DROP_REASONS[reason] ?? 'lost', node));
  }

  onOffered(): void {
    // Nothing to do: the sender has already reported the message.
  }

  onStarted(): void {
    // Nothing to do: the message is still under way.
  }

  onDelivered(): void {
    // Nothing to do: the node passes the message on within this event, or reports what it does with it.
  }

  delivered(): void {
    // Nothing to do: the meters read which messages were delivered.
  }

  state(): void {
    // Nothing to do: an account is about messages only.
  }

  spanned(): void {
    // Nothing to do: an account is about messages only.
  }

  marked(): void {
    // Nothing to do: an account is about messages only.
  }

  logged(): void {
    // Nothing to do: an account is about messages only.
  }

  imbalance(holding: (node: string) => number | undefined): string | undefined {
    for (const { name, sending, inside } of this.#holdings) {
      const says = holding(name);
      const known = [...inside.values()].reduce((sum, { times }) => sum + times, sending.size);
      if (says !== undefined && says !== known) {
        return `${name} holds ${says}, but ${known} went in and did not come out`;
      }
    }
    this.#open = this.#underWay();
    const left = this.#unaccounted();
    const { unseen, unhandled, flows } = this.#parts;
    for (const [reason, count] of Object.entries(unseen())) {
      for (const message of left.splice(0, count)) this.#lose(message, this.#loss(reason, ''));
    }
    for (const message of left.splice(0, unhandled())) this.#open.add(message);
    const [first] = left;
    if (first === undefined) return undefined;
    const { from = '', to = '' } = flows[flowOf(first)]?.spec ?? {};
    return `message ${sequenceOf(first)} from ${from} to ${to} is nowhere, and nobody said why`;
  }

  fateOf(flow: number, sequence: number): SentFate {
    const message = messageOf(flow, sequence);
    if (this.#isDelivered(message)) return { kind: 'delivered' };
    const reason = this.#refused.get(message);
    if (reason !== undefined) return { kind: 'refused', reason };
    if (this.#open.has(message) || this.#postponed.has(message)) return { kind: 'open' };
    const loss = this.#lost.get(message);
    return loss === undefined ? { kind: 'unaccounted' } : { kind: 'lost', loss };
  }

  totals(): MessageTotals {
    return sumMessageTotals(this.#parts.flows, (flow, sequence) => this.fateOf(flow, sequence));
  }

  #at(name: string): Holdings {
    return this.#holdings[this.#parts.hosts.indexOf(name)] as Holdings;
  }

  #accepted(at: Holdings, number: number): void {
    if (this.#asked === NONE) {
      // A packet of a layer counts as held until it is settled, as a message does, but it is not a
      // message of this account.
      if (this.#parts.isCarrier) at.sending.set(number, NONE);
      return;
    }
    // Nearly all messages are settled before their request has been handled, and need no entry in
    // `sending`.
    this.#fresh = number;
    this.#freshAt = at;
  }

  // hot: once per packet of a gateway.
  #created(at: Holdings, key: number, number: number | undefined): void {
    if (number === undefined) return;
    const isFresh = number === this.#fresh && at === this.#freshAt;
    const message = isFresh ? this.#asked : at.sending.get(number);
    if (message !== undefined && message !== NONE) this.#keys.note(key, message);
  }

  #settled(
    at: Holdings,
    number: number,
    how: 'acknowledged' | 'abandoned' | 'sent' | 'dropped',
  ): void {
    const isFresh = number === this.#fresh && at === this.#freshAt;
    const message = isFresh ? this.#asked : at.sending.get(number);
    if (isFresh) this.#fresh = NONE;
    else at.sending.delete(number);
    if (how === 'abandoned') this.#lose(message, this.#loss('message-abandoned', at.name));
    if (how === 'dropped') this.#lose(message, this.#lastDropAt(at.name));
  }

  #arrived({ inside }: Holdings, key: number): void {
    const known = inside.get(key);
    if (known === undefined) inside.set(key, { message: this.#keys.find(key) ?? NONE, times: 1 });
    else known.times += 1;
  }

  #departed(at: Holdings, inKey: number, outKey: number): void {
    const message = at.inside.get(inKey)?.message;
    this.#leave(at, inKey);
    if (message !== undefined && message !== NONE) this.#keys.note(outKey, message);
  }

  #ended(at: Holdings, key: number, how: 'delivered' | 'dropped' | 'absorbed'): void {
    const message = at.inside.get(key)?.message;
    this.#leave(at, key);
    if (how === 'dropped') this.#loseNewly(message, this.#lastDropAt(at.name));
  }

  /**
   * Notes the loss of a message. The drop of a replay does not replace an earlier loss: if the
   * message turns up nowhere else, the anti-replay window was wrong and that drop explains it. The
   * drop of a duplicate is not a loss, because the node has accepted the first copy.
   */
  #loseNewly(message: number | undefined, loss: MessageLoss): void {
    if (loss.reason === 'duplicate') return;
    if (loss.reason === 'replay' && message !== undefined && this.#lost.has(message)) return;
    this.#lose(message, loss);
  }

  #leave({ inside }: Holdings, key: number): void {
    const known = inside.get(key);
    if (known === undefined) return;
    known.times -= 1;
    if (known.times === 0) inside.delete(key);
  }

  #lose(message: number | undefined, loss: MessageLoss): void {
    if (message !== undefined && message !== NONE) this.#lost.set(message, loss);
  }

  #lastDropAt(node: string): MessageLoss {
    const last = this.#lastDrop;
    return last?.node === node ? last : this.#loss('dropped', node);
  }

  #loss(reason: string, node: string): MessageLoss {
    return { reason, node, atNs: this.#parts.world.now() };
  }

  #messageIn(datagram: Uint8Array): number | undefined {
    const key = this.#parts.keyOf(datagram);
    return key === undefined ? undefined : this.#keys.find(key);
  }

  /**
   * Notes the loss of packets that wait for the processor of a crashed node; packets on links are not
   * affected.
   */
  #losePacketsTo(name: string, loss: MessageLoss): void {
    const { sim } = this.#parts.world;
    const index = this.#parts.hosts.indexOf(name);
    this.#eachPacket((packet, message) => {
      const to = sim.network.table.to[packet] as number;
      if (sim.hostOf(sim.endpoints.pairOf(to).address) === index) this.#lose(message, loss);
    });
  }

  #underWay(): Set<number> {
    const open = new Set<number>();
    for (const { sending, inside } of this.#holdings) {
      for (const message of sending.values()) open.add(message);
      for (const { message } of inside.values()) open.add(message);
    }
    this.#eachPacket((_, message) => open.add(message));
    return open;
  }

  #eachPacket(see: (packet: number, message: number) => void): void {
    const { table } = this.#parts.world.sim.network;
    for (const [packet, buffer] of table.buffers.entries()) {
      if (buffer === NO_BUFFER) continue;
      const message = this.#messageIn(table.view(packet));
      if (message !== undefined) see(packet, message);
    }
  }

  #unaccounted(): number[] {
    const found: number[] = [];
    for (const { index, nextSequence, meter } of this.#parts.flows) {
      if (!this.#parts.isOwn(index)) continue;
      for (let sequence = 0; sequence < nextSequence; sequence += 1) {
        if (meter.hasDelivered(sequence)) continue;
        const isNowhere = this.fateOf(index, sequence).kind === 'unaccounted';
        if (isNowhere) found.push(messageOf(index, sequence));
      }
    }
    return found;
  }

  #isDelivered(message: number): boolean {
    const flow = this.#parts.flows[flowOf(message)];
    return flow?.meter.hasDelivered(sequenceOf(message)) === true;
  }
}

function messageOf(flow: number, sequence: number): number {
  return flow * SEQUENCES + sequence;
}

function flowOf(message: number): number {
  return Math.floor(message / SEQUENCES);
}

function sequenceOf(message: number): number {
  return message % SEQUENCES;
}
