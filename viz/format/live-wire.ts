/**
 * The messages of a run in progress, server to page, over a WebSocket (docs/TRACE.md, "While a
 * run goes on"): the head of a trace, then its blocks in two lanes, reports of what was measured so far,
 * and news in between.
 *
 *      0       4         5      6      8        12        16        20        24
 *      | magic | version | kind | zero | stream | lasting | packets | length  | payload
 *        u32     u8        u8     u16    u32      u32       u32       u32
 *
 * Little-endian. `lasting` and `packets` number the last part of each lane that the page has once it
 * has read this message: with them it resumes after the connection was lost.
 *
 * @module
 */

/** `ORRL`, little-endian. */
const MAGIC = 0x4c52_524f;
const VERSION = 1;
const HEAD_BYTES = 24;
/** Longest payload that a page takes. */
const PAYLOAD_MAX = 64 * 1024 * 1024;

/** Path of the WebSocket; `?stream=&lasting=&packets=` resumes. */
export const LIVE_PATH = '/api/live';

const KINDS = ['head', 'lasting', 'packets', 'news', 'report'] as const;

/** What a payload is: the head of a trace, blocks of a lane, JSON ({@link LiveNews}, a report). */
export type LiveKind = (typeof KINDS)[number];

/** How far a page is. */
export interface LivePlace {
  /** Number of the stream: another run, another number. */
  readonly stream: number;
  readonly lasting: number;
  readonly packets: number;
}

/** One message. */
export interface LiveMessage extends LivePlace {
  readonly kind: LiveKind;
  readonly payload: Uint8Array;
}

/** What the server says of the run and of this page's connection. */
export interface LiveNews {
  readonly phase: 'waiting' | 'running' | 'ended';
  readonly run: string;
  readonly seed: number;
  readonly durationNs: number;
  readonly nowNs: number;
  /** False where packets are not watched. */
  readonly hasPackets: boolean;
  /** Parts of the packet lane that this page will not get. */
  readonly droppedFrames: number;
  /** Rows in them, and those that the run threw away before. */
  readonly droppedRows: number;
  /** Id of the run below `runs/`, once its report is written. */
  readonly report: string | undefined;
  /** Why the stream ended before the run did. */
  readonly trouble: string | undefined;
}

/** The answer to a GET of {@link LIVE_PATH}. */
export interface LiveAnswer extends LiveNews {
  /** Faults that pages injected so far. */
  readonly injected: number;
}

/** Makes a message. */
export function encodeLive({ kind, stream, lasting, packets, payload }: LiveMessage): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, VERSION);
  view.setUint8(5, KINDS.indexOf(kind));
  view.setUint32(8, stream, true);
  view.setUint32(12, lasting, true);
  view.setUint32(16, packets, true);
  view.setUint32(20, payload.length, true);
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

/** Reads a message; a sentence when it is none. The payload is a view. */
export function decodeLive(bytes: Uint8Array): LiveMessage | string {
  if (bytes.length < HEAD_BYTES) return `a message of ${bytes.length} bytes has no head`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return 'the message does not begin like one of a live run';
  const version = view.getUint8(4);
  if (version !== VERSION) return `written by format ${version}, this page reads ${VERSION}`;
  const kind = KINDS[view.getUint8(5)];
  if (kind === undefined) return `there is no kind ${view.getUint8(5)} of message`;
  if (view.getUint16(6, true) !== 0) return 'bytes 6 and 7 are not zero';
  const length = view.getUint32(20, true);
  if (length > PAYLOAD_MAX) return `a payload of ${length} bytes is too long`;
  if (bytes.length !== HEAD_BYTES + length) return `the payload is not ${length} bytes long`;
  return {
    kind,
    stream: view.getUint32(8, true),
    lasting: view.getUint32(12, true),
    packets: view.getUint32(16, true),
    payload: bytes.subarray(HEAD_BYTES),
  };
}

/** Reads the payload of a message of kind `news`; undefined when it is not whole. */
export function readNews(payload: Uint8Array): LiveNews | undefined {
  try {
    const news = JSON.parse(new TextDecoder().decode(payload)) as Partial<LiveNews> | null;
    const { phase, run, seed, durationNs, nowNs } = news ?? {};
    const isPhase = phase === 'waiting' || phase === 'running' || phase === 'ended';
    if (!isPhase || typeof run !== 'string') return undefined;
    return {
      phase,
      run,
      seed: numberOr(seed),
      durationNs: numberOr(durationNs),
      nowNs: numberOr(nowNs),
      hasPackets: news?.hasPackets === true,
      droppedFrames: numberOr(news?.droppedFrames),
      droppedRows: numberOr(news?.droppedRows),
      report: textOr(news?.report),
      trouble: textOr(news?.trouble),
    };
  } catch {
    // A page never ends because of what a server says.
    return undefined;
  }
}

/** A place as the query of an address. */
export function placeQuery({ stream, lasting, packets }: LivePlace): string {
  return `stream=${stream}&lasting=${lasting}&packets=${packets}`;
}

/** Reads {@link placeQuery}; undefined when there is none. */
export function readPlace(query: URLSearchParams): LivePlace | undefined {
  const [stream, lasting, packets] = ['stream', 'lasting', 'packets'].map((name) => {
    const text = query.get(name) ?? '';
    return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  });
  if (stream === undefined || lasting === undefined || packets === undefined) return undefined;
  return { stream, lasting, packets };
}

function numberOr(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
