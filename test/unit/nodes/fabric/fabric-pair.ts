/** Two machines of fabric, joined by a bad wire without a world, on simulated disks. */
import { openRandomStream, type RandomStream } from '../../../../engine/core/stream.ts';
import type { CalendarTime } from '../../../../engine/host/time.ts';
import type { CarrierGuarantees } from '../../../../engine/host/transport.ts';
import { SimDisk, SimStore, type StoreFault } from '../../../../engine/net/sim-store.ts';
import { readUint32, toHex, writeUint32 } from '../../../../nodes/_kit/bytes.ts';
import { DurableCounter } from '../../../../nodes/_kit/reserved-counter.ts';
import { StateMachineRunner } from '../../../../nodes/_kit/shell.ts';
import { type Behaviour, CORRECT_BEHAVIOUR } from '../../../../nodes/fabric/behaviour.ts';
import type { PeerEffect, PeerInput } from '../../../../nodes/fabric/effects.ts';
import {
  MEMORY_NAME_BYTES,
  RESERVED_NUMBERS_PER_WRITE,
} from '../../../../nodes/fabric/geometry.ts';
import { outgoingRecordKeyPrefix } from '../../../../nodes/fabric/outgoing/sender.ts';
import { answeredCallsKey, inboxRecordKey, PeerMachine } from '../../../../nodes/fabric/peer.ts';
import type { PeerMachineOptions } from '../../../../nodes/fabric/peer-parts.ts';
import { decodePacket, type FabricPacket } from '../../../../nodes/fabric/wire.ts';
import { LossyWire } from '../../../fixtures/lossy-wire.ts';
import { VirtualClock } from '../../../fixtures/virtual-clock.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const EPOCH_S = 1_767_225_600;
const SYNC_NS = 2 * MS;
const LOSSY: CarrierGuarantees = { maxBytes: 1_200, delivery: 'best-effort', isOrdered: false };
const CUSTODY: CarrierGuarantees = { maxBytes: 65_536, delivery: 'custody', isOrdered: false };

/** How the wire and the disks are. */
export interface PairTrouble {
  readonly seed: number;
  readonly loss: number;
  readonly duplication: number;
  /** Chance that a write to a disk fails. */
  readonly failedSyncs: number;
  readonly options?: Partial<PeerMachineOptions>;
  readonly behaviour?: Behaviour;
  /** Over a carrier that promises to deliver what it takes; the wire loses nothing then. */
  readonly isCustody?: boolean;
}

export type Name = 'alice' | 'bob';
const OTHER = { alice: 'bob', bob: 'alice' } as const;

/** A message that was handed to its handler. */
export interface Handed {
  readonly text: string;
  readonly isAgain: boolean;
}

/** One of the two, over all its lives. */
export class End {
  readonly handed: Handed[] = [];
  /** Calls whose effect is on the disk, by id. */
  readonly effects: string[] = [];
  /** Numbers of messages that were over, in any life. */
  readonly settled = new Set<number>();
  /** Requests that were answered. */
  readonly told: string[] = [];
  /** Outcomes of each message, by its text: after a crash, the same may be found once more. */
  readonly outcomes = new Map<string, string[]>();
  /** Requests that the disk knew, by their number, so that a crash may not lose them. */
  readonly kept = new Set<number>();
  readonly answers = new Map<string, string>();
  readonly drops = new Map<string, number>();
  isUp = false;
  /** Sends inputs to the machine of the present life. */
  take: (input: PeerInput<string>) => void = () => undefined;
  #machine: PeerMachine<string> | undefined;
  #disk = new SimDisk();
  readonly #name: Name;
  readonly #pair: FabricPair;
  #store: SimStore | undefined;
  #life = 0;

  constructor(name: Name, pair: FabricPair) {
    this.#name = name;
    this.#pair = pair;
  }

  get open(): number {
    return this.#machine?.holding ?? 0;
  }

  /** A life begins: it is counted on disk before anything else. */
  start(): void {
    this.isUp = true;
    const { clock, random } = this.#pair;
    const life = this.#life;
    const isAlive = (): boolean => life === this.#life;
    const store = new SimStore(this.#disk, (call) => {
      clock.after(SYNC_NS, () => isAlive() && call());
    });
    this.#store = store;
    const memory =
      store.get('memory') ?? new Uint8Array(MEMORY_NAME_BYTES).map(() => random.below(256));
    store.put('memory', memory);
    const count = new Uint8Array(4);
    writeUint32(count, 0, 1 + readUint32(store.get('life') ?? new Uint8Array(4), 0));
    store.put('life', count);
    store.sync(() => this.#begin(store, memory, readUint32(count, 0), isAlive));
  }

  crash(fault: StoreFault): void {
    this.isUp = false;
    this.#life += 1;
    this.#store?.end();
    this.take = (): void => undefined;
    this.#machine = undefined;
    this.#disk.crash(fault, this.#pair.random);
  }

  /** A crash after which the disk is a new one. */
  loseDisk(): void {
    this.crash('synced');
    this.#disk = new SimDisk();
  }

  #begin(store: SimStore, memory: Uint8Array, life: number, isAlive: () => boolean): void {
    const { clock, random, options } = this.#pair;
    const peer = OTHER[this.#name];
    const counter = new DurableCounter({
      store,
      key: `next/${peer}`,
      reserve: RESERVED_NUMBERS_PER_WRITE,
      onSync: (): void => this.take({ kind: 'numbers' }),
    });
    const numbers = {
      take: (): number | undefined => counter.take(1),
      get next(): number {
        return Math.max(1, counter.next);
      },
    };
    const machine = new PeerMachine<string>(
      {
        ...{ own: this.#name, peer, isPrivate: false, memory, life, options, numbers, random },
        behaviour: this.#pair.behaviour,
        carriers: [this.#pair.isCustody ? CUSTODY : LOSSY],
        clock: (): CalendarTime => ({
          seconds: EPOCH_S + Math.floor(clock.nowNs / SECOND),
          nanos: clock.nowNs % SECOND,
        }),
        records: store
          .keys({ prefix: outgoingRecordKeyPrefix(peer) })
          .map((key) => [key, store.get(key) ?? new Uint8Array(0)]),
        answeredRecord: store.get(answeredCallsKey(peer)),
        inboxRecord: store.get(inboxRecordKey(peer)),
        isOutside: (kind): boolean => kind === 'message',
      },
      clock.nowNs,
    );
    this.#machine = machine;
    const shell = new StateMachineRunner<PeerInput<string>, PeerEffect<string>>(
      clock,
      machine,
      (effect) => {
        if (isAlive()) this.#perform(effect, store);
      },
    );
    this.take = (input): void => {
      if (isAlive()) shell.take(input);
    };
    this.take({ kind: 'numbers' });
  }

  #perform(effect: PeerEffect<string>, store: SimStore): void {
    switch (effect.kind) {
      case 'send':
        this.#pair.carry(OTHER[this.#name], effect.bytes);
        if (effect.token !== undefined)
          this.take({ kind: 'answered', way: 0, token: effect.token, outcome: 'ok' });
        return;
      case 'put':
        store.put(effect.key, effect.value);
        return;
      case 'erase':
        store.delete(effect.key);
        return;
      case 'sync':
        this.#sync(store);
        return;
      case 'hand': {
        const { number, kind, payload, isAgain } = effect.arrival;
        this.handed.push({ text: textOf(payload), isAgain });
        if (kind === 'call')
          this.take({
            kind: 'handled',
            number,
            answer: { kind: 'reply', payload: payload.slice().reverse() },
          });
        else this.take({ kind: 'handled', number });
        return;
      }
      case 'kept':
        if (effect.messageKind === 'call' || effect.messageKind === 'message')
          this.kept.add(effect.number);
        return;
      case 'effected': {
        const call = toHex(effect.call);
        // Found again after a crash, it is the same effect.
        if (effect.how === 'written' || !this.effects.includes(call)) this.effects.push(call);
        return;
      }
      case 'settled': {
        const { number, payload, outcome, body, request } = effect.settlement;
        this.settled.add(number);
        const text = textOf(payload);
        if (text === '') return;
        if (request !== undefined) this.told.push(text);
        this.outcomes.set(text, [...(this.outcomes.get(text) ?? []), outcome]);
        if (body !== undefined) this.answers.set(text, textOf(body.slice().reverse()));
        return;
      }
      case 'drop':
        this.drops.set(effect.reason, (this.drops.get(effect.reason) ?? 0) + 1);
        return;
      case 'accepted':
      case 'forgotten':
      case 'remembered':
      case 'count':
      case 'reach':
      case 'switched':
    }
  }

  #sync(store: SimStore): void {
    const { random, failedSyncs, clock } = this.#pair;
    if (random.chance(failedSyncs)) {
      clock.after(SYNC_NS, () => this.take({ kind: 'synced', isDurable: false }));
    } else store.sync((error) => this.take({ kind: 'synced', isDurable: error === undefined }));
  }
}

/** Both, and the wire between them. */
export class FabricPair {
  readonly clock = new VirtualClock();
  readonly random: RandomStream;
  readonly options: PeerMachineOptions;
  readonly behaviour: Behaviour;
  readonly wire: LossyWire;
  readonly alice: End;
  readonly bob: End;
  readonly isCustody: boolean;
  failedSyncs: number;
  isCut = false;
  /** Sees each packet; false if it is lost. */
  see: (to: Name, packet: FabricPacket, bytes: Uint8Array) => boolean = () => true;

  constructor(trouble: PairTrouble) {
    const {
      seed,
      failedSyncs,
      options,
      behaviour = CORRECT_BEHAVIOUR,
      isCustody = false,
    } = trouble;
    this.behaviour = behaviour;
    this.random = openRandomStream(seed, 'fabric', 'pair');
    this.isCustody = isCustody;
    const usual = { queue: 1_000, outbox: 'durable', order: 'arrival', packet: 1_200 } as const;
    this.options = { ...usual, ...options };
    const { loss, duplication } = trouble;
    const ofWire = { loss, duplication, leastNs: 10 * MS, mostNs: 40 * MS };
    this.wire = new LossyWire(this.clock, this.random, ofWire);
    this.failedSyncs = failedSyncs;
    this.alice = new End('alice', this);
    this.bob = new End('bob', this);
    this.alice.start();
    this.bob.start();
  }

  carry(to: Name, bytes: Uint8Array): void {
    const packet = decodePacket(bytes);
    if (typeof packet === 'string') throw new Error(`a node has sent a packet that is ${packet}`);
    if (this.isCut || !this.see(to, packet, bytes)) return;
    this.wire.carry(bytes, (copy) => this.bring(to, copy));
  }

  /** Somebody sends a packet in the name of the other one. */
  bring(to: Name, bytes: Uint8Array): void {
    this[to].take({ kind: 'packet', way: 0, bytes });
  }
}

/** What a payload says: its first bytes, up to a zero. */
function textOf(payload: Uint8Array): string {
  const end = payload.indexOf(0);
  return new TextDecoder().decode(end < 0 ? payload : payload.subarray(0, end));
}

/** A payload of some length that says a text. */
export function payloadOf(text: string, length: number): Uint8Array {
  const payload = new Uint8Array(Math.max(length, text.length + 1));
  payload.set(new TextEncoder().encode(text));
  return payload;
}
