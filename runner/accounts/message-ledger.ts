/**
 * Accounts for messages that nodes hold, as mixes and spools do: submitted = delivered + refused + given up + lost +
 * open, with a reason for every loss (ADR 0028).
 *
 * Delivery is taken from the ground truth of the payload. Nodes (to the observer of ADR 0012) and
 * links (to the network's observer) report where undelivered messages are; a node that crashes
 * loses the messages that it was known to hold. At the end, each living node says how many messages
 * it holds, which must equal those that went in minus those that came out: a node that swallows a
 * message breaks the account. Knows no protocol.
 *
 * @module
 */
import type { RequestContent } from '../../engine/host/host.ts';
import type { LocateMessage, MessageObserver } from '../../engine/host/protocol.ts';
import type { LinkDirectionView } from '../../engine/net/direction-context.ts';
import { DROP_REASONS } from '../../engine/net/drop-reasons.ts';
import type { MessageTotals } from '../../reports/model.ts';
import { claimedFlow, claimedSequence } from '../traffic/ground-truth.ts';
import type { Flow } from '../traffic/traffic-source.ts';
import type { LocalWorld } from '../world.ts';
import type { FollowedMessage, PacketCopy } from './followed-message.ts';
import {
  fateOfMessage,
  isPacketCopyGone,
  newMessage,
  newPacketCopy,
  recordCarrierArrival,
  releaseConfirmed,
  releaseMessageHold,
} from './followed-message.ts';
import { emptyHolding, findOnDisk, type Holding } from './holding.ts';
import type { MessageAccountant, MessageLoss, SentFate } from './message-account.ts';
import { sumMessageTotals } from './message-account.ts';
import { nodesHoldingMessage } from './nodes-holding.ts';
import { PostponedRequests } from './postponed-requests.ts';

/** Drop reasons of second copies. Such a drop loses no message: the node holds the first copy or has sent it on. */
const REPEATS: ReadonlySet<string> = new Set(['replay', 'duplicate']);

/** Loss reason of a message that was given to a carrier which had not delivered it by the end of the run. */
const LEFT_IN_CARRIER = 'left-in-carrier';

/** What a {@link MessageLedger} needs to know of the run and of its protocol. */
export interface MessageLedgerParts {
  readonly world: LocalWorld;
  /** Names of all hosts, in the order of the world. */
  readonly hosts: readonly string[];
  readonly flows: readonly Flow[];
  /** True for the flows of this account; all other flows belong to accounts of other protocols. */
  readonly isOwn: (flow: number) => boolean;
  /** Finds messages in the datagrams of a host. */
  readonly readerOf: (host: string) => LocateMessage | undefined;
  /** True if a datagram reaches its node when it leaves the link; false if it first waits for a modelled processor. */
  readonly isPrompt: boolean;
  /**
   * True if a node keeps a message until the next node has it (even across crashes, if its disk survives), and if both
   * identify a message by the same number.
   */
  readonly isCustody: boolean;
  /**
   * True if the protocol is a layer above carriers: links do not show its packets, and while a
   * carrier has a packet, no node counts as holding it.
   */
  readonly isCarried: boolean;
  /** True if the protocol also carries packets of layers, which belong to no flow of this account. */
  readonly isCarrier: boolean;
  /** Number of messages that reached an application with changed bytes. */
  readonly damaged: () => number;
  /**
   * Number of datagrams on links whose bytes no node sent: changed by a link, or put there by an
   * attacker.
   */
  readonly lies: () => number;
}

/** Accounts for messages that nodes hold for a while, as mixes and spools do. */
export class MessageLedger implements MessageAccountant {
  readonly #parts: MessageLedgerParts;
  readonly #holdings: readonly Holding[];
  readonly #messages = new Map<string, FollowedMessage>();
  readonly #refused = new Map<string, string>();
  readonly #postponed = new PostponedRequests<string>();
  readonly #copies = new Map<number, PacketCopy>();
  /** Messages by the numbers under which providers or recipients store them. */
  readonly #names = new Map<number, FollowedMessage>();
  /** A packet that was lost when it was sent, before its node reported which message it carries. */
  #early: { readonly key: number; readonly loss: MessageLoss } | undefined;
  readonly #readers = new Map<number, LocateMessage | undefined>();
  /** The message whose request its node is handling now, as one key made of flow and sequence number. */
  #asked: string | undefined;
  #lastDrop: MessageLoss | undefined;

  constructor(parts: MessageLedgerParts) {
    this.#parts = parts;
    this.#holdings = parts.hosts.map(emptyHolding);
  }

  of(name: string): MessageObserver {
    const index = this.#parts.hosts.indexOf(name);
    const holding = this.#holdings[index] as Holding;
    return {
      accepted: (number): void => this.#accepted(holding, number),
      created: (key, _kind, _recipient, number): void => this.#created(holding, key, number),
      settled: (number, how): void => this.#settled(holding, number, how),
      arrived: (key): void => this.#arrived(index, key),
      departed: (inKey, outKey): void => this.#departed(index, inKey, outKey),
      copied: (key, copyKey): void => this.#copied(index, key, copyKey),
      ended: (key, how): void => this.#ended(index, key, how),
      kept: (key, copy): void => this.#kept(holding, key, copy),
      released: (copy): void => this.#released(holding, copy),
      taken: (copy, how): void => this.#taken(holding, copy, how),
    };
  }

  requested(node: string, { kind, body }: RequestContent): void {
    const index = claimedFlow(body);
    const flow = this.#parts.flows[index];
    if (kind !== 'send' || flow?.spec.from !== node || !this.#parts.isOwn(index)) return;
    this.#asked = nameOf(index, claimedSequence(body));
    this.#refused.delete(this.#asked);
  }

  postponed(node: string, { kind, body }: RequestContent): void {
    if (kind !== 'send' || !this.#parts.isOwn(claimedFlow(body))) return;
    this.#postponed.add(nameOf(claimedFlow(body), claimedSequence(body)), node);
  }

  resumed(node: string, request: RequestContent): void {
    this.requested(node, request);
    if (this.#asked !== undefined) this.#postponed.remove(this.#asked);
  }

  handled(): void {
    this.#asked = undefined;
  }

  refused(flow: number, sequence: number, reason: string): void {
    const name = nameOf(flow, sequence);
    this.#postponed.remove(name);
    this.#refused.set(name, reason);
  }

  nodeDropped(node: string, reason: string): void {
    this.#lastDrop = this.#loss(reason, node);
  }

  crashed(name: string): void {
    const index = this.#parts.hosts.indexOf(name);
    const holding = this.#holdings[index] as Holding;
    const loss = this.#loss('node-crashed', name);
    for (const message of this.#postponed.crashed(name)) {
      this.#messages.set(message, { ...newMessage(), loss });
    }
    for (const [key, copy] of this.#copies) {
      const isInside = copy.inside.delete(index);
      const isUntold = copy.node === index && copy.untold > 0;
      if (!(isInside || isUntold)) continue;
      if (isInside) holding.earlierInside.set(key, copy.message);
      if (isUntold) copy.untold = 0;
      this.#copyGone(key, copy, loss);
    }
    for (const [number, message] of holding.sending) holding.earlier.set(number, message);
    for (const held of [holding.sending, holding.kept, holding.held]) {
      for (const message of held.values()) releaseMessageHold(message, loss, held === holding.held);
      held.clear();
    }
    holding.inside = 0;
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

  onOffered(): void {
    // Nothing to do: the node that made the packet reports which message it carries, at the latest before it arrives.
  }

  onStarted(): void {
    // Nothing to do: a packet in transmission already counts as on the link.
  }

  onCopied(direction: LinkDirectionView, packet: number): void {
    const copy = this.#copyOn(direction, packet);
    if (copy === undefined) return;
    if (isPacketCopyGone(copy)) copy.message.holds += 1;
    copy.onLink += 1;
  }

  onDelivered(direction: LinkDirectionView, packet: number): void {
    const copy = this.#copyOn(direction, packet);
    if (copy === undefined || copy.onLink === 0) return;
    copy.onLink -= 1;
    copy.untold += 1;
    copy.node = direction.toNode;
  }

  onDropped(direction: LinkDirectionView | undefined, packet: number, reason: number): void {
    if (direction === undefined) return;
    const key = this.#keyOn(direction, packet);
    if (key === undefined) return;
    const name = this.#parts.hosts[direction.fromNode] ?? '';
    const loss = this.#loss(DROP_REASONS[reason] ?? 'lost', name);
    const copy = this.#copies.get(key);
    if (copy === undefined) this.#early = { key, loss };
    else this.#lostOnLink(copy, loss);
  }

  #lostOnLink(copy: PacketCopy, loss: MessageLoss): void {
    if (isPacketCopyGone(copy)) return;
    if (copy.onLink > 0) copy.onLink -= 1;
    else if (copy.untold > 0) copy.untold -= 1;
    // The key is kept, because an attacker that took the packet off the link may inject it again.
    if (isPacketCopyGone(copy)) releaseMessageHold(copy.message, loss);
  }

  imbalance(holding: (node: string) => number | undefined): string | undefined {
    for (const { name, inside, sending, kept, held } of this.#holdings) {
      const says = holding(name);
      const known = inside + sending.size + kept.size + held.size;
      if (says !== undefined && says !== known) {
        return `${name} holds ${says}, but ${known} went in and did not come out`;
      }
    }
    for (const { untold, node } of this.#copies.values()) {
      if (this.#parts.isPrompt && untold > 0) {
        return `${this.#parts.hosts[node]} got a message and never said what became of it`;
      }
    }
    return this.#nowhere();
  }

  #nowhere(): string | undefined {
    let damaged = this.#parts.damaged();
    for (const flow of this.#parts.flows) {
      if (!this.#parts.isOwn(flow.index)) continue;
      for (let sequence = 0; sequence < flow.nextSequence; sequence += 1) {
        const fate = this.fateOf(flow.index, sequence);
        const isChanged = fate.kind === 'lost' && fate.loss.reason === 'corrupted';
        // The recipient reports delivery, but its application got other bytes: the recipient changed the message.
        if (isChanged) damaged -= 1;
        if (fate.kind !== 'unaccounted' && !(isChanged && damaged < 0)) continue;
        const { from, to } = flow.spec;
        return `message ${sequence} from ${from} to ${to} is nowhere, and nobody said why`;
      }
    }
    return undefined;
  }

  fateOf(flowIndex: number, sequence: number): SentFate {
    const name = nameOf(flowIndex, sequence);
    if (this.#parts.flows[flowIndex]?.meter.hasDelivered(sequence)) return { kind: 'delivered' };
    const reason = this.#refused.get(name);
    if (reason !== undefined) return { kind: 'refused', reason };
    if (this.#postponed.has(name)) return { kind: 'open' };
    return fateOfMessage(this.#messages.get(name), this.#parts.lies() > 0);
  }

  positions(flow: number, sequence: number): readonly string[] {
    const message = this.#messages.get(nameOf(flow, sequence));
    if (message === undefined) return [];
    return nodesHoldingMessage(message, this.#holdings, this.#copies.values());
  }

  totals(): MessageTotals {
    return sumMessageTotals(this.#parts.flows, (flow, sequence) => this.fateOf(flow, sequence));
  }

  /** Records an accepted message. Without a request, the node found the message on its disk after a crash. */
  #accepted(holding: Holding, number: number): void {
    const found = this.#asked === undefined ? findOnDisk(holding, number) : undefined;
    if (found === undefined) this.#accept(holding, number);
    else this.#hold(holding, number, found);
  }

  #accept(holding: Holding, number: number): FollowedMessage | undefined {
    const known = holding.sending.get(number);
    if (known !== undefined) return known;
    const { isCustody, isCarrier } = this.#parts;
    const earlier = isCustody ? holding.earlier.get(number) : undefined;
    const unasked = earlier ?? (isCarrier ? newMessage() : undefined);
    const message = this.#asked === undefined ? unasked : this.#askedFor();
    if (message === undefined) return undefined;
    message.loss = undefined;
    this.#hold(holding, number, message);
    return message;
  }

  #hold(holding: Holding, number: number, message: FollowedMessage): void {
    message.holds += 1;
    holding.done.delete(number);
    holding.sending.set(number, message);
    if (this.#parts.isCustody) this.#names.set(number, message);
  }

  /** The record of the message of the current request; the same object if the message is submitted again. */
  #askedFor(): FollowedMessage {
    const name = this.#asked as string;
    const message = this.#messages.get(name) ?? newMessage();
    this.#messages.set(name, message);
    return message;
  }

  #created(holding: Holding, key: number, number: number | undefined): void {
    if (number === undefined) return;
    // A node that sends at once reports the packet before it reports that it accepted the message.
    const message = holding.sending.get(number) ?? this.#accept(holding, number);
    if (message === undefined) return;
    message.holds += 1;
    this.#sent(key, message, holding.name);
  }

  /** Records a packet under this key, for which the caller has already increased `holds` of its message. */
  #sent(key: number, message: FollowedMessage, from: string): void {
    if (this.#parts.isCarried) {
      this.#given(key, message, from);
      return;
    }
    const known = this.#copies.get(key);
    if (known?.message === message && !isPacketCopyGone(known)) {
      // A second copy under the same key: all copies of a packet count as one in `holds`.
      known.onLink += 1;
      message.holds -= 1;
      return;
    }
    const copy: PacketCopy = { ...newPacketCopy(message, -1), onLink: 1 };
    this.#copies.set(key, copy);
    const early = this.#early;
    if (early?.key !== key || early.loss.atNs !== this.#parts.world.now()) return;
    this.#early = undefined;
    this.#lostOnLink(copy, early.loss);
  }

  /** Records that a node has given the packet to a carrier. */
  #given(key: number, message: FollowedMessage, from: string): void {
    releaseMessageHold(message, undefined);
    message.carried = this.#loss(LEFT_IN_CARRIER, from);
    if (this.#copies.get(key)?.message === message) return;
    this.#copies.set(key, newPacketCopy(message, -1));
  }

  #settled(
    { name, sending, done }: Holding,
    number: number,
    how: 'acknowledged' | 'abandoned' | 'sent' | 'dropped',
  ): void {
    const message = sending.get(number);
    if (message === undefined) return;
    sending.delete(number);
    if (!this.#parts.isCarrier) done.set(number, message);
    // Without custody, a recipient acknowledges whatever bytes it got, even if they were changed on the way.
    const lie = this.#parts.isCustody ? 'false-acknowledgement' : 'corrupted';
    if (how === 'acknowledged') message.confirmed = this.#loss(lie, name);
    if (how === 'abandoned') message.givenUp = this.#loss('message-abandoned', name);
    releaseMessageHold(message, how === 'dropped' ? this.#reasonAt(name) : undefined);
  }

  #arrived(node: number, key: number): void {
    (this.#holdings[node] as Holding).inside += 1;
    const copy = this.#copies.get(key) ?? this.#foundInside(node, key);
    if (copy === undefined) return;
    if (this.#parts.isCarried) recordCarrierArrival(copy, node);
    if (copy.untold > 0) copy.untold -= 1;
    else if (copy.onLink > 0) copy.onLink -= 1;
    copy.inside.add(node);
  }

  /** The packet of a message that a node found on its disk after a crash; undefined if unknown. */
  #foundInside(node: number, key: number): PacketCopy | undefined {
    const holding = this.#holdings[node] as Holding;
    const message = holding.earlierInside.get(key);
    if (message === undefined) return undefined;
    holding.earlierInside.delete(key);
    message.holds += 1;
    message.loss = undefined;
    const copy = newPacketCopy(message, node);
    this.#copies.set(key, copy);
    return copy;
  }

  #departed(node: number, inKey: number, outKey: number): void {
    (this.#holdings[node] as Holding).inside -= 1;
    const copy = this.#copies.get(inKey);
    if (!copy?.inside.delete(node)) return;
    const { message } = copy;
    // From now on the node's copy counts under the new key; copies left under the old key still count there.
    if (isPacketCopyGone(copy)) this.#forget(inKey);
    else message.holds += 1;
    this.#sent(outKey, message, this.#parts.hosts[node] ?? '');
  }

  #copied(node: number, key: number, copyKey: number): void {
    const copy = this.#copies.get(key);
    if (!copy?.inside.has(node)) return;
    copy.message.holds += 1;
    this.#sent(copyKey, copy.message, this.#parts.hosts[node] ?? '');
  }

  #ended(node: number, key: number, how: 'delivered' | 'dropped' | 'absorbed'): void {
    const holding = this.#holdings[node] as Holding;
    holding.inside -= 1;
    const copy = this.#copies.get(key);
    if (!copy?.inside.has(node)) return;
    const loss = how === 'dropped' ? this.#reasonAt(holding.name) : undefined;
    const isRepeat = loss !== undefined && REPEATS.has(loss.reason);
    if (isRepeat && (!this.#parts.isCarried || copy.again > 0)) {
      copy.again = Math.max(0, copy.again - 1);
      return;
    }
    copy.inside.delete(node);
    // The carrier has handed the message over. If its application does not get it, the node has lost it.
    if (how === 'delivered') copy.message.carried = undefined;
    if (isRepeat) this.#copyGone(key, copy, undefined);
    else this.#copyGone(key, copy, how === 'absorbed' ? this.#loss(how, holding.name) : loss);
  }

  #kept(holding: Holding, key: number, copy: number): void {
    const message = this.#copies.get(key)?.message;
    holding.kept.set(copy, message);
    if (message === undefined) return;
    message.holds += 1;
    this.#names.set(copy, message);
  }

  #released(holding: Holding, copy: number): void {
    releaseConfirmed(holding.kept.get(copy), this.#loss('false-acknowledgement', holding.name));
    holding.kept.delete(copy);
  }

  #taken(holding: Holding, copy: number, how: 'held' | 'delivered' | 'dropped'): void {
    if (how === 'held') {
      const message = this.#names.get(copy);
      holding.held.set(copy, message);
      if (message !== undefined) message.holds += 1;
      return;
    }
    const isHeld = holding.held.has(copy);
    const message = isHeld ? holding.held.get(copy) : this.#names.get(copy);
    if (holding.held.delete(copy)) releaseMessageHold(message, undefined);
    if (message === undefined) return;
    // A delivered message stays delivered, whatever happens to the sender's copy.
    if (how === 'delivered') message.changed = this.#loss('corrupted', holding.name);
    else message.loss = this.#reasonAt(holding.name) ?? this.#loss('corrupted', holding.name);
  }

  /** Called when a link or node gives up a copy; if that was the last one, releases the message and the key. */
  #copyGone(key: number, copy: PacketCopy, loss: MessageLoss | undefined): void {
    if (!isPacketCopyGone(copy)) return;
    this.#forget(key);
    releaseMessageHold(copy.message, loss);
  }

  /** Forgets a packet of which no copy is left, unless a carrier has it and may deliver it once more. */
  #forget(key: number): void {
    if (!this.#parts.isCarried) this.#copies.delete(key);
  }

  #reasonAt(node: string): MessageLoss | undefined {
    const last = this.#lastDrop;
    const isOurs = last?.node === node && last.atNs === this.#parts.world.now();
    return isOurs ? last : this.#loss('dropped', node);
  }

  #loss(reason: string, node: string): MessageLoss {
    return { reason, node, atNs: this.#parts.world.now() };
  }

  #copyOn(direction: LinkDirectionView, packet: number): PacketCopy | undefined {
    if (this.#copies.size === 0) return undefined;
    const key = this.#keyOn(direction, packet);
    return key === undefined ? undefined : this.#copies.get(key);
  }

  #keyOn({ fromNode }: LinkDirectionView, packet: number): number | undefined {
    if (!this.#readers.has(fromNode)) {
      const name = this.#parts.hosts[fromNode];
      this.#readers.set(fromNode, name === undefined ? undefined : this.#parts.readerOf(name));
    }
    const bytes = this.#parts.world.packetBytes(packet);
    return this.#readers.get(fromNode)?.(bytes)?.key;
  }
}

const nameOf = (flow: number, sequence: number): string => `${flow} ${sequence}`;
