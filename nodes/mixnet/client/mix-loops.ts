/**
 * Loops of a mix or provider: packets that it sends around the layers to itself, so that it notices
 * when an attacker withholds packets from it (Loopix, USENIX Security 2017, section 4.2.1).
 *
 * A pure state machine, like the client. On the wire a loop is a packet like any other; its
 * recipient is the node's own identifier.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { toHex } from '../../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { PoissonProcess } from '../../_kit/poisson-process.ts';
import { encodeForwardPlaintext, type PacketWithReplayTags } from '../../sphinx/index.ts';
import type { Descriptor, DirectoryDocument } from '../directory/index.ts';
import { addHopCommands, createWindowCommands, decodeForwardPayload } from './composer.ts';
import type { ClientDropReason } from './drops.ts';
import { type LoopCounts, LoopWatch, type LoopWatchOptions } from './loop-watch.ts';
import type {
  ArrivalWindowSettings,
  ClientHost,
  ClientPacketFormat,
  GetNeighbourGraph,
} from './parts.ts';
import { type ChosenHop, type ChosenPath, chooseLoopPath, type PathDrawInput } from './path.ts';
import { toMeanIntervalNs } from './rates.ts';
import { encodeMessage, LOOP_ID_LENGTH } from './wire.ts';

/** The inputs of a mix's loops. */
export type MixLoopInput =
  /**
   * The document to use from now on, and the descriptor of this mix or provider in the document.
   */
  | {
      readonly kind: 'document';
      readonly document: DirectoryDocument;
      readonly own: Descriptor;
    }
  /** The payload of a packet addressed to the node itself, whatever its bytes. */
  | { readonly kind: 'returned'; readonly payload: Uint8Array };

/** The effects of a mix's loops. */
export type MixLoopEffect =
  /**
   * Send the packet of this loop to the first node of its path. `packet` includes the replay tag at
   * each hop, which an audit needs.
   */
  | {
      readonly kind: 'send';
      readonly loop: string;
      readonly path: ChosenPath;
      readonly packet: PacketWithReplayTags;
    }
  /** A loop returned at the time `age` after it was sent. */
  | { readonly kind: 'loop-returned'; readonly loop: string; readonly age: Nanoseconds }
  /** A loop did not return by its deadline. */
  | { readonly kind: 'loop-overdue' }
  /**
   * More loops are missing than packet loss explains; reported once, and again only after loops
   * have returned. `after` is the time since the oldest missing loop was sent.
   */
  | { readonly kind: 'alarm'; readonly after: Nanoseconds }
  | { readonly kind: 'drop'; readonly reason: ClientDropReason };

/** The collaborators and settings of the loops of a mix. */
export interface MixLoopParts {
  readonly host: ClientHost;
  readonly format: ClientPacketFormat;
  /**
   * Options of the alarm. Their slack covers links only, since mixes do not wait for retrievals.
   */
  readonly alarm: LoopWatchOptions;
  /** The arrival windows; present if the network uses stop-and-go mixing. */
  readonly windows?: ArrivalWindowSettings;
  /** Present when mixes draw their neighbours. */
  readonly neighboursIn?: GetNeighbourGraph;
  /** Returns the epoch at an instant of the monotonic clock. */
  epochAt(at: Nanoseconds): number;
}

/** The loops of one mix or provider. */
export class MixLoops implements StateMachine<MixLoopInput, MixLoopEffect> {
  readonly #parts: MixLoopParts;
  readonly #process: PoissonProcess;
  readonly #watch: LoopWatch;
  #own: Descriptor | undefined;
  #source: PathDrawInput | undefined;

  constructor(parts: MixLoopParts) {
    this.#parts = parts;
    this.#process = new PoissonProcess(parts.host.random('loops.time'));
    this.#watch = new LoopWatch(parts.alarm);
  }

  get counts(): LoopCounts {
    return this.#watch.counts;
  }

  /** True while more loops are missing than packet loss explains. */
  get isAlarmed(): boolean {
    return this.#watch.isAlarmed;
  }

  step(now: Nanoseconds, input: MixLoopInput | TimerDue): readonly MixLoopEffect[] {
    switch (input.kind) {
      case 'timer':
        return this.#tick(now);
      case 'document':
        this.#useDocument(now, input.document, input.own);
        return [];
      case 'returned':
        return [this.#returned(now, input.payload)];
    }
  }

  nextAt(): Nanoseconds {
    const { nextAt: first = Number.POSITIVE_INFINITY } = this.#process;
    const { nextAt: second = Number.POSITIVE_INFINITY } = this.#watch;
    return Math.min(first, second);
  }

  #useDocument(now: Nanoseconds, document: DirectoryDocument, own: Descriptor): void {
    const { host } = this.#parts;
    const { rates } = document;
    const neighbours = this.#parts.neighboursIn?.(document);
    this.#own = own;
    this.#source = {
      document,
      choices: host.random('loops.path'),
      delays: host.random('loops.delay'),
      delayMeanNs: toMeanIntervalNs(rates.mu),
      epochAt: (at): number => this.#parts.epochAt(at),
      neighbours,
    };
    const isOnPaths = own.role === 'provider' || neighbours?.shareOf(own.name) !== 0;
    const ownPerMs = own.role === 'mix' ? rates.lambdaM : rates.lambdaG;
    // A mix that no other mix drew as a neighbour gets no packets, so its loops could not return.
    const perMs = isOnPaths ? ownPerMs : 0;
    this.#process.setMean(now, toMeanIntervalNs(perMs));
  }

  #tick(now: Nanoseconds): readonly MixLoopEffect[] {
    const { overdue, raisedAfter } = this.#watch.expire(now);
    const effects = Array.from(
      { length: overdue },
      (): MixLoopEffect => ({ kind: 'loop-overdue' }),
    );
    if (raisedAfter !== undefined) effects.push({ kind: 'alarm', after: raisedAfter });
    if (isDue(this.#process, now)) {
      this.#process.resume(now);
      effects.push(this.#send(now));
    }
    return effects;
  }

  #returned(now: Nanoseconds, payload: Uint8Array): MixLoopEffect {
    const opened = decodeForwardPayload(this.#parts.format, payload);
    if ('drop' in opened) return { kind: 'drop', reason: opened.drop };
    if (opened.message.kind !== 'loop') return { kind: 'drop', reason: 'message-kind' };
    const loop = toHex(opened.message.loopId);
    const age = this.#watch.returned(now, loop);
    return age === undefined
      ? { kind: 'drop', reason: 'loop-unknown' }
      : { kind: 'loop-returned', loop, age };
  }

  #send(now: Nanoseconds): MixLoopEffect {
    const source = this.#source;
    const own = this.#own;
    const path = source && own && chooseLoopPath(source, own, now);
    const loopId = this.#parts.host.randomBytes(LOOP_ID_LENGTH);
    const packet = path && this.#pack(now, path, loopId);
    if (path === undefined || packet === undefined) {
      return { kind: 'drop', reason: 'path-unavailable' };
    }
    const delays = { hops: path.hops.length - 1, meanNs: source?.delayMeanNs ?? 0 };
    const loop = toHex(loopId);
    this.#watch.sent(now, loop, delays);
    return { kind: 'send', loop, path, packet };
  }

  #pack(now: Nanoseconds, path: ChosenPath, loopId: Uint8Array): PacketWithReplayTags | undefined {
    const { host, format } = this.#parts;
    const windows = createWindowCommands(path, this.#parts.windows, { startAt: now, waitNs: 0 });
    const data = encodeMessage({ kind: 'loop', loopId });
    const payload = encodeForwardPlaintext(format.geometry, { data });
    if ('drop' in payload) return undefined;
    const end = path.hops[path.hops.length - 1] as ChosenHop;
    const hops = addHopCommands(path, [{ kind: 'recipient', id: end.node.nodeId }], windows);
    const random = (length: number): Uint8Array => host.randomBytes(length);
    const created = format.createPacket({ path: hops, random }, payload);
    return 'refusal' in created ? undefined : created;
  }
}

function isDue(process: PoissonProcess, now: Nanoseconds): boolean {
  return process.nextAt !== undefined && process.nextAt <= now;
}
