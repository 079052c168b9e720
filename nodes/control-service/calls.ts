/**
 * The calls of a control service: which way ({@link ControlWay}) a call takes, and what becomes of it when routers
 * report the way dead.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Random } from '../../engine/host/random.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import {
  combineSegmentsIntoPaths,
  type IsdAs,
  type PathInterface,
  plainSegments,
  type SegmentsByRole,
} from '../scion/index.ts';
import { CALL_DEADLINE_NS, WAYS_TRIED_MAX } from './geometry.ts';
import type { Revocations } from './lookup/revocations.ts';
import { NO_SEGMENTS } from './lookup/segment-sets.ts';
import { type RpcDropReason, RpcEndpoint, type RpcOutput } from './rpc/endpoint.ts';
import { decodeRpcPacket } from './rpc/packet.ts';
import type { ControlSurroundings } from './surroundings.ts';
import { type ControlWay, isWayOf, type QuotedPacket, type WayMaker } from './ways.ts';
import { readControlAnswer } from './wire.ts';

/** The surroundings and the outputs of {@link ControlCalls}. */
export interface ControlCallsParts extends RpcOutput<ControlWay> {
  readonly surroundings: Pick<ControlSurroundings, 'isdAs'>;
  readonly crypto: CryptoProvider;
  readonly ways: WayMaker;
  readonly revocations: Revocations;
  readonly random: Random;
  readonly now: () => Nanoseconds;
  /** Called when a call has no answer in time, or was refused. */
  readonly failed: () => void;
}

/** Takes the body of an answer (undefined if there is none), and the way over which it came. */
export type TakeAnswer = (answer: Uint8Array | undefined, way: ControlWay) => void;

/** A way to an AS, and a function that finds another way. */
export interface ControlRoute {
  readonly first: ControlWay;
  /** Finds the way that is best now. */
  readonly best: () => ControlWay | undefined;
}

/** The calls of a control service. */
export class ControlCalls {
  readonly #parts: ControlCallsParts;
  readonly #endpoint: RpcEndpoint<ControlWay>;

  constructor(parts: ControlCallsParts) {
    this.#parts = parts;
    this.#endpoint = new RpcEndpoint<ControlWay>(parts.random, parts);
  }

  /** Numbers of open calls: those made here, and those answered here. */
  get open(): RpcEndpoint<ControlWay>['open'] {
    return this.#endpoint.open;
  }

  /** The next instant at which something may be due; Infinity if no call is open. */
  nextAt(): Nanoseconds {
    return this.#endpoint.nextAt();
  }

  /** Does what is due. */
  due(now: Nanoseconds): void {
    this.#endpoint.due(now);
  }

  /** Takes a packet. @returns why it is dropped, if it is. */
  receive(way: ControlWay, bytes: Uint8Array): RpcDropReason | undefined {
    return this.#endpoint.receive(this.#parts.now(), way, bytes);
  }

  /** Makes a call over one way. */
  call(way: ControlWay, message: Uint8Array, done: TakeAnswer): void {
    this.#attempt(way, message, { done });
  }

  /**
   * Makes a call. When an error reports its way dead, the call is also made over another way; both go on, since the
   * error is not signed, and the first answer counts.
   * @param doubted Called when routers have reported all ways dead and there is no other. The call goes on.
   */
  callOver(
    { first, best }: ControlRoute,
    message: Uint8Array,
    done: TakeAnswer,
    doubted?: () => void,
  ): void {
    const { revocations } = this.#parts;
    const cancels: (() => void)[] = [];
    let [open, triesLeft, isDone] = [0, WAYS_TRIED_MAX, false];
    const trusted = new Set<ControlWay>();
    const distrust = (way: ControlWay): void => {
      const hasOther = way.hasOther && tryOther();
      // A host's report needs no proof, so it must not end the wait of any call.
      if (!hasOther && !revocations.hasQuoted(way.interfaces)) return;
      if (trusted.delete(way) && trusted.size === 0) doubted?.();
    };
    const tryOther = (): boolean => {
      const other = triesLeft > 0 ? best() : undefined;
      if (other === undefined || revocations.has(other.interfaces)) return false;
      attempt(other);
      return true;
    };
    const attempt = (way: ControlWay): void => {
      triesLeft -= 1;
      open += 1;
      trusted.add(way);
      const ended: TakeAnswer = (answer) => {
        open -= 1;
        trusted.delete(way);
        if (isDone) return;
        const goesOn = (): boolean => open > 0 || (revocations.has(way.interfaces) && tryOther());
        if (answer === undefined && goesOn()) return;
        isDone = true;
        for (const cancel of cancels) cancel();
        done(answer, way);
      };
      const suspected = (): void => distrust(way);
      cancels.push(this.#attempt(way, message, { done: ended, suspected }));
      if (revocations.has(way.interfaces)) distrust(way);
    };
    attempt(first);
  }

  /** The best way to a core AS over segments of this AS. */
  routeTo(core: IsdAs, { ups, cores }: SegmentsByRole): ControlRoute | undefined {
    return this.routeOver(core, { ...NO_SEGMENTS, ups, cores });
  }

  /** The best way over segments, if possible one without an interface that is believed to be down. */
  routeOver(target: IsdAs, segments: SegmentsByRole): ControlRoute | undefined {
    const best = (): ControlWay | undefined => this.#bestWay(target, segments);
    const first = best();
    return first && { first, best };
  }

  /** True if the packet that a router quotes belongs to an open call, whose way crosses the interface. */
  isOfCall(quote: QuotedPacket, item: PathInterface): boolean {
    const packet = decodeRpcPacket(quote.payload);
    const way = typeof packet === 'string' ? undefined : this.#endpoint.wayOf(quote.isdAs, packet);
    // The interfaces of a way back are not known, and the asker could name any, so such a way
    // counts as not crossing the interface.
    return way !== undefined && isWayOf(way, quote) && isOver(way, item);
  }

  /** Called when an interface is reported down: calls over it are also made over another way, if there is one. */
  suspect(item: PathInterface): void {
    this.#endpoint.suspect((way) => isOver(way, item));
  }

  /** Makes a call over one way. @returns a function that ends the call without calling `done`. */
  #attempt(
    way: ControlWay,
    message: Uint8Array,
    { done, suspected }: { readonly done: TakeAnswer; readonly suspected?: () => void },
  ): () => void {
    const now = this.#parts.now();
    return this.#endpoint.call(now, {
      ...{ way, message, deadlineNs: now + CALL_DEADLINE_NS, suspected },
      done: (answer) => {
        const body = typeof answer === 'string' ? undefined : readControlAnswer(answer);
        if (body === undefined) this.#parts.failed();
        done(body, way);
      },
    });
  }

  #bestWay(target: IsdAs, segments: SegmentsByRole): ControlWay | undefined {
    const { surroundings, crypto, revocations, ways } = this.#parts;
    const ends = { source: surroundings.isdAs, target, crypto };
    const paths = combineSegmentsIntoPaths({ ...plainSegments(segments), ...ends });
    const hopedFor = paths.filter(({ interfaces }) => !revocations.has(interfaces));
    for (const path of [...hopedFor, ...paths]) {
      const way = ways.along(path, paths.length > 1);
      if (way !== undefined) return way;
    }
    return undefined;
  }
}

function isOver({ interfaces }: ControlWay, { isdAs, ifId }: PathInterface): boolean {
  return interfaces.some((one) => one.isdAs === isdAs && one.ifId === ifId);
}
