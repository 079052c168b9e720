/**
 * Sends echo requests to a host and measures the answers (reference scion/ping/ping.go).
 *
 * @module
 */
import type { Nanoseconds, Timer } from '../../../engine/host/time.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { formatHost } from '../wire/host-address.ts';
import type { ReceivedScmp } from '../wire/scmp.ts';
import type { ProbeRoute } from './route.ts';
import type {
  ScmpConversation,
  ScmpEndHost,
  ScmpReceiver,
  ScmpReply,
  ScmpSource,
} from './scmp-end-host.ts';

/**
 * Number, interval and size of the requests of a ping, and the time to wait for the last answer.
 */
export interface PingOptions {
  readonly count: number;
  readonly intervalNs: Nanoseconds;
  readonly timeoutNs: Nanoseconds;
  /** Bytes of data in each request. */
  readonly size: number;
}

/** How an answer is classified (reference scion/ping/ping.go, State). */
export type PingState = 'success' | 'after_timeout' | 'out_of_order' | 'duplicate';

/** An answer to an echo request, with its round-trip time. */
export interface PingReply extends ScmpSource {
  readonly sequence: number;
  readonly rttNs: Nanoseconds;
  readonly state: PingState;
}

/** The result of a ping. */
export interface PingResult {
  readonly sent: number;
  /**
   * The answers. One request may have several; the number of answers kept is at most twice the
   * number of planned requests.
   */
  readonly replies: readonly PingReply[];
  /** Errors with which routers answered, as text, each text once. */
  readonly errors: readonly string[];
  /** Bytes of a request with its SCION header. */
  readonly packetBytes: number;
  readonly tookNs: Nanoseconds;
}

/** A ping: a series of echo requests to one host. */
export class Ping implements ScmpReceiver {
  readonly #host: HostPart<'after' | 'now'>;
  readonly #route: ProbeRoute;
  readonly #options: PingOptions;
  readonly #done: (result: PingResult) => void;
  readonly #startNs: Nanoseconds;
  /** When each request was sent, by its sequence number. */
  readonly #sentNs: Nanoseconds[] = [];
  readonly #replies: PingReply[] = [];
  readonly #answered = new Set<number>();
  readonly #errors = new Set<string>();
  #conversation: ScmpConversation | undefined;
  #timer: Timer | undefined;
  #latest = -1;
  #packetBytes = 0;

  constructor(
    host: HostPart<'after' | 'now'>,
    route: ProbeRoute,
    options: PingOptions,
    done: (result: PingResult) => void,
  ) {
    this.#host = host;
    this.#route = route;
    this.#options = options;
    this.#done = done;
    this.#startNs = host.now();
  }

  /**
   * Sends the first request.
   * @returns false if the host has too many conversations.
   */
  start(endHost: ScmpEndHost): boolean {
    this.#conversation = endHost.converse(this);
    if (this.#conversation === undefined) return false;
    this.#send();
    return true;
  }

  /** Ends the ping without a result. */
  cancel(): void {
    this.#timer?.cancel();
    this.#conversation?.close();
  }

  reply({ kind, sequence }: Pick<ScmpReply, 'kind' | 'sequence'>, source: ScmpSource): boolean {
    const sentNs = this.#sentNs[sequence];
    const { target, targetHost } = this.#route;
    const isFromThere = source.isdAs === target && source.address === formatHost(targetHost);
    if (sentNs === undefined || kind !== 'echo-reply' || !isFromThere) return false;
    if (this.#replies.length >= 2 * this.#options.count) return true;
    const rttNs = this.#host.now() - sentNs;
    this.#replies.push({ ...source, sequence, rttNs, state: this.#stateOf(sequence, rttNs) });
    this.#answered.add(sequence);
    if (this.#answered.size === this.#options.count) this.#finish();
    return true;
  }

  error({ kind, code }: ReceivedScmp, { isdAs, address }: ScmpSource, sequence: number): boolean {
    if (this.#sentNs[sequence] === undefined) return false;
    if (this.#errors.size < this.#options.count) {
      this.#errors.add(`${kind}, code ${code}, from ${isdAs},${address}`);
    }
    return true;
  }

  #stateOf(sequence: number, rttNs: Nanoseconds): PingState {
    if (rttNs > this.#options.timeoutNs) return 'after_timeout';
    if (this.#answered.has(sequence)) return 'duplicate';
    if (sequence < this.#latest) return 'out_of_order';
    this.#latest = sequence;
    return 'success';
  }

  #send(): void {
    const { count, intervalNs, timeoutNs, size } = this.#options;
    const sequence = this.#sentNs.length;
    this.#sentNs.push(this.#host.now());
    this.#packetBytes =
      this.#conversation?.send(this.#route, {
        ...{ kind: 'echo-request', code: 0, sequence, data: new Uint8Array(size) },
      }) ?? 0;
    const isLast = this.#sentNs.length === count;
    this.#timer = isLast
      ? this.#host.after(timeoutNs, () => this.#finish())
      : this.#host.after(intervalNs, () => this.#send());
  }

  #finish(): void {
    this.cancel();
    this.#done({
      sent: this.#sentNs.length,
      replies: this.#replies,
      errors: [...this.#errors],
      packetBytes: this.#packetBytes,
      tookNs: this.#host.now() - this.#startNs,
    });
  }
}
