/**
 * Vault: the machine of one replica. It answers requests, and writes operations to disk before anybody hears of them.
 *
 * One write runs at a time. Requests that come during a write wait for its end: if an operation of this replica were
 * sent before it is on disk, a crash would let the replica use its number again for another one.
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

/** The machine of one replica; `Asker` identifies the sender of a request. */
export class VaultMachine<Asker> implements StateMachine<VaultInput<Asker>, VaultEffect<Asker>> {
  readonly #parts: VaultMachineParts;
  readonly #outputs = new Outputs<Asker>();
  readonly #watchers = new Watchers<Asker>();
  readonly #exchange: Exchange<Asker>;
  #retryNs: Nanoseconds = Number.POSITIVE_INFINITY;
  /** What the disk will have at the end of the current write; undefined if none runs. */
  #writing: { readonly clock: Clock; readonly receipts: ReceiptsHead } | undefined;
  /** Own operations that the disk does not have yet. */
  #written: Written<Asker>[] = [];
  /** The askers of decisions about peers that are not yet on disk. */
  #decided: (Asker | undefined)[] = [];
  #waiting: Waiting<Asker>[] = [];

  constructor(parts: VaultMachineParts) {
    this.#parts = parts;
    this.#exchange = new Exchange(parts, this.#outputs, (change) => this.#watchers.note(change));
    // The deletions of the start must be on disk before the first clock is sent.
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

  /** Performs the owner's decision about a peer. The answer follows once it is on disk. */
  #decide(now: Nanoseconds, { request, asker }: Waiting<Asker>): void {
    const isKnown = this.#exchange.decide(now, request.target, request.kind === 'allow');
    this.#receipt(now, request, isKnown, null);
    if (isKnown) this.#decided.push(asker);
    else this.#outputs.answer(asker, 'unknown-node');
  }

  /** Performs the waiting requests, for the next write. */
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
    this.#exchange.writeStarted();
    this.#outputs.push({ kind: 'sync' });
  }

  #synced(now: Nanoseconds, isDurable: boolean): void {
    if (!isDurable) {
      // Nothing is sent and no request begins until a later write makes these operations durable.
      this.#retryNs = now + DISK_RETRY_NS;
      this.#exchange.writeFailed();
      return;
    }
    const durable = this.#writing;
    if (durable === undefined) return;
    this.#writing = undefined;
    this.#exchange.writeEnded(now, durable.clock, durable.receipts);
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

  /** Answers the asker of an operation, except for an erasure, which all replicas have to confirm first. */
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
   * Adds a receipt for a request about a key.
   * @param operation The operation that the request led to. Its hash reveals nothing about an erasable value, of which
   * it has only the ciphertext.
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
