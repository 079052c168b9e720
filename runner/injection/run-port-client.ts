/**
 * The near end of a run's port: numbers orders, passes on what comes back, and tells those who wait when the run is
 * over (ADR 0015, ADR 0080).
 *
 * @module
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { InjectionPort, RunPortCommand, RunPortReport } from './messages.ts';

/** An order without its number. */
export type UnnumberedPortCommand =
  Exclude<RunPortCommand, { kind: 'unask' }> extends infer One
    ? One extends RunPortCommand
      ? Omit<One, 'number'>
      : never
    : never;

/** Receives what comes back for an order; undefined says that the run is over. */
export type PortReportReceiver = (news: RunPortReport | undefined) => void;

/** The near end of a run's port: numbers commands, and passes each report to whoever waits for it. */
export class RunPortClient {
  /** Called with everything that the run says, before who waits for it. */
  onNews: (news: RunPortReport) => void = () => undefined;
  /** True while a run takes orders. */
  isOpen = false;
  readonly #speed: number | null;
  readonly #takers = new Map<number, PortReportReceiver>();
  #port: MessagePort | undefined;
  #next = 1;

  /** @param speed Virtual seconds per second at the start of a run in virtual time, see {@link InjectionPort}. */
  constructor(speed: number | null) {
    this.#speed = speed;
  }

  /** A port for the next seed; the one before has ended. */
  open(): InjectionPort {
    this.#end();
    const { port1, port2: port } = new MessageChannel();
    this.#port = port1;
    port1.on('message', (news: RunPortReport) => this.#hear(news));
    // A run that never begins must not keep the process alive.
    port1.unref();
    return { port, speed: this.#speed };
  }

  /**
   * Sends an order.
   * @returns its number.
   */
  send(order: UnnumberedPortCommand, taker: PortReportReceiver): number {
    const number = this.#next;
    this.#next += 1;
    if (!this.isOpen) {
      taker(undefined);
      return number;
    }
    this.#takers.set(number, taker);
    this.#port?.postMessage({ ...order, number } satisfies RunPortCommand);
    return number;
  }

  /**
   * Nobody waits for what comes back for this order any more; a question ends.
   * @returns false if nobody did.
   */
  giveUp(number: number): boolean {
    const isWaiting = this.#takers.delete(number);
    if (isWaiting) this.#port?.postMessage({ kind: 'unask', number } satisfies RunPortCommand);
    return isWaiting;
  }

  /** The run is over. */
  close(): void {
    // Its last messages may still be on their way.
    while (this.#port !== undefined) {
      const last = receiveMessageOnPort(this.#port);
      if (last === undefined) break;
      this.#hear(last.message as RunPortReport);
    }
    this.#end();
  }

  #end(): void {
    this.#port?.close();
    this.#port = undefined;
    this.isOpen = false;
    const waiting = [...this.#takers.values()];
    this.#takers.clear();
    for (const taker of waiting) taker(undefined);
  }

  #hear(news: RunPortReport): void {
    if (news.kind === 'ready') this.isOpen = true;
    this.onNews(news);
    if (news.kind === 'ready') return;
    const taker = this.#takers.get(news.number);
    // Parts are followed by an end.
    if (news.kind !== 'part') this.#takers.delete(news.number);
    taker?.(news);
  }
}
