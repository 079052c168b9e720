/**
 * The WebSocket of a subscriber: messages of peers go out; answers and the subscriber's own messages come
 * in. While a subscriber does not read, nothing is read from it; if too many bytes wait, it is cut off.
 *
 * @module
 */
import type { RawData, WebSocket } from 'ws';
import { BoundedWebSocket } from '../../engine/live/faces/paced-socket.ts';
import type { FabricOutcome, FabricRequest, FabricServerLog } from './fabric-node.ts';
import { type ClientFrame, encodeBase64, messageFrameText, readClientFrame } from './frames.ts';
import { PAYLOAD_BYTES_MAX } from './limits.ts';
import { makeServerRefusal, type ServerRefusal } from './outcomes.ts';
import type { OutstandingRequests } from './outstanding.ts';
import type { HandedMessage, Subscriber, Subscription } from './subscription.ts';

/** Largest number of bytes that may wait for a subscriber: the longest message in base64, and outcomes. */
const BUFFERED_BYTES_MAX = 134_217_728;
/** Close code for an error of the server (RFC 6455 section 7.4.1). */
const CLOSE_ERROR = 1_011;
/** Close code for "try again later" (registry of RFC 6455). */
const CLOSE_LATER = 1_013;
/** Longest reason for closing; RFC 6455 section 5.5.1 leaves 123 bytes, and reasons are ASCII. */
const REASON_CHARACTERS_MAX = 100;
const NOTHING = new Uint8Array(0);

/** The client, subscription and log of a WebSocket connection. */
export interface SocketParts {
  readonly client: WebSocket;
  readonly subscription: Subscription;
  readonly outstanding: OutstandingRequests;
  readonly log: FabricServerLog;
}

/** The connection to one subscriber. */
export class SubscriberSocket implements Subscriber {
  readonly #client: WebSocket;
  readonly #paced: BoundedWebSocket;
  readonly #subscription: Subscription;
  readonly #outstanding: OutstandingRequests;
  readonly #log: FabricServerLog;
  #isSilent = false;

  constructor({ client, subscription, outstanding, log }: SocketParts) {
    this.#client = client;
    this.#paced = new BoundedWebSocket(client, {
      bytesMax: BUFFERED_BYTES_MAX,
      onCut: (): void => log.warn('subscriber: it does not read; cut off'),
    });
    this.#subscription = subscription;
    this.#outstanding = outstanding;
    this.#log = log;
    // Without a listener, an error on one connection would end the process.
    client.on('error', () => client.terminate());
    client.on('pong', () => {
      this.#isSilent = false;
    });
    client.on('close', () => subscription.leave(this));
    client.on('message', (data, isBinary) => void this.#hear(data, isBinary));
    subscription.enter(this);
  }

  /** Sends a ping; called periodically. A client that has not answered the ping before is cut off. */
  ping(): void {
    if (this.#isSilent) {
      this.#log.warn('subscriber: no answer to a ping; cut off');
      this.#client.terminate();
      return;
    }
    this.#isSilent = true;
    if (this.#client.readyState === this.#client.OPEN) this.#client.ping();
  }

  close(): void {
    this.#client.close(CLOSE_LATER, 'closing');
  }

  /** Closes the connection at once, without waiting for the client to close its side. */
  terminate(): void {
    this.#client.terminate();
  }

  hand(handed: HandedMessage): void {
    this.#paced.send(messageFrameText(handed));
  }

  ended(reason: string): void {
    this.#log.warn(`subscriber: the node has no messages: ${reason}`);
    this.#client.close(CLOSE_ERROR, reason.slice(0, REASON_CHARACTERS_MAX));
  }

  #hear(data: RawData, isBinary: boolean): Promise<void> {
    const said = isBinary
      ? makeServerRefusal('bad-frame', 'frames are text')
      : readClientFrame((data as Buffer).toString('utf8'));
    if (!('error' in said)) return this.#obey(said);
    this.#refuse(said);
    return Promise.resolve();
  }

  async #obey(said: ClientFrame): Promise<void> {
    switch (said.kind) {
      case 'taken':
        if (this.#subscription.taken(said.id)) return;
        this.#refuse(
          makeServerRefusal('bad-frame', 'taken: this message is not handed out'),
          said.id,
        );
        return;
      case 'answer':
        return this.#answer('answer', said.id, said.payload);
      case 'refuse':
        return this.#answer('refuse', said.id, NOTHING);
      case 'send':
      case 'call': {
        const { kind, number, address, payload } = said;
        const { to: target, wishes } = address;
        const { outcome, body } = await this.#ask({ kind, target, body: payload, wishes });
        const reply = body === undefined ? {} : { payload: encodeBase64(body) };
        this.#tell({ of: number, outcome, ...(kind === 'call' ? reply : {}) });
      }
    }
  }

  async #answer(kind: 'answer' | 'refuse', target: string, body: Uint8Array): Promise<void> {
    // If the answer will be refused as `busy`, the message is not marked as handled, so that the
    // client can try again.
    const isTaken = !this.#outstanding.isFullFor(kind);
    const asked = this.#ask({ kind, target, body });
    // The node is told only after the answer has gone to it, because `taken` means that the
    // application has handled the message.
    if (isTaken) this.#subscription.taken(target);
    const { outcome } = await asked;
    this.#tell({ of: target, outcome });
  }

  async #ask(question: FabricRequest): Promise<FabricOutcome> {
    const { length } = question.body;
    if (length > PAYLOAD_BYTES_MAX) return { outcome: 'too-large' };
    if (!this.#outstanding.reserve(length)) return { outcome: 'busy' };
    try {
      return await this.#outstanding.ask(question);
    } finally {
      this.#outstanding.giveBack(length);
    }
  }

  #refuse(refused: ServerRefusal, of?: string): void {
    this.#tell(of === undefined ? { ...refused } : { of, ...refused });
  }

  #tell(reply: Readonly<Record<string, unknown>>): void {
    this.#paced.send(JSON.stringify(reply));
  }
}
