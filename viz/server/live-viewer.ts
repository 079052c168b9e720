/**
 * One page that watches a run. A viewer remembers the numbers of the last parts that were sent to
 * the page, but has no queue: while the page does not read, nothing is sent and nothing
 * accumulates. Packets that the run drops in this time are counted. The run keeps all other blocks,
 * so the page gets them later without a gap.
 *
 * @module
 */
import { joinBytes } from '../../engine/pure/join-bytes.ts';
import {
  encodeLiveMessage,
  type LivePayloadKind,
  type LiveRunStatus,
  type LiveStreamPosition,
} from '../format/live-wire.ts';
import type { LiveRun } from './live-run.ts';

/** While more bytes than this wait to be sent over the socket, no further message is sent. */
const BUFFERED_MAX = 1024 * 1024;
const READ_MAX = 1024 * 1024;
/** Number of calls of {@link LiveViewer.tick} in which the state of the run is sent at most once. */
const NEWS_TICKS = 3;

/** The members of a WebSocket that {@link LiveViewer} uses. */
export interface LiveSocket {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array): void;
}

/** Sends a run to one page. */
export class LiveViewer {
  readonly #run: LiveRun;
  readonly #socket: LiveSocket;
  #hasHead = false;
  #lasting = 0;
  #packets = 0;
  #rows = 0;
  #reports = 0;
  #droppedFrames = 0;
  #droppedRows = 0;
  #told = '';
  #ticks = 0;

  /**
   * @param place How much of the stream the page already has. If it is undefined or belongs to
   *   another run, everything is sent.
   */
  constructor(run: LiveRun, socket: LiveSocket, place: LiveStreamPosition | undefined) {
    this.#run = run;
    this.#socket = socket;
    const isSame = place?.stream === run.stream;
    if (place === undefined || !isSame) return;
    this.#hasHead = place.lasting > 0 || place.packets > 0;
    this.#lasting = Math.min(place.lasting, run.lasting.last);
    this.#packets = Math.min(place.packets, run.packets.last);
    this.#rows = run.packets.rowsUpTo(this.#packets);
  }

  /** The state of the run and of this connection. */
  get news(): LiveRunStatus {
    const { news } = this.#run;
    return {
      ...news,
      droppedFrames: this.#droppedFrames,
      droppedRows: news.droppedRows + this.#droppedRows,
    };
  }

  /** Sends new data if the page keeps reading; called 30 times a second. */
  tick(): void {
    const { head } = this.#run;
    if (this.#socket.bufferedAmount > BUFFERED_MAX) return;
    if (head !== undefined && !this.#hasHead) {
      this.#send('head', head);
      this.#hasHead = true;
    }
    if (this.#hasHead) this.#sendLanes();
    this.#tell();
  }

  #sendLanes(): void {
    const { lasting, packets } = this.#run;
    const read = lasting.read(this.#lasting, 0, READ_MAX);
    this.#lasting = read.number;
    if (read.parts.length > 0)
      this.#send('lasting', joinBytes(read.parts.map(({ bytes }) => bytes)));
    // Packets are sent to a page only after it has all other blocks.
    if (this.#lasting < lasting.last) return;
    this.#sendReport();
    const seen = packets.read(this.#packets, this.#rows, READ_MAX);
    this.#droppedFrames += seen.missedParts;
    this.#droppedRows += seen.missedRows;
    this.#packets = seen.number;
    this.#rows = packets.rowsUpTo(seen.number);
    if (seen.parts.length > 0)
      this.#send('packets', joinBytes(seen.parts.map(({ bytes }) => bytes)));
  }

  /**
   * Sends the latest report with the results so far, if the page does not have it. Each report
   * contains all results so far, so earlier reports may be skipped.
   */
  #sendReport(): void {
    if (this.#reports === this.#run.reports) return;
    this.#reports = this.#run.reports;
    const { report } = this.#run;
    if (report !== undefined) this.#send('report', report);
  }

  #tell(): void {
    this.#ticks += 1;
    const { news } = this;
    if (this.#ticks % NEWS_TICKS !== 1 && news.phase === 'running') return;
    const text = JSON.stringify(news);
    if (text === this.#told) return;
    this.#told = text;
    this.#send('news', new TextEncoder().encode(text));
  }

  #send(kind: LivePayloadKind, payload: Uint8Array): void {
    const { stream } = this.#run;
    const place = { stream, lasting: this.#lasting, packets: this.#packets };
    this.#socket.send(encodeLiveMessage({ kind, ...place, payload }));
  }
}
