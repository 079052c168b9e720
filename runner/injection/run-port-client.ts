/**
 * The client's end of a run's port: numbers commands, passes each report to the receiver that waits for
 * it, and tells all receivers when the run is over (ADR 0015, ADR 0080).
 *
 * @module
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { InjectionPort, RunPortCommand, RunPortReport } from './messages.ts';

/** A command without its number. */
export type UnnumberedPortCommand =
  Exclude<RunPortCommand, { kind: 'unask' }> extends infer One
    ? One extends RunPortCommand
      ? Omit<One, 'number'>
      : never
    : never;

/** Receives the reports for a command; undefined means that the run is over. */
export type PortReportReceiver = (news: RunPortReport | undefined) => void;

/** The client's end of a run's port: numbers commands, and passes each report to its receiver. */
export class RunPortClient {
  /** Called with every report of the run, before its receiver. */
  onNews: (news: RunPortReport) => void = () => undefined;
  /** True while a run accepts commands. */
  isOpen = false;
  readonly #speed: number | null;
  readonly #takers = new Map<number, PortReportReceiver>();
  #port: MessagePort | undefined;
  #next = 1;

  /** @param speed Virtual seconds per second at the start of a run in virtual time, see {@link InjectionPort}. */
  constructor(speed: number | null) {
    this.#speed = speed;
  }

  /** Makes the port for the next seed, after the previous one has ended. */
  open(): InjectionPort & { readonly port: MessagePort } {
    this.#end();
    const { port1, port2: port } = new MessageChannel();
    this.#port = port1;
    port1.on('message', (news: RunPortReport) => this.#hear(news));
    // A run that never begins must not keep the process alive.
    port1.unref();
    return { port, speed: this.#speed };
  }

  /**
   * Sends a command.
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
   * Stops waiting for reports about a command; if it is a question, gives it up.
   * @returns false if nobody waited.
   */
  giveUp(number: number): boolean {
    const isWaiting = this.#takers.delete(number);
    if (isWaiting) this.#port?.postMessage({ kind: 'unask', number } satisfies RunPortCommand);
    return isWaiting;
  }

  /** Closes the port after the run, and tells all receivers. */
  close(): void {
    // The last reports of the run may still be under way, so they are read first.
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
    // After a part, the receiver waits for more; any other report is the last.
    if (news.kind !== 'part') this.#takers.delete(news.number);
    taker?.(news);
  }
}
