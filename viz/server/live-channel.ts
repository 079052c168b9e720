/**
 * The pages that watch a run. New data is sent to each page 30 times a second, as long as the page
 * reads it.
 *
 * @module
 */
import type { WebSocket } from 'ws';
import { readStreamPosition } from '../format/live-wire.ts';
import type { LiveRun } from './live-run.ts';
import { LiveViewer } from './live-viewer.ts';

const TICK_MS = 34;

/** The connections of pages that watch the run. */
export class LiveChannel {
  readonly #run: LiveRun;
  readonly #viewers = new Map<WebSocket, LiveViewer>();
  #timer: NodeJS.Timeout | undefined;

  constructor(run: LiveRun) {
    this.#run = run;
  }

  /** Adds the connection of a page; the query of its URL says which parts the page already has. */
  take(client: WebSocket, query: URLSearchParams): void {
    const socket = {
      get bufferedAmount(): number {
        return client.bufferedAmount;
      },
      send: (bytes: Uint8Array): void => client.send(bytes),
    };
    this.#viewers.set(client, new LiveViewer(this.#run, socket, readStreamPosition(query)));
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    client.on('close', () => {
      this.#viewers.delete(client);
      if (this.#viewers.size === 0) this.close();
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    for (const [client, viewer] of this.#viewers) {
      if (client.readyState === client.OPEN) viewer.tick();
    }
  }
}
