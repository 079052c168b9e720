/**
 * Turns the reports of nodes about their messages into the complete record (the truth): adds node and
 * time, and recognises a message although it has another identifier (key) on each link (ADR 0012).
 *
 * Created only if a scenario measures privacy; in other runs, nodes get no observer, which costs
 * nothing.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { MessagePurpose } from '../../engine/host/privacy.ts';
import type { MessageObserver, Protocol } from '../../engine/host/protocol.ts';
import {
  EVENT_ABSORBED,
  EVENT_ARRIVED,
  EVENT_CREATED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  EVENT_DROPPED,
  NO_NODE,
  PURPOSE_CONTENT,
  PURPOSE_COVER,
  PURPOSE_FOREIGN,
  PURPOSE_REACTION,
  type PurposeCode,
  type RunTruth,
} from '../../reports/privacy/truth/truth.ts';
import { TruthRecorder } from '../../reports/privacy/truth/truth-record.ts';
import { NumberMap } from '../traffic/number-map.ts';

/** What the observers of a run need. */
export interface MessageObserverParts {
  /** Names of all nodes. */
  readonly nodes: readonly string[];
  /** The lowest protocol of each node, which declares the kinds of messages. */
  readonly protocols: ReadonlyMap<string, Pick<Protocol, 'name' | 'messageKinds'>>;
  /** The run's clock, ns. */
  readonly now: () => number;
  /** Largest number of events; the default fits a minute at 5,000 messages a second. */
  readonly limit?: number;
}

const PLACES_AT_FIRST = 8_192;
const PURPOSES: Readonly<Record<MessagePurpose, PurposeCode>> = {
  content: PURPOSE_CONTENT,
  reaction: PURPOSE_REACTION,
  cover: PURPOSE_COVER,
};
const CODES = {
  delivered: EVENT_DELIVERED,
  absorbed: EVENT_ABSORBED,
  dropped: EVENT_DROPPED,
} as const;

/** The observers of all nodes of one run, and their common record. */
export class MessageObservers {
  readonly #parts: MessageObserverParts;
  readonly #record: TruthRecorder;
  readonly #indices: ReadonlyMap<string, number>;
  /** Number that identifies a message, by the key under which its node knows it now. */
  readonly #messages = new NumberMap();
  /** For each message: 1 + the index of the node that has it; 0 while it is on a link. */
  #places = new Uint16Array(PLACES_AT_FIRST);
  /**
   * For each message: number of copies that arrived while the original was inside a node. The next
   * drops of the message, as many as this, are drops of copies.
   */
  readonly #copies = new Map<number, number>();

  constructor(parts: MessageObserverParts) {
    this.#parts = parts;
    this.#record = new TruthRecorder(parts.nodes, parts.limit);
    this.#indices = new Map(parts.nodes.map((name, index) => [name, index]));
  }

  /** The observer passed to the node with this name. */
  of(node: string): MessageObserver {
    const index = this.#indices.get(node) ?? NO_NODE;
    const protocol = this.#parts.protocols.get(node);
    assert(protocol !== undefined, `${node} is no node of this run`);
    const purposeOf = purposesOf(protocol);
    return {
      created: (key, kind, recipient): void => {
        this.#created(index, key, { purpose: purposeOf(kind), recipient });
      },
      arrived: (key): void => this.#arrived(index, key),
      departed: (inKey, outKey): void => this.#departed(index, inKey, outKey),
      ended: (key, how): void => this.#ended(index, key, how),
    };
  }

  /** The number of the message that has this key on a link now; -1 if there is none. */
  messageOf(key: number): number {
    return this.#messages.get(key);
  }

  /** The name of the node that created the message; undefined if no node of the run did. */
  makerOf(key: number): string | undefined {
    const message = this.messageOf(key);
    return message < 0 ? undefined : this.#parts.nodes[this.#record.senderOf(message)];
  }

  /** Everything reported so far. */
  truth(): RunTruth {
    return this.#record.truth();
  }

  #created(
    node: number,
    key: number,
    { purpose, recipient }: { readonly purpose: PurposeCode; readonly recipient: string },
  ): void {
    if (this.#record.isFull) return;
    const to = this.#indices.get(recipient) ?? NO_NODE;
    const message = this.#record.open({ purpose, sender: node, recipient: to });
    this.#name(key, message);
    this.#note(EVENT_CREATED, message, node);
  }

  #arrived(node: number, key: number): void {
    if (this.#record.isFull) return;
    const known = this.#messages.get(key);
    if (known >= 0 && this.#places[known] !== 0) {
      this.#copies.set(key, (this.#copies.get(key) ?? 0) + 1);
      return;
    }
    const message = known >= 0 ? known : this.#foreign(key);
    this.#places[message] = node + 1;
    this.#note(EVENT_ARRIVED, message, node);
  }

  #departed(node: number, inKey: number, outKey: number): void {
    const message = this.#messages.get(inKey);
    if (message < 0 || this.#places[message] !== node + 1) return;
    this.#messages.delete(inKey);
    this.#messages.set(outKey, message);
    this.#places[message] = 0;
    this.#note(EVENT_DEPARTED, message, node);
  }

  #ended(node: number, key: number, how: 'delivered' | 'dropped' | 'absorbed'): void {
    const message = this.#messages.get(key);
    if (message < 0) return;
    const copies = this.#copies.size === 0 ? 0 : (this.#copies.get(key) ?? 0);
    if (how === 'dropped' && copies > 0) {
      this.#copies.set(key, copies - 1);
      return;
    }
    this.#messages.delete(key);
    this.#places[message] = 0;
    if (copies > 0) this.#copies.delete(key);
    this.#note(CODES[how], message, node);
  }

  /** Registers a message that no node of the run created; it is mixed with the others. */
  #foreign(key: number): number {
    const message = this.#record.open({
      purpose: PURPOSE_FOREIGN,
      sender: NO_NODE,
      recipient: NO_NODE,
    });
    this.#name(key, message);
    return message;
  }

  #name(key: number, message: number): void {
    this.#messages.set(key, message);
    if (message < this.#places.length) return;
    const larger = new Uint16Array(this.#places.length * 2);
    larger.set(this.#places);
    this.#places = larger;
  }

  #note(code: Parameters<TruthRecorder['add']>[0], message: number, node: number): void {
    this.#record.add(code, message, node, this.#parts.now());
  }
}

/** Looks up what the protocol of a node declares about a kind of message. */
function purposesOf({
  name,
  messageKinds = {},
}: Pick<Protocol, 'name' | 'messageKinds'>): (kind: string) => PurposeCode {
  const purposes = new Map(Object.entries(messageKinds));
  return (kind) => {
    const purpose = purposes.get(kind);
    assert(purpose !== undefined, `${name} declares no kind of message with the name ${kind}`);
    return PURPOSES[purpose];
  };
}

/** Combines several observers of one node; undefined if there is none. */
export function joinMessageObservers(all: readonly MessageObserver[]): MessageObserver | undefined {
  const [first] = all;
  if (all.length <= 1) return first;
  const tell = (say: (observer: MessageObserver) => void): void => {
    for (const observer of all) say(observer);
  };
  // `Required` makes a forgotten method fail to compile; reports to it would otherwise reach no
  // observer.
  const joined: Required<MessageObserver> = {
    accepted: (message): void => tell((one) => one.accepted?.(message)),
    created: (...what): void => tell((one) => one.created(...what)),
    arrived: (key): void => tell((one) => one.arrived(key)),
    departed: (inKey, outKey): void => tell((one) => one.departed(inKey, outKey)),
    copied: (key, copyKey): void => tell((one) => one.copied?.(key, copyKey)),
    ended: (key, how): void => tell((one) => one.ended(key, how)),
    settled: (message, how): void => tell((one) => one.settled?.(message, how)),
    kept: (key, copy): void => tell((one) => one.kept?.(key, copy)),
    released: (copy): void => tell((one) => one.released?.(copy)),
    taken: (copy, how): void => tell((one) => one.taken?.(copy, how)),
  };
  return joined;
}
