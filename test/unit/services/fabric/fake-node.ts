/**
 * A fake node of fabric, whose answers a test chooses, and clients of its face.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientOptions, WebSocket } from 'ws';
import {
  type FabricNode,
  type FabricOutcome,
  type FabricRequest,
  type FabricServer,
  type PeerMessage,
  type PeerMessageFlow,
  type PeerMessageReceiver,
  startFabricServer,
} from '../../../../services/fabric/index.ts';

/** Answers `ok` to everything; messages come by {@link FakeNode.arrive}. */
export class FakeNode implements FabricNode {
  readonly name = 'alice';
  readonly questions: FabricRequest[] = [];
  answer: (question: FabricRequest) => Promise<FabricOutcome> = () =>
    Promise.resolve({ outcome: 'ok' });
  /** How many messages the face takes now; more than one would be a mistake. */
  waiting = 0;
  #taker: PeerMessageReceiver | undefined;

  request(question: FabricRequest): Promise<FabricOutcome> {
    this.questions.push({ ...question, body: question.body.slice() });
    return this.answer(question);
  }

  messages(taker: PeerMessageReceiver): PeerMessageFlow {
    this.#taker = taker;
    this.waiting += 1;
    const taken = (): void => {
      this.waiting += 1;
    };
    return { taken };
  }

  /** Ends the messages. */
  end(reason: string): void {
    this.waiting = 0;
    this.#taker?.ended(reason);
  }

  /** Hands bytes as a message. */
  hand(bytes: Uint8Array): void {
    if (this.waiting < 1) throw new Error('nobody takes a message');
    this.waiting -= 1;
    this.#taker?.hand(bytes);
  }

  /** Hands a message; the first byte of its id is `number`. */
  arrive(number: number, more: Partial<PeerMessage> & { readonly again?: boolean } = {}): void {
    const { again = false, ...fields } = more;
    const payload = Buffer.from(fields.payload ?? `message ${number}`).toString('base64');
    const text = JSON.stringify({ ...fields, number, payload });
    this.hand(Buffer.from(`${again ? '\u0001' : '\u0000'}${text}`));
  }

  /** Kinds of questions so far. */
  get kinds(): readonly string[] {
    return this.questions.map(({ kind }) => kind);
  }
}

/** The id of a message as frames have it. */
export function idOf(number: number): string {
  return number.toString(16).padStart(2, '0').padEnd(32, '0');
}

/** Reads the messages of the fake node. */
export function readFake(bytes: Uint8Array): PeerMessage | string {
  const { number, payload, ...fields } = JSON.parse(Buffer.from(bytes).toString('utf8'));
  if (number === 0) return 'bad-envelope';
  const id = Buffer.from(idOf(number), 'hex');
  const defaults = { from: 'bob', kind: 'message', deadlineMs: 1_800_000_000_000, priority: 1 };
  return { ...defaults, ...fields, id, payload: Buffer.from(payload, 'base64') };
}

/** An answer over HTTP. */
export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What to ask. */
export interface Asked {
  readonly method?: string;
  readonly body?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A face, its node and its clients. */
export interface Served {
  readonly node: FakeNode;
  readonly server: FabricServer;
  readonly token: string;
  readonly tokenFile: string;
  readonly warnings: readonly string[];
  /** Asks with the token, unless the headers say otherwise. */
  ask(path: string, asked?: Asked): Promise<Got>;
  subscribe(options?: ClientOptions, path?: string): Client;
  end(): Promise<void>;
}

/** Opens a face for a fake node. */
export async function serveFake(node: FakeNode = new FakeNode()): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-fabric-'));
  const tokenFile = join(folder, 'alice.token');
  const warnings: string[] = [];
  const log = {
    info: (): void => undefined,
    warn: (text: string): void => void warnings.push(text),
  };
  const server = await startFabricServer({ node, read: readFake, log, port: 0, tokenFile });
  const token = readFileSync(tokenFile, 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const clients: Client[] = [];
  return {
    ...{ node, server, token, tokenFile, warnings },
    ask: (path, asked = {}) =>
      ask(server.port, path, { ...asked, headers: { ...headers, ...asked.headers } }),
    subscribe: (options = {}, path = '/subscribe'): Client => {
      const url = `ws://127.0.0.1:${server.port}${path}`;
      const client = new Client(url, { ...options, headers: { ...headers, ...options.headers } });
      clients.push(client);
      return client;
    },
    end: async (): Promise<void> => {
      for (const { socket } of clients) socket.terminate();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks over HTTP. */
export function ask(port: number, path: string, asked: Asked = {}): Promise<Got> {
  const { method = 'POST', body, headers = {} } = asked;
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isJson = response.headers['content-type'] === 'application/json';
        const json = isJson && bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : {};
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, json });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A WebSocket whose frames are awaited one by one. */
export class Client {
  readonly socket: WebSocket;
  /** Resolves with the status of a refusal, or with `open`. */
  readonly opened: Promise<number | 'open'>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #frames: Readonly<Record<string, unknown>>[] = [];
  readonly #readers: ((frame: Readonly<Record<string, unknown>>) => void)[] = [];

  constructor(url: string, options: ClientOptions) {
    this.socket = new WebSocket(url, options);
    this.opened = new Promise((resolve) => {
      this.socket.on('open', () => resolve('open'));
      this.socket.on('unexpected-response', (sent, response) => {
        resolve(response.statusCode ?? 0);
        sent.destroy();
      });
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Readonly<Record<string, unknown>>;
      const reader = this.#readers.shift();
      if (reader === undefined) this.#frames.push(frame);
      else reader(frame);
    });
  }

  /** The next frame. */
  next(): Promise<Readonly<Record<string, unknown>>> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve) => {
      this.#readers.push(resolve);
    });
  }

  /** Frames that have arrived and were not read. */
  get unread(): number {
    return this.#frames.length;
  }

  say(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }
}
