/**
 * The worker thread that opens a trace and answers queries about it. All slow work happens here;
 * the page only draws.
 *
 * @module
 */
import { isFailure, type TraceFailure } from '../../format/failure.ts';
import { inflateGzip } from '../../format/inflate.ts';
import { type ByteSource, blobSource, memorySource, thrownMessage } from '../../format/source.ts';
import { openTrace, type TraceFile } from '../../format/trace-file.ts';
import { openHttpSource } from './http-source.ts';
import { LiveFeed } from './live-feed.ts';
import type { QueryName } from './trace-answers.ts';
import { QUERY_HANDLERS, readTraceInfo } from './trace-queries.ts';
import type { FileOrigin, MessageFromWorker, MessageToWorker, TraceOrigin } from './trace-wire.ts';

/** The part of a worker's global scope that this module uses. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<MessageToWorker>) => void) | null;
  postMessage(message: MessageFromWorker, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let trace: TraceFile | undefined;

scope.onmessage = ({ data }): void => {
  void answer(data).then((message) => scope.postMessage(message, buffersOf(message)));
};

async function answer(message: MessageToWorker): Promise<MessageFromWorker> {
  const { id } = message;
  try {
    return message.kind === 'open'
      ? await open(id, message.origin)
      : await ask(id, message.question, message.asked);
  } catch (error) {
    return { id, kind: 'failed', failure: unreadable(thrownMessage(error)) };
  }
}

async function open(id: number, origin: TraceOrigin): Promise<MessageFromWorker> {
  if (origin.kind === 'live') return await follow(id, origin.url);
  const source = await sourceOf(origin);
  const opened = await openTrace(source, inflateGzip);
  if (isFailure(opened)) return { id, kind: 'failed', failure: opened };
  trace = opened;
  const info = await readTraceInfo(opened, source.size);
  return isFailure(info) ? { id, kind: 'failed', failure: info } : { id, kind: 'opened', info };
}

async function ask(id: number, question: QueryName, asked: unknown): Promise<MessageFromWorker> {
  if (trace === undefined) return { id, kind: 'failed', failure: unreadable('no trace is open') };
  const found = await QUERY_HANDLERS[question](trace, asked as never);
  return isFailure(found)
    ? { id, kind: 'failed', failure: found }
    : { id, kind: 'answer', answer: found };
}

/**
 * Opens a run in progress. Resolves as soon as the trace can be shown, and then posts a message
 * after each change.
 */
function follow(id: number, url: string): Promise<MessageFromWorker> {
  return new Promise((resolve) => {
    new LiveFeed(url, {
      opened: (live, info): void => {
        trace = live;
        resolve({ id, kind: 'opened', info });
      },
      reported: (text): void => scope.postMessage({ kind: 'report', text }, []),
      changed: (state): void => scope.postMessage({ kind: 'live', state }, []),
      failed: (failure): void => resolve({ id, kind: 'failed', failure }),
    });
  });
}

function sourceOf(origin: FileOrigin): ByteSource | Promise<ByteSource> {
  switch (origin.kind) {
    case 'file':
      return blobSource(origin.file);
    case 'address':
      return openHttpSource(origin.url);
    case 'bytes':
      return memorySource(origin.bytes);
  }
}

/** Returns the buffers of the columns in an answer; they are transferred instead of copied. */
function buffersOf(message: MessageFromWorker): Transferable[] {
  if (message.kind !== 'answer' || typeof message.answer !== 'object') return [];
  const values: unknown[] = Object.values(message.answer ?? {});
  return values.filter(ArrayBuffer.isView).map(({ buffer }) => buffer as ArrayBuffer);
}

function unreadable(message: string): TraceFailure {
  return { kind: 'failure', name: 'unreadable', message, at: 0 };
}
