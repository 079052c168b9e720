/**
 * Nodes with groups, joined without a network: messages arrive once, in any order, or their sender
 * hears at the deadline that they did not; disks lose what no sync has confirmed.
 *
 * @module
 */
import type { CalendarTime } from '../../../../../engine/host/time.ts';
import { DeadlineHeap } from '../../../../../nodes/_kit/deadlines.ts';
import { TIMER_DUE, type TimerDue } from '../../../../../nodes/_kit/machine.ts';
import type { GroupDropReason } from '../../../../../nodes/fabric/groups/drops.ts';
import type {
  GroupEvent,
  GroupRequestOutcome,
  GroupsEffect,
  GroupsInput,
} from '../../../../../nodes/fabric/groups/effects.ts';
import { GroupsMachine } from '../../../../../nodes/fabric/groups/machine.ts';
import {
  decodeNumberAnswer,
  type GroupId,
  type GroupRequest,
  type GroupStatus,
} from '../../../../../nodes/fabric/groups/requests.ts';
import { type Draw, draws } from '../../../../fixtures/draws.ts';

const MS = 1_000_000;
export const SECOND = 1_000_000_000;
/** 2026-01-01T00:00:00Z. */
const EPOCH_S = 1_767_225_600;
/** Deliveries and syncs that nothing delays take at most this long, ms. */
const USUAL_MS = 200;

type Input = GroupsInput<number> | TimerDue;

interface Mail {
  readonly to: string;
  readonly from: string;
  readonly bytes: Uint8Array;
  readonly endNs: number;
  readonly token: number;
  readonly life: number;
  isOver: boolean;
}

interface Answer {
  readonly outcome: GroupRequestOutcome;
  readonly number: number | undefined;
}

interface Write {
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

class Node {
  readonly disk = new Map<string, Uint8Array>();
  writes: Write[] = [];
  machine: GroupsMachine<number> | undefined;
  life = 0;

  /** So many writes have reached the disk. */
  keep(count: number): void {
    for (const { key, value } of this.writes.splice(0, count)) {
      if (value === undefined) this.disk.delete(key);
      else this.disk.set(key, value);
    }
  }
}

/** See the module. */
export class World {
  readonly #nodes = new Map<string, Node>();
  readonly #queue = new DeadlineHeap<() => void>();
  readonly #mails = new Map<number, Mail>();
  readonly #answers = new Map<number, Answer>();
  readonly draw: Draw;
  readonly drops: GroupDropReason[] = [];
  readonly told: {
    readonly node: string;
    readonly group: GroupId;
    readonly event: GroupEvent;
  }[] = [];
  /** All messages that were ever sent. */
  readonly sent: Pick<Mail, 'from' | 'to' | 'bytes'>[] = [];
  /** Links on which nothing arrives, as `from>to`. */
  readonly cut = new Set<string>();
  /** One of so many syncs fails; 0: none. */
  everyFailed = 0;
  /** One of so many messages takes up to 100 s. */
  everySlow = 0;
  now = 0;
  #asked = 0;
  #mailed = 0;

  constructor(names: readonly string[], seed = 1) {
    this.draw = draws(seed);
    for (const name of names) {
      this.#nodes.set(name, new Node());
      this.start(name);
    }
  }

  start(name: string): void {
    const node = this.#node(name);
    if (node.machine !== undefined) return;
    node.life += 1;
    node.machine = new GroupsMachine<number>({
      own: name,
      clock: (): CalendarTime => ({
        seconds: EPOCH_S + Math.floor(this.now / SECOND),
        nanos: this.now % SECOND,
      }),
      records: [...node.disk],
    });
    this.step(name, { kind: 'start' });
    for (const [id, mail] of this.#mails)
      if (mail.to === name && !mail.isOver) this.#carry(id, mail);
  }

  /** A node loses what is not on its disk; half of the messages that it has sent are lost with it. */
  crash(name: string): void {
    const node = this.#node(name);
    node.keep(this.draw(node.writes.length + 1));
    node.writes = [];
    node.machine = undefined;
    for (const mail of this.#mails.values()) {
      if (mail.from === name && this.draw(2) === 0) mail.isOver = true;
    }
  }

  isUp(name: string): boolean {
    return this.#node(name).machine !== undefined;
  }

  machine(name: string): GroupsMachine<number> {
    const { machine } = this.#node(name);
    if (machine === undefined) throw new Error(`${name} does not run`);
    return machine;
  }

  shown(name: string, group: GroupId): GroupStatus | undefined {
    return this.machine(name).shown(group);
  }

  /** What the disk of a node has. */
  records(name: string): readonly (readonly [string, Uint8Array])[] {
    return [...this.#node(name).disk];
  }

  /** Keys on the disk of a node, with what no sync has confirmed. */
  keys(name: string): readonly string[] {
    const node = this.#node(name);
    const keys = new Set(node.disk.keys());
    for (const { key, value } of node.writes) {
      if (value === undefined) keys.delete(key);
      else keys.add(key);
    }
    return [...keys].toSorted();
  }

  /** Asks a node. @returns what reads the answer once there is one. */
  ask(name: string, request: GroupRequest): () => Answer | undefined {
    this.#asked += 1;
    const token = this.#asked;
    this.step(name, { kind: 'request', request, token });
    return (): Answer | undefined => this.#answers.get(token);
  }

  /** Asks, and waits for the answer. */
  askNow(name: string, request: GroupRequest): Answer {
    const answer = this.ask(name, request);
    while (answer() === undefined && this.#queue.size > 0) this.#next();
    return answer() ?? { outcome: 'no-answer', number: undefined };
  }

  /** Founds a group of these nodes, the first of which owns it, and waits until all are in it. */
  found(names: readonly string[]): GroupId {
    const [owner = '', ...members] = names;
    const { number = 0 } = this.askNow(owner, { kind: 'create', members });
    this.run(10 * SECOND);
    return { owner, number };
  }

  /** Lets so much time pass. */
  run(forNs: number): void {
    const endNs = this.now + forNs;
    while ((this.#queue.nextAt ?? Number.POSITIVE_INFINITY) <= endNs) this.#next();
    this.now = endNs;
  }

  step(name: string, input: Input): readonly GroupsEffect<number>[] {
    const node = this.#node(name);
    const { machine, life } = node;
    if (machine === undefined) return [];
    const effects = machine.step(this.now, input);
    for (const effect of effects) this.#perform(name, node, effect);
    const at = machine.nextAt();
    if (at < Number.POSITIVE_INFINITY) {
      this.#at(at, () => {
        if (node.life === life && machine.nextAt() <= this.now) this.step(name, TIMER_DUE);
      });
    }
    return effects;
  }

  /** Brings bytes to a node in the name of another one. */
  forge(from: string, to: string, bytes: Uint8Array): readonly GroupsEffect<number>[] {
    return this.step(to, { kind: 'message', from, bytes, token: 0 });
  }

  #perform(name: string, node: Node, effect: GroupsEffect<number>): void {
    switch (effect.kind) {
      case 'put':
        node.writes.push({ key: effect.key, value: effect.value });
        return;
      case 'erase':
        node.writes.push({ key: effect.key, value: undefined });
        return;
      case 'sync':
        this.#sync(name, node);
        return;
      case 'drop':
        this.drops.push(effect.reason);
        return;
      case 'tell':
        this.told.push({ node: name, group: effect.group, event: effect.event });
        return;
      case 'answer': {
        const number = effect.body && decodeNumberAnswer(effect.body);
        this.#answers.set(effect.token, { outcome: effect.outcome, number });
        return;
      }
      case 'send':
        this.#post(name, node, effect);
        return;
      case 'handled': {
        const mail = this.#mails.get(effect.token);
        if (mail !== undefined) this.#over(effect.token, mail, true);
      }
    }
  }

  #sync(name: string, node: Node): void {
    const { life } = node;
    const count = node.writes.length;
    const isDurable = this.everyFailed === 0 || this.draw(this.everyFailed) > 0;
    this.#after(this.draw(USUAL_MS) * MS, () => {
      if (node.life !== life || node.machine === undefined) return;
      if (isDurable) node.keep(count);
      this.step(name, { kind: 'synced', isDurable });
    });
  }

  #post(
    from: string,
    { life }: Node,
    { to, bytes, lifetimeNs, token }: Extract<GroupsEffect<number>, { kind: 'send' }>,
  ): void {
    this.#mailed += 1;
    const id = this.#mailed;
    const mail: Mail = {
      from,
      to,
      bytes,
      token,
      life,
      endNs: this.now + lifetimeNs,
      isOver: false,
    };
    this.sent.push(mail);
    this.#mails.set(id, mail);
    this.#at(mail.endNs, () => this.#over(id, mail, false));
    this.#carry(id, mail);
  }

  /** Tries until the message is there, or its time is over. */
  #carry(id: number, mail: Mail): void {
    const isSlow = this.everySlow > 0 && this.draw(this.everySlow) === 0;
    this.#after(this.draw(isSlow ? 100_000 : USUAL_MS) * MS, () => {
      if (mail.isOver || this.now >= mail.endNs) return;
      const { from, to, bytes } = mail;
      if (this.cut.has(`${from}>${to}`)) this.#carry(id, mail);
      else if (this.#nodes.has(to)) this.step(to, { kind: 'message', from, bytes, token: id });
    });
  }

  #over(id: number, mail: Mail, isDelivered: boolean): void {
    if (mail.isOver) return;
    mail.isOver = true;
    this.#mails.delete(id);
    const { from, token, life } = mail;
    this.#after(this.draw(USUAL_MS) * MS, () => {
      const isSameLife = this.#node(from).life === life;
      if (isSameLife) this.step(from, { kind: 'sent', token, isDelivered });
    });
  }

  #node(name: string): Node {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`there is no ${name}`);
    return node;
  }

  #after(waitNs: number, act: () => void): void {
    this.#at(this.now + waitNs, act);
  }

  #at(at: number, act: () => void): void {
    this.#queue.add(at, act);
  }

  #next(): void {
    this.now = Math.max(this.now, this.#queue.nextAt ?? 0);
    this.#queue.takeDue(this.now)?.();
  }
}
