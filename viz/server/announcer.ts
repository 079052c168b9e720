/**
 * Tells open pages over a WebSocket that the list of runs has changed; pages only listen. Over two
 * other WebSockets of the same server, pages watch the present run (live-channel.ts) and control it
 * (control-channel.ts). A message above 64 KiB closes the connection, and so does a page that does
 * not answer pings.
 *
 * @module
 */
import { type FSWatcher, watch } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ConnectionLimiter } from '../../engine/live/faces/connections.ts';
import { BoundedWebSocket } from '../../engine/live/faces/paced-socket.ts';
import { CONTROL_URL_PATH } from '../format/control-wire.ts';
import { LIVE_URL_PATH } from '../format/live-wire.ts';
import type { ControlChannel } from './control-channel.ts';
import { isSameOriginRequest, type ListenAddress } from './guard.ts';
import { bodilessResponse } from './headers.ts';
import type { LiveChannel } from './live-channel.ts';

/** URL path of the WebSocket over which pages learn that the list has changed. */
const EVENTS_PATH = '/api/events';
const MESSAGE_BYTES_MAX = 64 * 1024;
const PING_MS = 15_000;
/** All changes within this time are announced together, because a run writes many files, ms. */
const SETTLE_MS = 300;
const BUFFERED_MAX = 1024 * 1024;
/** While this many announcements wait to be sent to a slow page, further ones are not sent to it. */
const WAITING_MAX = 16;
const CLIENTS_MAX = 64;

/** The parameters of {@link RunListAnnouncer}. */
export interface RunListAnnouncerParts {
  readonly server: Server;
  /**
   * All connections of the server. If there are too many, the one on which nothing was received for
   * the longest time is closed.
   */
  readonly connections: ConnectionLimiter;
  /** The folder of the runs. */
  readonly runs: string;
  readonly bound: ListenAddress;
  /** Serves pages that watch the present run; undefined if this process executes no run. */
  readonly live: LiveChannel | undefined;
  /**
   * Serves pages that control the present run; undefined without a run, or if pages must not
   * control it.
   */
  readonly control: ControlChannel | undefined;
}

/** Tells open pages over a WebSocket that the list of runs has changed. */
export class RunListAnnouncer {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    // BoundedWebSocket answers pings itself.
    autoPong: false,
  });
  readonly #connections: ConnectionLimiter;
  readonly #silent = new WeakSet<WebSocket>();
  readonly #listeners = new Set<BoundedWebSocket>();
  readonly #live: LiveChannel | undefined;
  readonly #control: ControlChannel | undefined;
  readonly #pings: NodeJS.Timeout;
  readonly #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ server, connections, runs, bound, live, control }: RunListAnnouncerParts) {
    this.#connections = connections;
    this.#live = live;
    this.#control = control;
    server.on('upgrade', (request, socket, head) =>
      this.#upgrade(request, socket, { head, bound }),
    );
    this.#pings = setInterval(() => this.#ping(), PING_MS);
    this.#watcher = watched(runs, () => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.tell({ kind: 'runs' });
      }, SETTLE_MS);
    });
  }

  /** Sends a message to every connected page, except to pages that do not read fast enough. */
  tell(message: { readonly kind: string }): void {
    const text = JSON.stringify(message);
    for (const listener of this.#listeners) {
      if (listener.waiting < WAITING_MAX) listener.send(text);
    }
  }

  /** Closes all connections. */
  close(): void {
    clearInterval(this.#pings);
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#live?.close();
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
  }

  #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    { head, bound }: { readonly head: Buffer; readonly bound: ListenAddress },
  ): void {
    const { host, origin } = request.headers;
    const [path, query = ''] = (request.url ?? '').split('?', 2);
    const live = path === LIVE_URL_PATH ? this.#live : undefined;
    const control = request.url === CONTROL_URL_PATH ? this.#control : undefined;
    const isKnown = live !== undefined || control !== undefined || request.url === EVENTS_PATH;
    const isRefused =
      !isKnown || origin === undefined || !isSameOriginRequest({ host, origin }, bound);
    if (isRefused || this.#sockets.clients.size >= CLIENTS_MAX) {
      socket.on('error', () => socket.destroy());
      socket.end(bodilessResponse('403 Forbidden'), () => socket.destroy());
      return;
    }
    this.#connections.hold(socket);
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      // Without a listener, an error on one connection would end the process.
      client.on('error', () => client.terminate());
      client.on('pong', () => this.#silent.delete(client));
      if (control !== undefined) {
        control.take(client);
        return;
      }
      const paced = new BoundedWebSocket(client, { bytesMax: BUFFERED_MAX });
      if (live === undefined) this.#listen(client, paced);
      else live.take(client, new URLSearchParams(query));
    });
  }

  #listen(client: WebSocket, paced: BoundedWebSocket): void {
    this.#listeners.add(paced);
    client.on('close', () => this.#listeners.delete(paced));
  }

  /**
   * Sends a ping to each page; closes the connection of a page that has not answered the previous
   * ping.
   */
  #ping(): void {
    for (const client of this.#sockets.clients) {
      if (this.#silent.has(client)) {
        client.terminate();
        continue;
      }
      this.#silent.add(client);
      client.ping();
    }
  }
}

/**
 * Watches a folder; undefined if the system cannot watch it. Readers then use the reload button of
 * the page.
 */
function watched(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { recursive: true, persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
