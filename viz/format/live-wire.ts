/**
 * The messages about a run in progress from the server to a page, over a WebSocket (docs/TRACE.md,
 * "While a run goes on"): the head of a trace, then its blocks in two lanes (`packets`: blocks with
 * packets; `lasting`: all other blocks), reports with the results so far, and news (the state of
 * the run).
 *
 *      0       4         5      6      8        12        16        20        24
 *      | magic | version | kind | zero | stream | lasting | packets | length  | payload
 *        u32     u8        u8     u16    u32      u32       u32       u32
 *
 * Little-endian. `lasting` and `packets` are, for each lane, the number of the last part that the
 * page has after reading this message. The page sends these numbers to resume after a lost
 * connection.
 *
 * @module
 */

/** `ORRL`, little-endian. */
const MAGIC = 0x4c52_524f;
const VERSION = 1;
const HEAD_BYTES = 24;
/** Largest payload that a page accepts, bytes. */
const PAYLOAD_MAX = 64 * 1024 * 1024;

/**
 * URL path of the WebSocket over which pages watch a run in progress. A query
 * `?stream=&lasting=&packets=` resumes an earlier connection.
 */
export const LIVE_URL_PATH = '/api/live';

const KINDS = ['head', 'lasting', 'packets', 'news', 'report'] as const;

/**
 * The kind of a payload: the head of a trace, blocks of one lane, {@link LiveRunStatus} as JSON, or
 * a report with the results so far as JSON.
 */
export type LivePayloadKind = (typeof KINDS)[number];

/** How much of a run's stream a page has: for each lane, the number of its last part. */
export interface LiveStreamPosition {
  /** The number that identifies the stream; each run has a different one. */
  readonly stream: number;
  readonly lasting: number;
  readonly packets: number;
}

/** One message of the stream to pages that watch a run. */
export interface LiveMessage extends LiveStreamPosition {
  readonly kind: LivePayloadKind;
  readonly payload: Uint8Array;
}

/** The state of the run and of this page's connection. */
export interface LiveRunStatus {
  readonly phase: 'waiting' | 'running' | 'ended';
  readonly run: string;
  readonly seed: number;
  readonly durationNs: number;
  readonly nowNs: number;
  /** False if this run does not send its packets to pages. */
  readonly hasPackets: boolean;
  /** Number of parts of the packet lane that were dropped before this page got them. */
  readonly droppedFrames: number;
  /** Number of packet rows in those parts, plus the rows that the run had discarded before. */
  readonly droppedRows: number;
  /** Id of the run's folder below `runs/`, once its report has been written. */
  readonly report: string | undefined;
  /** Why the stream ended before the end of the run; undefined if it did not. */
  readonly trouble: string | undefined;
}

/** The answer to a plain GET request for {@link LIVE_URL_PATH}, without WebSocket. */
export interface LiveGetResponse extends LiveRunStatus {
  /** Number of faults that pages have injected so far. */
  readonly injected: number;
}

/** Encodes a message. */
export function encodeLiveMessage({
  kind,
  stream,
  lasting,
  packets,
  payload,
}: LiveMessage): Uint8Array {
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

/**
 * Decodes a message; if the message is invalid, returns a sentence that says why. The payload is a
 * view of the message's bytes.
 */
export function decodeLiveMessage(bytes: Uint8Array): LiveMessage | string {
  if (bytes.length < HEAD_BYTES) return `a message of ${bytes.length} bytes has no head`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC)
    return 'the message does not begin with the header of a live message';
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

/** Reads the payload of a message of kind `news`; undefined if the payload is incomplete. */
export function readLiveRunStatus(payload: Uint8Array): LiveRunStatus | undefined {
  try {
    const news = JSON.parse(new TextDecoder().decode(payload)) as Partial<LiveRunStatus> | null;
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
    // Invalid data from a server must not crash a page.
    return undefined;
  }
}

/** Formats a position in the stream as the query of a URL. */
export function streamPositionQuery({ stream, lasting, packets }: LiveStreamPosition): string {
  return `stream=${stream}&lasting=${lasting}&packets=${packets}`;
}

/** Reads a position in the stream from the query of a URL; undefined if there is none. */
export function readStreamPosition(query: URLSearchParams): LiveStreamPosition | undefined {
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
