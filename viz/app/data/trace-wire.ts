/**
 * The messages between the page and the thread that reads the trace.
 *
 * @module
 */
import type { TraceFailure } from '../../format/failure.ts';
import type { QuestionName, TraceInfo } from './trace-answers.ts';

/** Where a trace comes from. */
export type TraceOrigin =
  | { readonly kind: 'file'; readonly file: Blob }
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** To the thread. */
export type ToWorker =
  | { readonly kind: 'open'; readonly id: number; readonly origin: TraceOrigin }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly question: QuestionName;
      readonly asked: unknown;
    };

/** From the thread. */
export type FromWorker =
  | { readonly id: number; readonly kind: 'opened'; readonly info: TraceInfo }
  | { readonly id: number; readonly kind: 'answer'; readonly answer: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly failure: TraceFailure };
