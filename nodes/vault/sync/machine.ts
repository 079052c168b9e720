/**
 * Vault: the machine of one replica: answers requests, and writes what it takes to disk before anybody hears of it.
 *
 * One write runs at a time. Requests that come during a write wait for its end: an operation of this replica that is
 * told before the disk has it would be made a second time after a crash, with the same number.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { toHex } from '../../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import type { Item } from '../changes.ts';
import { isVaultText } from '../new-operations.ts';
import type { ReceiptsHead } from '../wire.ts';
import type { VaultEffect, VaultInput, VaultRequest } from './effects.ts';
import { Exchange, type ExchangeParts } from './exchange.ts';
import { DISK_RETRY_NS, REQUESTS_WAITING_MAX } from './geometry.ts';
import type { VaultLoad } from './load.ts';
import { Outputs } from './outputs.ts';
import type { Clock } from './peers.ts';
import {
  answerQuestion,
  isChange,
  okJson,
  performChange,
  type QuestionAnswer,
  receiptOperation,
} from './requests.ts';
import { Watchers } from './watchers.ts';

/** What a replica's machine is made from. */
export interface VaultMachineParts extends ExchangeParts {
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  readonly load?: VaultLoad;
}

interface Waiting<Asker> {
  readonly request: VaultRequest;
  /** Absent for a request of the load. */
  readonly asker?: Asker;
  readonly sinceNs: Nanoseconds;
}

interface Written<Asker> extends Waiting<Asker> {
  readonly item: Item;
  readonly sequence: number;
}

/** The machine of one replica; `Asker` names who made a request. */
export class VaultMachine<Asker> implements StateMachine<VaultInput<Asker>, VaultEffect<Asker>> {
  readonly #parts: VaultMachineParts;
  readonly #outputs = new Outputs<Asker>();
  readonly #watchers = new Watchers<Asker>();
  readonly #exchange: Exchange<Asker>;
  #retryNs: Nanoseconds = Number.POSITIVE_INFINITY;
  /** What the disk will have when the write that runs has ended; undefined if none runs. */
  #writing: { readonly clock: Clock; readonly receipts: ReceiptsHead } | undefined;
  /** Own operations that the disk does not have yet. */
  #written: Written<Asker>[] = [];
  /** Who said what of a peer that the disk does not have yet. */
  #decided: (Asker | undefined)[] = [];
  #waiting: Waiting<Asker>[] = [];

  constructor(parts: VaultMachineParts) {
    this.#parts = parts;
    this.#exchange = new Exchange(parts, this.#outputs, (change) => this.#watchers.note(change));
    // What a restart has deleted must be on disk before a clock says so.
    this.#outputs.markDirty();
  }

  nextAt(): Nanoseconds {
    const loadAt = this.#parts.load?.nextAt ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#exchange.nextAt, this.#retryNs, loadAt);
  }

  step(now: Nanoseconds, input: VaultInput<Asker> | TimerDue): readonly VaultEffect<Asker>[] {
    switch (input.kind) {
      case 'start':
        break;
      case 'timer':
        this.#due(now);
        break;
      case 'message':
        this.#exchange.message(now, input.from, input.bytes);
        break;
      case 'request':
        this.#request(now, { request: input.request, asker: input.asker, sinceNs: now });
        break;
      case 'cancel':
        this.#watchers.remove(input.asker);
        this.#exchange.cancel(input.asker);
        break;
      case 'synced':
        this.#synced(now, input.isDurable);
        break;
      case 'way':
        this.#exchange.way(now, input.peer, input.isOpen);
        break;
      case 'settled':
        this.#exchange.settled(now, input.peer, input.what, input.isDelivered);
    }
    this.#write();
    return this.#outputs.take();
  }

  /** What a status page shows of the replica at `now`. */
  status(now: Nanoseconds): Readonly<Record<string, unknown>> {
    const { replica, receipts, time } = this.#parts;
    return {
      ...this.#exchange.status(),
      digest: toHex(replica.digest()),
      forks: replica.equivocations().map(({ actor, sequence }) => ({ actor, sequence })),
      operations: replica.size,
      receipts: receipts.sequence,
      time: time.at(now),
    };
  }

  #due(now: Nanoseconds): void {
    if (now >= this.#retryNs) {
      this.#retryNs = Number.POSITIVE_INFINITY;
      this.#writing = undefined;
      this.#outputs.markDirty();
    }
    const { load } = this.#parts;
    while (load !== undefined && load.nextAt <= now) {
      this.#request(now, { request: load.take(), sinceNs: now });
    }
    if (now >= this.#exchange.nextAt) this.#exchange.round(now);
  }

  #request(now: Nanoseconds, waiting: Waiting<Asker>): void {
    const { request, asker } = waiting;
    if (isChange(request.kind) || isDecision(request.kind)) {
      if (this.#waiting.length >= REQUESTS_WAITING_MAX) this.#outputs.answer(asker, 'busy');
      else this.#waiting.push(waiting);
      if (this.#writing === undefined) this.#change(now);
    } else if (request.kind !== 'watch') {
      const { outcome, body } = this.#question(now, request);
      this.#receipt(now, request, outcome === 'ok', null);
      this.#outputs.answer(asker, outcome, body);
    } else if (asker === undefined || !this.#watchers.add(asker, request.target)) {
      this.#outputs.answer(asker, 'busy');
    }
  }

  #question(now: Nanoseconds, request: VaultRequest): QuestionAnswer {
    const { receipts, replica } = this.#parts;
    const exchange = this.#exchange;
    switch (request.kind) {
      case 'receipts':
        return okJson(receipts.receipts().map(toHex));
      case 'witnessed':
        return okJson(exchange.witnessed());
      case 'consents':
        return okJson(exchange.consents(now));
      default:
        return answerQuestion(request, replica);
    }
  }

  /** Does what the owner says of a peer, who is answered when a restart cannot forget it any more. */
  #decide(now: Nanoseconds, { request, asker }: Waiting<Asker>): void {
    const isKnown = this.#exchange.decide(now, request.target, request.kind === 'allow');
    this.#receipt(now, request, isKnown, null);
    if (isKnown) this.#decided.push(asker);
    else this.#outputs.answer(asker, 'unknown-node');
  }

  /** Performs the requests that wait; the disk has none of them before the next write has ended. */
  #change(now: Nanoseconds): void {
    const { replica, time, own } = this.#parts;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      const { request, asker } = one;
      if (isDecision(request.kind)) {
        this.#decide(now, one);
        continue;
      }
      const change = performChange(request, replica, time.at(now));
      if (typeof change === 'string') {
        this.#receipt(now, request, false, null);
        this.#outputs.answer(asker, change);
        continue;
      }
      this.#receipt(now, request, true, change.item.operation);
      this.#outputs.keep(change);
      this.#watchers.note({ key: request.target, kind: request.kind, actor: own });
      const sequence = replica.clock().get(own) ?? 0;
      this.#written.push({ ...one, item: change.item, sequence });
    }
  }

  /** Begins a write if there is something to write and none runs. */
  #write(): void {
    if (this.#writing !== undefined || !this.#outputs.takeDirty()) return;
    const { replica, receipts } = this.#parts;
    this.#writing = {
      clock: new Map(replica.clock()),
      receipts: { count: receipts.sequence, hash: receipts.head },
    };
    this.#exchange.writes();
    this.#outputs.push({ kind: 'sync' });
  }

  #synced(now: Nanoseconds, isDurable: boolean): void {
    if (!isDurable) {
      // Nothing is told, and no request begins, until the disk has what nobody was answered.
      this.#retryNs = now + DISK_RETRY_NS;
      this.#exchange.fails();
      return;
    }
    const durable = this.#writing;
    if (durable === undefined) return;
    this.#writing = undefined;
    this.#exchange.wrote(now, durable.clock, durable.receipts);
    for (const asker of this.#decided) this.#outputs.answer(asker, 'ok');
    this.#decided = [];
    const written = this.#written;
    this.#written = [];
    this.#exchange.publish(
      now,
      written.map((one) => this.#settled(one)),
    );
    for (const told of this.#watchers.tell()) this.#outputs.push({ kind: 'more', ...told });
    this.#change(now);
  }

  /** Answers who asked for an operation, unless it is an erasure, for which all replicas are awaited. */
  #settled({ request, asker, sequence, sinceNs, item }: Written<Asker>): {
    readonly sequence: number;
    readonly sinceNs: Nanoseconds;
    readonly isErase: boolean;
    readonly item: Item;
    readonly asker?: Asker;
  } {
    const isErase = request.kind === 'erase';
    if (!isErase) this.#outputs.answer(asker, 'ok');
    return {
      sequence,
      sinceNs,
      isErase,
      item,
      ...(isErase && asker !== undefined ? { asker } : {}),
    };
  }

  /**
   * Signs what was asked for about a key, and whether it was done.
   * @param operation What came of it; its hash commits to the ciphertext of an erasable value, not to the value.
   */
  #receipt(
    now: Nanoseconds,
    { kind, target }: VaultRequest,
    isSuccess: boolean,
    operation: Uint8Array | null,
  ): void {
    if (!isVaultText(target)) return;
    const { receipts, time, own, sha256 } = this.#parts;
    const record = receipts.add({
      operation: receiptOperation(kind),
      key: target,
      valueHash: operation === null ? null : sha256(operation),
      isSuccess,
      timeMs: time.at(now),
      requester: own,
    });
    const records = receipts.replacement();
    const next = { sequence: receipts.sequence, previousHash: receipts.head };
    this.#outputs.push(records ? { kind: 'receipts', records, next } : { kind: 'receipt', record });
    this.#outputs.markDirty();
  }
}

function isDecision(kind: VaultRequest['kind']): boolean {
  return kind === 'allow' || kind === 'deny';
}
