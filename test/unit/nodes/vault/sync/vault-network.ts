/**
 * Replicas of a vault in virtual time: machines with disks, and a network that delays, loses, doubles and cuts.
 *
 * @module
 */

import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { Random } from '../../../../../engine/host/random.ts';
import { equalBytes, toHex } from '../../../../../nodes/_kit/bytes.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import type { Item } from '../../../../../nodes/vault/changes.ts';
import { type VaultOptions, vaultConfig } from '../../../../../nodes/vault/config.ts';
import { ReceiptLog } from '../../../../../nodes/vault/receipt-log.ts';
import { Replica } from '../../../../../nodes/vault/replica.ts';
import { ReplicaTrace } from '../../../../../nodes/vault/replica-trace.ts';
import type { VaultEffect, VaultRequestKind } from '../../../../../nodes/vault/sync/effects.ts';
import { MESSAGE_ITEMS_BYTES } from '../../../../../nodes/vault/sync/geometry.ts';
import { VaultMachine } from '../../../../../nodes/vault/sync/machine.ts';
import {
  isEntryKey,
  restoreDecisions,
  restoreReplica,
  SNAPSHOT_KEY,
} from '../../../../../nodes/vault/sync/records.ts';
import { ReplicaTime } from '../../../../../nodes/vault/sync/replica-time.ts';

export const MS = 1_000_000;
export const S = 1_000_000_000;
const EPOCH_S = 1_700_000_000;
const VAULT_KEY = new Uint8Array(32).fill(3);
const DISK_NS = 2 * MS;

/** The cryptography of all replicas. */
export const crypto = createCryptoProvider('node');
const encoder = new TextEncoder();

/** What a network of replicas is made from. */
export interface NetworkPlan {
  readonly names: readonly string[];
  readonly seed?: bigint;
  /** One-way delay, ns. */
  readonly delayNs?: number;
  readonly loss?: number;
  readonly duplicates?: number;
  /** Which replicas exchange clocks with each other; by default all. */
  readonly peersOf?: (name: string) => readonly string[];
  /** How far the clock of a replica is ahead, seconds. */
  readonly aheadOf?: (name: string) => number;
  readonly options?: Record<string, unknown>;
  readonly passOn?: (name: string, items: readonly Item[]) => readonly Item[];
  readonly adoptsOthersTime?: boolean;
  /** Records states: see {@link VaultNetwork.states}. */
  readonly isTraced?: boolean;
}

/** The answer to a request. */
export interface Answer {
  readonly outcome: string;
  readonly text: string;
}

interface Disk {
  log: Uint8Array[];
  table: Map<string, Uint8Array>;
}

interface Node {
  readonly name: string;
  machine: VaultMachine<string>;
  replica: Replica;
  /** What survives a crash, and what is written since. */
  durable: Disk;
  written: Disk;
  isFailing: boolean;
  /** Changes with each restart, so that what was under way is lost. */
  life: number;
}

interface Event {
  readonly at: number;
  readonly act: () => void;
}

/** Replicas of one vault, and the time in which they live. */
export class VaultNetwork {
  now = 0;
  readonly drops: string[] = [];
  readonly counts = new Map<string, number>();
  readonly measured = new Map<string, number[]>();
  readonly answers = new Map<string, Answer>();
  readonly told: string[] = [];
  readonly warnings: string[] = [];
  /** Operations of which their replicas said that all have them. */
  readonly converged = new Set<string>();
  /** Numbers of unconfirmed erasures, as they were reported. */
  readonly unconfirmed: number[] = [];
  /** The states that replicas have traced, by replica and machine. */
  readonly states = new Map<string, Map<string, string>>();
  /** Messages by kind of their first field, with their length. */
  readonly sent: { readonly from: string; readonly to: string; readonly bytes: Uint8Array }[] = [];
  #isCut: (from: string, to: string) => boolean = () => false;
  readonly #plan: NetworkPlan;
  readonly #random: Random;
  readonly #nodes = new Map<string, Node>();
  #events: Event[] = [];
  #asked = 0;

  constructor(plan: NetworkPlan) {
    this.#plan = plan;
    this.#random = openRandomStream(plan.seed ?? 1n, 'network', 'test');
    for (const name of plan.names) {
      const durable: Disk = { log: [], table: new Map() };
      const node = { name, durable, written: copyDisk(durable), isFailing: false, life: 0 };
      this.#nodes.set(name, { ...node, ...this.#made(name, node.written) });
    }
    for (const name of plan.names) this.#step(name, { kind: 'start' });
  }

  /** Cuts the ways for which this is true, and no others. */
  cut(isCut: (from: string, to: string) => boolean): void {
    this.#isCut = isCut;
  }

  /** Cuts no way any more. */
  heal(): void {
    this.#isCut = (): boolean => false;
  }

  replica(name: string): Replica {
    return this.#node(name).replica;
  }

  machine(name: string): VaultMachine<string> {
    return this.#node(name).machine;
  }

  /** Puts a request. @returns the key of its answer in {@link answers}. */
  ask(name: string, kind: VaultRequestKind, target: string, text = ''): string {
    this.#asked += 1;
    const asker = `${name} ${this.#asked}`;
    const request = { kind, target, body: encoder.encode(text) };
    this.#step(name, { kind: 'request', request, asker });
    return asker;
  }

  cancel(asker: string): void {
    const [name = ''] = asker.split(' ');
    this.#step(name, { kind: 'cancel', asker });
  }

  /** The carrier of a replica reports a way. */
  way(name: string, peer: string, isOpen: boolean): void {
    this.#step(name, { kind: 'way', peer, isOpen });
  }

  /** A message comes to a replica that no replica has sent. */
  message(from: string, to: string, bytes: Uint8Array): void {
    this.#step(to, { kind: 'message', from, bytes });
  }

  /** Writes of the disk fail, or work again. */
  fail(name: string, isFailing: boolean): void {
    this.#node(name).isFailing = isFailing;
  }

  /** Kills a replica and starts it again with what its disk has. */
  crash(name: string): void {
    const node = this.#node(name);
    node.life += 1;
    node.written = copyDisk(node.durable);
    Object.assign(node, this.#made(name, node.written));
    this.#step(name, { kind: 'start' });
  }

  /** What the disk of a replica has. */
  image(name: string): Disk {
    return copyDisk(this.#node(name).durable);
  }

  /** Kills a replica and starts it again with this disk. */
  restore(name: string, image: Disk): void {
    this.#node(name).durable = copyDisk(image);
    this.crash(name);
  }

  /** All bytes on the disk of a replica. */
  disk(name: string): readonly Uint8Array[] {
    const { durable } = this.#node(name);
    return [
      ...durable.log,
      ...durable.table.values(),
      ...[...durable.table.keys()].map((key) => encoder.encode(key)),
    ];
  }

  /** Lets time pass. */
  run(ns: number): void {
    const end = this.now + ns;
    for (;;) {
      const event = this.#next();
      if (event === undefined || event.at > end) break;
      this.#events = this.#events.filter((one) => one !== event);
      this.now = Math.max(this.now, event.at);
      event.act();
    }
    this.now = end;
  }

  /** True if all replicas have the same state, by bytes. */
  isEqual(): boolean {
    const [first, ...others] = [...this.#nodes.values()].map(({ replica }) => replica.stateBytes());
    return first !== undefined && others.every((bytes) => equalBytes(first, bytes));
  }

  #next(): Event | undefined {
    let next: Event | undefined;
    for (const event of this.#events) if (next === undefined || event.at < next.at) next = event;
    for (const { name, machine } of this.#nodes.values()) {
      const at = machine.nextAt();
      if (at < (next?.at ?? Number.POSITIVE_INFINITY)) {
        next = { at, act: (): void => this.#step(name, TIMER_DUE) };
      }
    }
    return next;
  }

  #node(name: string): Node {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`no replica ${name}`);
    return node;
  }

  #made(name: string, disk: Disk): Pick<Node, 'machine' | 'replica'> {
    const { names, peersOf, aheadOf, options, passOn, adoptsOthersTime = true } = this.#plan;
    const parsed: VaultOptions = vaultConfig.parse({ consent: { trusted: 'all' }, ...options });
    const keys = new Map(names.map((one) => [one, crypto.ed25519PublicKey(secretOf(one))]));
    const random = openRandomStream(this.#plan.seed ?? 1n, name, `life ${this.now}`);
    const replica = new Replica({
      vaultId: parsed.vault,
      actor: name,
      actors: keys,
      secretKey: secretOf(name),
      vaultKey: VAULT_KEY,
      crypto,
      randomBytes: (count): Uint8Array =>
        Uint8Array.from({ length: count }, () => random.below(256)),
      logMax: parsed.log,
    });
    const get = (key: string): Uint8Array | undefined => disk.table.get(key);
    const replay = (visit: (record: Uint8Array) => void): void => {
      for (const record of disk.log) visit(record);
    };
    const { own: restored } = restoreReplica(replica, { get, replay }, name);
    for (const key of [...disk.table.keys()]) {
      if (isEntryKey(key) && replica.keyOf(key) === undefined) disk.table.delete(key);
    }
    const machine = new VaultMachine<string>({
      own: name,
      actors: keys,
      options: parsed,
      peers: (peersOf?.(name) ?? names).filter((peer) => peer !== name),
      replica,
      receipts: new ReceiptLog({ vaultId: parsed.vault, secretKey: secretOf(name), crypto }),
      time: new ReplicaTime(
        { seconds: EPOCH_S + (aheadOf?.(name) ?? 0) + Math.floor(this.now / S), nanos: 0 },
        this.now,
        random.u32(),
        names.length - 1,
      ),
      random,
      restored,
      decided: restoreDecisions({
        get,
        keys: ({ prefix = '' } = {}) =>
          [...disk.table.keys()].filter((key) => key.startsWith(prefix)),
      }),
      sha256: (bytes): Uint8Array => crypto.sha256(bytes),
      adoptsOthersTime,
      itemsBytesMax: MESSAGE_ITEMS_BYTES,
      passOn: (items): readonly Item[] => passOn?.(name, items) ?? items,
      ...(this.#plan.isTraced ? { trace: this.#trace(name, parsed.vault) } : {}),
    });
    return { machine, replica };
  }

  #trace(name: string, vault: string): ReplicaTrace {
    const states = new Map<string, string>();
    this.states.set(name, states);
    const trace = {
      isRecorded: true,
      state: (machine: string, state: string): unknown => states.set(machine, state),
      span: (): (() => void) => nothing,
      mark: nothing,
    };
    return new ReplicaTrace({ trace }, vault);
  }

  #step(name: string, input: Parameters<VaultMachine<string>['step']>[1]): void {
    const node = this.#node(name);
    for (const effect of node.machine.step(this.now, input)) this.#perform(node, effect);
  }

  #perform(node: Node, effect: VaultEffect<string>): void {
    const { written } = node;
    switch (effect.kind) {
      case 'send':
        this.#send(node, effect);
        return;
      case 'append':
        written.log.push(effect.record);
        return;
      case 'rewrite':
        written.table.set(SNAPSHOT_KEY, effect.snapshot);
        written.log = [];
        return;
      case 'put':
        written.table.set(effect.key, effect.value);
        return;
      case 'forget':
        written.table.delete(effect.key);
        return;
      case 'sync':
        this.#sync(node);
        return;
      case 'answer':
        this.answers.set(effect.asker, {
          outcome: effect.outcome,
          text: new TextDecoder().decode(effect.body),
        });
        return;
      case 'more':
        this.told.push(new TextDecoder().decode(effect.body));
        return;
      case 'drop':
        this.drops.push(effect.reason);
        return;
      case 'count':
        this.counts.set(effect.metric, (this.counts.get(effect.metric) ?? 0) + effect.by);
        return;
      case 'measure':
        this.measured.set(effect.metric, [
          ...(this.measured.get(effect.metric) ?? []),
          effect.value,
        ]);
        return;
      case 'published':
        return;
      case 'converged':
        this.converged.add(`${node.name} ${effect.sequence}`);
        return;
      case 'unconfirmed':
        this.unconfirmed.push(effect.count);
        return;
      case 'warn':
        this.warnings.push(effect.text);
        return;
      case 'receipt':
      case 'receipts':
    }
  }

  #sync(node: Node): void {
    const { life, isFailing } = node;
    const disk = copyDisk(node.written);
    this.#events.push({
      at: this.now + DISK_NS,
      act: (): void => {
        if (life !== node.life) return;
        if (!isFailing) node.durable = disk;
        this.#step(node.name, { kind: 'synced', isDurable: !isFailing });
      },
    });
  }

  /** Sends like a carrier of best effort: it has delivered what it has sent. */
  #send(node: Node, effect: Extract<VaultEffect<string>, { kind: 'send' }>): void {
    const { to, bytes, what } = effect;
    const from = node.name;
    const { life } = node;
    const settle = (): void => {
      if (life === node.life)
        this.#step(from, { kind: 'settled', peer: to, what, isDelivered: true });
    };
    this.#events.push({ at: this.now, act: settle });
    const { delayNs = 5 * MS, loss = 0, duplicates = 0 } = this.#plan;
    this.sent.push({ from, to, bytes });
    const copies = this.#random.chance(duplicates) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#isCut(from, to) || this.#random.chance(loss)) continue;
      const at = this.now + delayNs + Math.floor(this.#random.uniform() * delayNs);
      this.#events.push({ at, act: (): void => this.message(from, to, bytes) });
    }
  }
}

function nothing(): void {
  // No test reads spans or marks.
}

function secretOf(name: string): Uint8Array {
  return crypto.sha256(encoder.encode(`secret of ${name}`));
}

function copyDisk({ log, table }: Disk): Disk {
  return { log: [...log], table: new Map(table) };
}

/** True if `bytes` contains `part`. */
export function hasBytes(bytes: Uint8Array, part: Uint8Array): boolean {
  return toHex(bytes).includes(toHex(part));
}
