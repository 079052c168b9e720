/**
 * Reads a run in progress: connects to the server, appends the received parts to a growing trace, and
 * reconnects after a lost connection. Runs in the worker. The page gets a {@link LiveFeedState} after
 * every change, at most ten times a second.
 *
 * @module
 */
import { isFailure, type TraceFailure } from '../../format/failure.ts';
import { GrowingSource } from '../../format/growing-source.ts';
import { inflateGzip } from '../../format/inflate.ts';
import {
  decodeLiveMessage,
  type LiveMessage,
  type LiveRunStatus,
  type LiveStreamPosition,
  readLiveRunStatus,
  streamPositionQuery,
} from '../../format/live-wire.ts';
import { openTrace, type TraceFile } from '../../format/trace-file.ts';
import type { TraceInfo } from './trace-answers.ts';
import { readTraceInfo } from './trace-queries.ts';

/** Largest amount of packet data that the page keeps, bytes. */
const PACKETS_MAX = 48 * 1024 * 1024;
const TELL_MS = 100;
/**
 * How long the page waits for the first packets of a run that has begun, ms; after that it opens
 * the run without packets.
 */
const FIRST_PACKETS_MS_MAX = 1_000;
const RETRY_MS = 500;
const RETRY_MS_MAX = 4_000;

/** The state of a run in progress, as sent to the page. */
export interface LiveFeedState {
  /**
   * The state of the connection. `over` means that nothing more will come: the connection closed
   * after the end of the run, or a message could not be read.
   */
  readonly link: 'open' | 'lost' | 'over';
  readonly news: LiveRunStatus;
  readonly info: TraceInfo;
}

/** Callbacks of a {@link LiveFeed}. */
export interface LiveFeedListener {
  /** Called once, as soon as the trace can be shown. */
  opened(trace: TraceFile, info: TraceInfo): void;
  /** Called after every change, at most ten times a second. */
  changed(state: LiveFeedState): void;
  /** Called with the text of a report that has the results so far. */
  reported(text: string): void;
  /** Called if the run cannot be read before `opened` was called. */
  failed(failure: TraceFailure): void;
}

interface PacketPart {
  readonly offset: number;
  readonly bytes: number;
}

/** Follows one run in progress. */
export class LiveFeed {
  readonly #url: string;
  readonly #listener: LiveFeedListener;
  readonly #source = new GrowingSource();
  #place: LiveStreamPosition | undefined;
  #trace: TraceFile | undefined;
  #info: TraceInfo | undefined;
  #news: LiveRunStatus | undefined;
  #link: LiveFeedState['link'] = 'open';
  #packets: PacketPart[] = [];
  #packetBytes = 0;
  #retryMs = RETRY_MS;
  #isOpened = false;
  #isBroken = false;
  #isPatient = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The processing of all messages so far; the next message is processed when it has ended. */
  #work: Promise<void> = Promise.resolve();

  constructor(url: string, listener: LiveFeedListener) {
    this.#url = url;
    this.#listener = listener;
    this.#connect();
  }

  #connect(): void {
    const query = this.#place === undefined ? '' : `?${streamPositionQuery(this.#place)}`;
    const socket = new WebSocket(`${this.#url}${query}`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = (): void => {
      this.#retryMs = RETRY_MS;
      this.#setLink('open');
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>): void => {
      this.#work = this.#work.then(() => this.#take(new Uint8Array(data), socket));
    };
    socket.onclose = (): void => this.#lost();
  }

  #lost(): void {
    if (this.#isBroken) return;
    // If the run has ended, the server closes the connection and nothing is lost.
    if (this.#news?.phase === 'ended') {
      this.#setLink('over');
      return;
    }
    this.#setLink('lost');
    setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(RETRY_MS_MAX, this.#retryMs * 2);
  }

  async #take(bytes: Uint8Array, socket: WebSocket): Promise<void> {
    if (this.#isBroken) return;
    const message = decodeLiveMessage(bytes);
    const failure = typeof message === 'string' ? unreadable(message) : await this.#use(message);
    if (failure === undefined) return;
    this.#isBroken = true;
    socket.close();
    if (this.#news === undefined || !this.#isOpened) {
      this.#listener.failed(failure);
      return;
    }
    // The page continues to show what it has, and says why nothing more follows.
    this.#news = { ...this.#news, trouble: failure.message };
    this.#setLink('over');
  }

  async #use(message: LiveMessage): Promise<TraceFailure | undefined> {
    const { kind, payload, stream, lasting, packets } = message;
    if (kind === 'news') {
      this.#news = readLiveRunStatus(payload) ?? this.#news;
      return await this.#open();
    }
    const isOther = this.#place !== undefined && this.#place.stream !== stream;
    if (isOther) return unreadable('another run is in progress here now: reload the page');
    this.#place = { stream, lasting, packets };
    if (kind === 'report') {
      this.#listener.reported(new TextDecoder().decode(payload));
      return undefined;
    }
    const offset = this.#source.push(payload);
    const failure = kind === 'head' ? await this.#begin() : await this.#trace?.grow(offset);
    if (failure !== undefined) return failure;
    if (kind === 'packets') this.#keep({ offset, bytes: payload.length });
    return await this.#open();
  }

  async #begin(): Promise<TraceFailure | undefined> {
    const trace = await openTrace(this.#source, inflateGzip);
    if (isFailure(trace)) return trace;
    this.#trace = trace;
    // A run that starts paused sends no packets, but the page must show it so that the viewer can
    // resume it.
    setTimeout(() => {
      this.#isPatient = false;
      this.#work = this.#work.then(async () => void (await this.#open()));
    }, FIRST_PACKETS_MS_MAX);
    return undefined;
  }

  /**
   * Keeps a part of the packet data; deletes the oldest parts while all parts together exceed
   * {@link PACKETS_MAX}.
   */
  #keep(part: PacketPart): void {
    this.#packets.push(part);
    this.#packetBytes += part.bytes;
    while (this.#packetBytes > PACKETS_MAX && this.#packets.length > 1) {
      const oldest = this.#packets.shift() as PacketPart;
      this.#packetBytes -= oldest.bytes;
      this.#trace?.forget(oldest.offset, oldest.offset + oldest.bytes);
      this.#source.forget(oldest.offset);
    }
  }

  /** Calls `opened` once the trace can be shown, and `changed` at every later call. */
  async #open(): Promise<TraceFailure | undefined> {
    const trace = this.#trace;
    const news = this.#news;
    if (trace === undefined || news === undefined) return undefined;
    if (this.#isOpened) {
      this.#tellSoon();
      return undefined;
    }
    const isSeen = this.#packets.length > 0 || news.phase === 'ended';
    const isVisible = !news.hasPackets || isSeen || !this.#isPatient;
    if (!isVisible) return undefined;
    const info = await this.#readInfo(trace);
    if (isFailure(info)) return info;
    this.#isOpened = true;
    this.#listener.opened(trace, info);
    this.#tellSoon();
    return undefined;
  }

  /**
   * Reads the description of the trace. A run writes the trace's index only at its end, so the
   * missing index is not reported as damage.
   */
  async #readInfo(trace: TraceFile): Promise<TraceInfo | TraceFailure> {
    const info = await readTraceInfo(trace, this.#source.size);
    if (isFailure(info)) return info;
    this.#info = { ...info, damage: undefined };
    return this.#info;
  }

  #setLink(link: LiveFeedState['link']): void {
    this.#link = link;
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (!this.#isOpened) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#tell();
    }, TELL_MS);
  }

  async #tell(): Promise<void> {
    const trace = this.#trace;
    if (trace !== undefined) await this.#readInfo(trace);
    const news = this.#news;
    const info = this.#info;
    if (news === undefined || info === undefined) return;
    this.#listener.changed({ link: this.#link, news, info });
  }
}

function unreadable(message: string): TraceFailure {
  return { kind: 'failure', name: 'unreadable', message, at: 0 };
}
