/**
 * The connection over which a page acts on a run in progress: it sends orders, and receives answers
 * and states. If the connection is lost, it is made again. An order that was not answered before is
 * reported as lost and not sent again.
 *
 * @module
 */
import {
  CONTROL_URL_PATH,
  type ControlOrder,
  type ControlReply,
  type ControlState,
  makeRefusal,
  readReply,
} from '../../../../format/control-wire.ts';
import { Observable } from '../../../kernel/observable.ts';

/** An order without its number, which the connection adds. */
export type UnnumberedOrder = ControlOrder extends infer One
  ? One extends ControlOrder
    ? Omit<One, 'number'>
    : never
  : never;

/** The answer to an order. */
export type OrderAnswer = Exclude<ControlReply, { kind: 'state' }>;

const RETRY_MS = 1_000;
const LOST = 'the connection was lost: once it is back, the list shows whether the fault happened';

/** The connection over which one page sends orders to a run in progress. */
export class ControlConnection {
  /** The state of the run; undefined while there is no connection. */
  readonly state = new Observable<ControlState | undefined>(undefined);
  readonly #waiting = new Map<number, (answer: OrderAnswer) => void>();
  readonly #signal: AbortSignal;
  #socket: WebSocket | undefined;
  #next = 1;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#connect();
    signal.addEventListener('abort', () => this.#socket?.close());
  }

  /**
   * Sends an order and returns its answer. The promise never rejects; if the connection is lost,
   * the answer is a refusal.
   */
  send(order: UnnumberedOrder): Promise<OrderAnswer> {
    const number = this.#next;
    this.#next += 1;
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) {
      return Promise.resolve(makeRefusal(number, 'lost', 'there is no connection to the run'));
    }
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      socket.send(JSON.stringify({ ...order, number }));
    });
  }

  #connect(): void {
    if (this.#signal.aborted) return;
    const url = new URL(CONTROL_URL_PATH.slice(1), location.href);
    url.protocol = 'ws:';
    url.hash = '';
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<string>): void => this.#hear(String(data));
    socket.onclose = (): void => this.#lost();
  }

  #hear(text: string): void {
    const reply = readReply(text);
    if (reply === undefined) return;
    if (reply.kind === 'state') {
      this.state.value = reply.state;
      return;
    }
    this.#waiting.get(reply.number)?.(reply);
    this.#waiting.delete(reply.number);
  }

  #lost(): void {
    const wasClosed = this.state.value?.phase === 'closed';
    for (const [number, answer] of this.#waiting) answer(makeRefusal(number, 'lost', LOST));
    this.#waiting.clear();
    // The server of a run that has ended may not come back, so the connection is not made again.
    if (wasClosed || this.#signal.aborted) return;
    this.state.value = undefined;
    setTimeout(() => this.#connect(), RETRY_MS);
  }
}
