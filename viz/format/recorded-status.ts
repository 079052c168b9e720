/**
 * Reads from a trace the latest status that a node had reported about itself by an instant
 * (docs/TRACE.md, table `status`).
 *
 * @module
 */
import { NO_REFERENCE, STATUS_CHARACTERS_MAX } from '../../engine/measure/trace/layout.ts';
import { blobAt, textOf } from './blobs.ts';
import type { Block } from './block.ts';
import { isFailure, type TraceFailure, TraceProblem, traceFailureAsValue } from './failure.ts';
import type { TraceFile } from './trace-file.ts';

/** The status that a node reported about itself, as recorded in a trace. */
export interface RecordedStatus {
  /**
   * The latest instant at which nodes were asked for their status, ns; 0 if they were never asked.
   */
  readonly timeNs: number;
  /**
   * The status as JSON text, because a worker thread cannot post a value that is nested too deeply;
   * undefined if the node has reported no status.
   */
  readonly json: string | undefined;
  /** Why nodes were not asked again after this instant; empty if they were. */
  readonly note: string;
}

/**
 * Returns the status of a node at an instant; undefined if the trace has no statuses up to the
 * instant.
 */
export function recordedStatusAt(
  trace: TraceFile,
  { node, timeNs }: { readonly node: number; readonly timeNs: number },
): Promise<RecordedStatus | TraceFailure | undefined> {
  return traceFailureAsValue(async () => {
    const ranges = await trace.rows('status', 0, Math.floor(timeNs) + 1);
    if (isFailure(ranges)) return ranges;
    const rows = ranges.flatMap(({ block, from, to }) =>
      Array.from({ length: to - from }, (_, i): StatusRow => ({ block, row: from + i })),
    );
    if (rows.length === 0) return undefined;
    const stray = rows.find((row) => !isKnown(nodeAt(row), trace));
    if (stray !== undefined) throw damage(stray, `is of node ${nodeAt(stray)}, which is unknown`);
    const ends = rows.filter((row) => nodeAt(row) === NO_REFERENCE);
    const asked = ends.findLast((row) => textAt(row) === '');
    const own = rows.findLast((row) => nodeAt(row) === node);
    const end = ends.at(-1);
    return {
      timeNs: Math.max(timeAt(asked), timeAt(own)),
      json: own && jsonAt(own),
      note: end === undefined ? '' : textAt(end),
    };
  });
}

interface StatusRow {
  readonly block: Block;
  readonly row: number;
}

function isKnown(node: number, { header }: TraceFile): boolean {
  return node < header.nodes.length || node === NO_REFERENCE;
}

function nodeAt({ block, row }: StatusRow): number {
  return block.value('node', row);
}

function timeAt(at: StatusRow | undefined): number {
  return at === undefined ? 0 : at.block.time('time', at.row);
}

function textAt(at: StatusRow): string {
  const blob = blobAt(at.block.aux, at.block.value('value', at.row));
  const text = blob && textOf(blob);
  if (text === undefined) throw damage(at, 'has no text');
  if (text.length > STATUS_CHARACTERS_MAX) throw damage(at, `has ${text.length} characters`);
  return text;
}

function jsonAt(at: StatusRow): string {
  const text = textAt(at);
  try {
    JSON.parse(text);
  } catch (cause) {
    throw damage(at, 'is not JSON', { cause });
  }
  return text;
}

function damage({ block, row }: StatusRow, what: string, options?: ErrorOptions): TraceProblem {
  const { offset } = block.entry;
  const message = `block at byte ${offset}: status ${row} ${what}`;
  return new TraceProblem({ name: 'bad-payload', message, at: offset }, options);
}
