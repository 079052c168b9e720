/**
 * Draws replay windows as rows of bits: which of the latest numbers were accepted (RFC 6479).
 *
 * @module
 */
import type { Drawing, DrawingInput, NodeState, Shape } from '../../viz/format/drawing.ts';
import {
  boxShape,
  digitsInGroups,
  NARROW_WIDTH_PX,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { findUnreadableStates, readTracedStates } from '../_kit/trace-state.ts';
import { type TracedReplayWindow, WINDOW_TRACE } from './trace-states.ts';

/** A window of one pair at the cursor. */
interface PeerWindow extends TracedReplayWindow {
  readonly node: string;
  readonly peer: string;
}

const HEAD = 60;
const LABEL = 76;
const CELL_MAX = 12;
const GAP = 28;
/** Largest number of windows drawn; the table lists all. */
const WINDOWS_SHOWN = 6;

/** True when a gateway has traced a window. */
export function hasTracedReplayWindows({ nodes }: DrawingInput): boolean {
  return nodes.some(isTraced);
}

/** Draws the replay windows: one block of rows for each peer of each gateway. */
export function drawReplayWindows(input: DrawingInput): Drawing {
  const nodes = nodesShown(input, isTraced);
  const windows = nodes.flatMap(windowsOf);
  const unread = findUnreadableStates(WINDOW_TRACE, nodes);
  const shapes: Shape[] = [];
  let y = 0;
  for (const window of windows.slice(0, WINDOWS_SHOWN)) {
    const block = blockOf(window, y, input.width);
    for (const one of block.shapes) shapes.push(one);
    y = block.end + GAP;
  }
  for (const one of unread.slice(0, WINDOWS_SHOWN)) {
    shapes.push(textShape(0, y + 16, textCutToWidth(one, input.width)));
    y += GAP;
  }
  const more = windows.length - WINDOWS_SHOWN;
  if (more > 0) shapes.push(textShape(0, y, `${more} more windows are in the table.`));
  const fullest = [...windows].sort((a, b) => b.highest - a.highest)[0];
  const sentences = [...windows.map(sentenceOf), ...unread];
  const title = fullest === undefined ? (sentences[0] ?? 'No window') : sentenceOf(fullest);
  return {
    title,
    summary: `${sentences.join('. ')}.`,
    legend: 'Full: a number that was seen; hollow: one that was not yet; framed: the highest.',
    shapes,
    height: y - GAP + 8,
    table: {
      columns: ['gateway', 'peer', 'epoch', 'number', 'seen'],
      rows: windows.flatMap((window) =>
        existing(window).map((isSeen, back) => [
          ...[window.node, window.peer, window.epoch, window.highest - back],
          isSeen ? 1 : 0,
        ]),
      ),
    },
  };
}

function windowsOf({ name, states }: NodeState): readonly PeerWindow[] {
  return readTracedStates(WINDOW_TRACE, states).flatMap(({ key, value }) =>
    value === undefined ? [] : [{ node: name, ...key, ...value }],
  );
}

function isTraced({ states }: NodeState): boolean {
  return readTracedStates(WINDOW_TRACE, states).length > 0;
}

/** The bits for sequence numbers that are not negative. */
function existing({ seen, highest }: PeerWindow): readonly boolean[] {
  return seen.slice(0, highest + 1);
}

function sentenceOf(window: PeerWindow): string {
  const bits = existing(window);
  const seen = bits.filter(Boolean).length;
  const { node, peer, highest } = window;
  return (
    `${node} has seen ${digitsInGroups(seen)} of the newest ${digitsInGroups(bits.length)} numbers ` +
    `of ${peer}, up to ${digitsInGroups(highest)}`
  );
}

function blockOf(
  window: PeerWindow,
  top: number,
  width: number,
): { readonly shapes: readonly Shape[]; readonly end: number } {
  const bits = existing(window);
  const perRow = width < NARROW_WIDTH_PX ? 32 : 64;
  const cell = Math.max(4, Math.min(CELL_MAX, Math.floor((width - LABEL) / perRow)));
  const first = top + HEAD;
  const rows = Math.ceil(bits.length / perRow);
  const { node, peer, epoch, highest, size } = window;
  const older =
    size > bits.length && highest >= bits.length
      ? `${digitsInGroups(size - bits.length)} older bits are not drawn`
      : 'older numbers are refused as expired';
  const labels = Array.from({ length: rows }, (_, row) =>
    textShape(LABEL - 8, first + row * cell + cell - 2, digitsInGroups(highest - row * perRow), {
      anchor: 'end',
      fill: 'muted',
    }),
  ).filter((_, row) => cell >= CELL_MAX || row % 2 === 0);
  const shapes: Shape[] = [
    textShape(0, top + 16, `${node} ← ${peer}`, { weight: 'strong', size: 'normal' }),
    textShape(0, top + 34, `epoch ${epoch}, ${digitsInGroups(size)} bits, newest number first`, {
      fill: 'muted',
    }),
    textShape(0, top + 50, older, { fill: 'muted' }),
    ...labels,
    { kind: 'path', d: cells(bits, { perRow, cell, y: first, isSeen: true }), fill: 'c1' },
    {
      kind: 'path',
      d: cells(bits, { perRow, cell, y: first, isSeen: false }),
      stroke: 'fail',
      width: 1,
    },
    boxShape(
      { x: LABEL - 1, y: first - 1, w: cell, h: cell },
      { stroke: 'text', title: 'high mark' },
    ),
  ];
  return { shapes, end: first + rows * cell };
}

interface Grid {
  readonly perRow: number;
  readonly cell: number;
  readonly y: number;
  readonly isSeen: boolean;
}

/** Draws the bits: seen ones filled, others hollow; all bits of one kind form one path. */
function cells(bits: readonly boolean[], { perRow, cell, y, isSeen }: Grid): string {
  const side = cell - 2;
  const inset = isSeen ? 0 : 0.5;
  let d = '';
  for (const [at, bit] of bits.entries()) {
    if (bit !== isSeen) continue;
    const left = LABEL + (at % perRow) * cell + inset;
    const top = y + Math.floor(at / perRow) * cell + inset;
    const long = side - 2 * inset;
    d += `M${left} ${top}h${long}v${long}h${-long}z`;
  }
  return d;
}
