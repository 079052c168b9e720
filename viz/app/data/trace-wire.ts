/**
 * The messages between the page and the worker thread that reads the trace.
 *
 * @module
 */
import type { TraceFailure } from '../../format/failure.ts';
import type { LiveFeedState } from './live-feed.ts';
import type { QueryName, TraceInfo } from './trace-answers.ts';

/**
 * Where a finished trace comes from: a file that the reader has dropped, a URL, or bytes in memory.
 */
export type FileOrigin =
  | { readonly kind: 'file'; readonly file: Blob }
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** Where a trace comes from; `live` is a run in progress, with the URL of its WebSocket. */
export type TraceOrigin = FileOrigin | { readonly kind: 'live'; readonly url: string };

/** Messages to the worker thread. */
export type MessageToWorker =
  | { readonly kind: 'open'; readonly id: number; readonly origin: TraceOrigin }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly question: QueryName;
      readonly asked: unknown;
    };

/** Messages from the worker thread. */
export type MessageFromWorker =
  | { readonly id: number; readonly kind: 'opened'; readonly info: TraceInfo }
  | { readonly id: number; readonly kind: 'answer'; readonly answer: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly failure: TraceFailure }
  /** A run in progress has advanced; the worker sends this without a query. */
  | { readonly kind: 'live'; readonly state: LiveFeedState }
  /** The text of a report with the results so far; the worker sends this without a query. */
  | { readonly kind: 'report'; readonly text: string };
