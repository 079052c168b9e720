/**
 * The connections of pages that control the present run. guard.ts decides who may open a
 * connection. This module limits the size and the rate of messages; each refused message gets a
 * named reason, which is reported to the page and counted.
 *
 * @module
 */
import type { RawData, WebSocket } from 'ws';
import { BoundedWebSocket } from '../../engine/live/faces/paced-socket.ts';
import {
  type ControlOrder,
  type ControlReply,
  type ControlState,
  makeRefusal,
  ORDER_BYTES_MAX,
  type Refusal,
  readOrder,
} from '../format/control-wire.ts';

/** Carries out the orders of pages and knows the state of the run. */
export interface ControlHandler {
  /**
   * The present state of the run, without the numbers of refused messages, which this module
   * counts.
   */
  readonly state: Omit<ControlState, 'refused'>;
  /** Carries out an order; never rejects. */
  obey(order: ControlOrder): Promise<ControlReply>;
  /**
   * Called by the handler after each change of the state. The control channel sets this function.
   */
  onChange: () => void;
}

/** Largest number of orders that one page may send in {@link WINDOW_MS}. */
const ORDERS_MAX = 20;
const WINDOW_MS = 1_000;
/** Largest number of orders from one page that have not been answered yet. */
const PENDING_MAX = 16;

/** Largest total size of the replies that wait to be sent to one page, bytes. */
const BYTES_MAX = 1024 * 1024;
/**
 * While this many replies wait to be sent to a page, the state is not sent to it until all of them
 * have been sent.
 */
const WAITING_MAX = 16;

interface Client {
  readonly paced: BoundedWebSocket;
  /** True if the state has changed since it was last sent to the page. */
  isStale: boolean;
  windowAt: number;
  inWindow: number;
  pending: number;
}

/** The connections of pages that control the run. */
export class ControlChannel {
  readonly #handler: ControlHandler;
  readonly #clients = new Set<Client>();
  readonly #refused = new Map<string, number>();

  constructor(handler: ControlHandler) {
    this.#handler = handler;
    handler.onChange = (): void => this.#tellAll();
  }

  /** Adds the connection of a page. */
  take(client: WebSocket): void {
    const onIdle = (): void => {
      if (state.isStale) this.#tell(state);
    };
    const paced = new BoundedWebSocket(client, { bytesMax: BYTES_MAX, onIdle });
    const state: Client = { paced, isStale: false, windowAt: 0, inWindow: 0, pending: 0 };
    this.#clients.add(state);
    client.on('close', () => this.#clients.delete(state));
    client.on('message', (data, isBinary) => void this.#hear(state, { data, isBinary }));
    this.#tell(state);
  }

  async #hear(
    state: Client,
    message: { readonly data: RawData; readonly isBinary: boolean },
  ): Promise<void> {
    const order = this.#admit(state, message);
    if (order.kind === 'refused') {
      this.#refused.set(order.name, (this.#refused.get(order.name) ?? 0) + 1);
      send(state, order);
      this.#tellAll();
      return;
    }
    state.pending += 1;
    const reply = await this.#handler.obey(order);
    state.pending -= 1;
    send(state, reply);
  }

  #admit(
    state: Client,
    { data, isBinary }: { readonly data: RawData; readonly isBinary: boolean },
  ): ControlOrder | Refusal {
    const bytes = data as Buffer;
    if (isBinary) return makeRefusal(0, 'not-text', 'orders are text');
    if (bytes.length > ORDER_BYTES_MAX) {
      const words = `${bytes.length} bytes, the limit is ${ORDER_BYTES_MAX}`;
      return makeRefusal(0, 'too-long', words);
    }
    const order = readOrder(bytes.toString('utf8'));
    if (order.kind === 'refused') return order;
    const nowMs = performance.now();
    if (nowMs - state.windowAt > WINDOW_MS) {
      state.windowAt = nowMs;
      state.inWindow = 0;
    }
    state.inWindow += 1;
    if (state.inWindow <= ORDERS_MAX && state.pending < PENDING_MAX) return order;
    return makeRefusal(order.number, 'too-many', `at most ${ORDERS_MAX} orders in a second`);
  }

  #tellAll(): void {
    for (const client of this.#clients) this.#tell(client);
  }

  #tell(client: Client): void {
    client.isStale = client.paced.waiting >= WAITING_MAX;
    if (client.isStale) return;
    const refused = Object.fromEntries(this.#refused);
    send(client, { kind: 'state', state: { ...this.#handler.state, refused } });
  }
}

function send({ paced }: Client, reply: ControlReply): void {
  paced.send(JSON.stringify(reply));
}
