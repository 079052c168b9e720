/**
 * Loops of a mix or provider: packets that it sends around the layers to itself, so that it notices
 * when someone withholds packets from it (Loopix, USENIX Security 2017, section 4.2.1).
 *
 * Pure, like the client: one timer for `nextAt()`, then `tick`. On the wire a loop is a packet like
 * any other; its recipient is the node's own identifier.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { toHex } from '../../_kit/bytes.ts';
import { PoissonProcess } from '../../_kit/poisson-process.ts';
import { encodeForward, type TaggedPacket } from '../../sphinx/index.ts';
import type { Descriptor, DirectoryDocument } from '../directory/index.ts';
import { hopsOf, openPayload, windowCommands } from './composer.ts';
import type { ClientDrop } from './drops.ts';
import { type LoopCounts, LoopWatch, type LoopWatchOptions } from './loop-watch.ts';
import type {
  ClientFormat,
  ClientHost,
  LoopOutputs,
  NeighboursIn,
  SenderWindows,
} from './parts.ts';
import { type ChosenHop, type ChosenPath, chooseLoopPath, type PathSource } from './path.ts';
import { meanNsOf } from './rates.ts';
import { encodeMessage, LOOP_ID_LENGTH } from './wire.ts';

/** Callbacks of a mix's loops to the surrounding node. */
export interface MixLoopOutputs extends LoopOutputs {
  /** Send this packet to that node now. The callee owns the bytes. */
  send(packet: Uint8Array, firstHop: Uint8Array): void;
  /** Called when something was dropped. */
  drop(reason: ClientDrop): void;
}

/** Checks afterwards how long loops took. */
export interface LoopAuditor {
  /** @param loop Its name, its path, and the packet, which determines its tags. */
  sent(loop: string, path: ChosenPath, packet: TaggedPacket): void;
  returned(loop: string, age: Nanoseconds): void;
}

/** What the loops of a mix need. */
export interface MixLoopParts {
  readonly host: ClientHost;
  readonly format: ClientFormat;
  /** The slack covers links only, no polls. */
  readonly alarm: LoopWatchOptions;
  readonly outputs: MixLoopOutputs;
  /** The arrival windows; present for stop-and-go mixes. */
  readonly windows?: SenderWindows;
  /** Present when mixes draw their neighbours. */
  readonly neighboursIn?: NeighboursIn;
  /** Present when mixes can prove their delays. */
  readonly auditor?: LoopAuditor;
  /** The epoch at this instant of the monotonic clock. */
  epochAt(at: Nanoseconds): number;
}

/** The loops of one mix or provider. */
export class MixLoops {
  readonly #parts: MixLoopParts;
  readonly #process: PoissonProcess;
  readonly #watch: LoopWatch;
  #own: Descriptor | undefined;
  #source: PathSource | undefined;

  constructor(parts: MixLoopParts) {
    this.#parts = parts;
    this.#process = new PoissonProcess(parts.host.random('loops.time'));
    this.#watch = new LoopWatch(parts.alarm);
  }

  get counts(): LoopCounts {
    return this.#watch.counts;
  }

  /** True while more loops are missing than loss explains. */
  get isAlarmed(): boolean {
    return this.#watch.isAlarmed;
  }

  /** When to call `tick` next; undefined if nothing is due before another document. */
  nextAt(): Nanoseconds | undefined {
    const first = this.#process.nextAt;
    const second = this.#watch.nextAt;
    if (first === undefined || second === undefined) return first ?? second;
    return Math.min(first, second);
  }

  /** Adopts a document; `own` is the node's descriptor in it. */
  useDocument(now: Nanoseconds, document: DirectoryDocument, own: Descriptor): void {
    const { host } = this.#parts;
    const { rates } = document;
    const neighbours = this.#parts.neighboursIn?.(document);
    this.#own = own;
    this.#source = {
      document,
      choices: host.random('loops.path'),
      delays: host.random('loops.delay'),
      delayMeanNs: meanNsOf(rates.mu),
      epochAt: (at): number => this.#parts.epochAt(at),
      neighbours,
    };
    const isOnPaths = own.role === 'provider' || neighbours?.shareOf(own.name) !== 0;
    const ownPerMs = own.role === 'mix' ? rates.lambdaM : rates.lambdaG;
    // A mix that no other mix drew as a neighbour gets no packets, so its loops could not return.
    const perMs = isOnPaths ? ownPerMs : 0;
    this.#process.setMean(now, meanNsOf(perMs));
  }

  /** Does everything that is due at `now`. */
  tick(now: Nanoseconds): void {
    const { overdue, raisedAfter } = this.#watch.expire(now);
    for (let count = 0; count < overdue; count++) this.#parts.outputs.loopOverdue();
    if (raisedAfter !== undefined) this.#parts.outputs.alarm(raisedAfter);
    if (!isDue(this.#process, now)) return;
    this.#process.resume(now);
    this.#send(now);
  }

  /** Handles the payload of a packet addressed to the node itself. Never throws. */
  returned(now: Nanoseconds, payload: Uint8Array): void {
    const drop = this.#returned(now, payload);
    if (drop !== undefined) this.#parts.outputs.drop(drop);
  }

  #returned(now: Nanoseconds, payload: Uint8Array): ClientDrop | undefined {
    const opened = openPayload(this.#parts.format, payload);
    if ('drop' in opened) return opened.drop;
    if (opened.message.kind !== 'loop') return 'message-kind';
    const loop = toHex(opened.message.loopId);
    const age = this.#watch.returned(now, loop);
    if (age === undefined) return 'loop-unknown';
    this.#parts.auditor?.returned(loop, age);
    this.#parts.outputs.loopReturned(age);
    return undefined;
  }

  #send(now: Nanoseconds): void {
    const source = this.#source;
    const own = this.#own;
    const path = source && own && chooseLoopPath(source, own, now);
    const loopId = this.#parts.host.randomBytes(LOOP_ID_LENGTH);
    const created = path && this.#pack(now, path, loopId);
    if (path === undefined || created === undefined) {
      this.#parts.outputs.drop('path-unavailable');
      return;
    }
    const delays = { hops: path.hops.length - 1, meanNs: source?.delayMeanNs ?? 0 };
    this.#watch.sent(now, toHex(loopId), delays);
    this.#parts.auditor?.sent(toHex(loopId), path, created);
    this.#parts.outputs.send(created.packet, created.firstHop);
  }

  #pack(now: Nanoseconds, path: ChosenPath, loopId: Uint8Array): TaggedPacket | undefined {
    const { host, format } = this.#parts;
    const windows = windowCommands(path, this.#parts.windows, { startAt: now, waitNs: 0 });
    const data = encodeMessage({ kind: 'loop', loopId });
    const payload = encodeForward(format.geometry, { data });
    if ('drop' in payload) return undefined;
    const end = path.hops[path.hops.length - 1] as ChosenHop;
    const hops = hopsOf(path, [{ kind: 'recipient', id: end.node.nodeId }], windows);
    const random = (length: number): Uint8Array => host.randomBytes(length);
    const created = format.createPacket({ path: hops, random }, payload);
    return 'refusal' in created ? undefined : created;
  }
}

function isDue(process: PoissonProcess, now: Nanoseconds): boolean {
  return process.nextAt !== undefined && process.nextAt <= now;
}
