/**
 * Reads movements of BonnMotion (Aschenbruck et al. 2010, "BonnMotion: a mobility scenario generation
 * and analysis tool"): a line for each node with its way points, `TIME X Y TIME X Y ...`, seconds
 * and metres. Nodes are numbered from 0. Files with heights are refused.
 *
 * @module
 */
import type { ImportResult, TopologyImporter } from '../../../engine/host/importer.ts';
import { readNumber } from '../../../engine/pure/read-number.ts';
import {
  LineMistakes,
  nonEmptySpan,
  splitLines,
  type TextPart,
  wordsOf,
} from '../../../engine/pure/text-lines.ts';
import { MEETING_NODES_MAX } from './meeting-network.ts';
import {
  BAD_POSITION_MESSAGE,
  isValidPosition,
  LATEST_WAY_POINT_S,
  networkOfWalks,
  Walk,
  type WalkImportParameters,
  walkImportParameters,
} from './way-points.ts';

/** Movements of BonnMotion, by `import: { bonnmotion: FILE }`. */
export const bonnmotionImporter: TopologyImporter<WalkImportParameters> = {
  name: 'bonnmotion',
  help: 'Movements of BonnMotion: a line of TIME X Y for each node.',
  parameters: walkImportParameters,
  read,
};

/**
 * Longest line, characters. A line contains the whole walk of a node; this length allows some
 * 200,000 way points.
 */
const COLUMNS_MAX = 4_000_000;
/** Largest number of way points of all nodes together; each takes 0.2 kB of memory. */
const POINTS_MAX = 1_000_000;

function read(text: string, parameters: WalkImportParameters): ImportResult {
  const lines = splitLines(text, { lines: 10 * MEETING_NODES_MAX, columns: COLUMNS_MAX });
  if (lines.kind === 'mistakes') return lines;
  const mistakes = new LineMistakes();
  const walks = new Map<string, Walk>();
  let points = 0;
  for (const line of lines.lines) {
    if (mistakes.isFull) break;
    if (/^#3D\b/.test(line.text)) {
      mistakes.add({ ...nonEmptySpan(line), message: 'movements with heights are not read' });
    }
    if (/^\s*(?:#|$)/.test(line.text)) continue;
    const words = wordsOf(line);
    points += words.length / 3;
    if (points > POINTS_MAX) {
      const { start } = line;
      mistakes.add({ start, end: start + 1, message: `more than ${POINTS_MAX} way points` });
      break;
    }
    const walk = walkOf(line, words, mistakes);
    if (walk !== undefined) walks.set(`${walks.size}`, walk);
  }
  if (walks.size === 0 && !mistakes.isAny) {
    mistakes.add({ start: 0, end: 1, message: 'no movements were found, expected TIME X Y ...' });
  }
  return mistakes.isAny ? mistakes.all() : networkOfWalks(walks, parameters, []);
}

function walkOf(
  line: TextPart,
  words: readonly TextPart[],
  mistakes: LineMistakes,
): Walk | undefined {
  if (words.length % 3 !== 0) {
    const message = `${words.length} numbers, expected three for each way point: TIME X Y`;
    mistakes.add({ start: line.start, end: line.start + 1, message });
    return undefined;
  }
  let walk: Walk | undefined;
  let lastS = 0;
  for (let index = 0; index < words.length; index += 3) {
    const point = words.slice(index, index + 3);
    const [seconds = -1, x = Number.NaN, y = Number.NaN] = point.map(({ text }) => numberOf(text));
    const place = { start: point[0]?.start ?? 0, end: point[2]?.end ?? 1 };
    const isFirst = walk === undefined;
    const message = mistakeOf({ seconds, x, y, lastS, isFirst });
    if (message !== undefined) {
      mistakes.add({ ...place, message });
      return undefined;
    }
    walk ??= new Walk(x, y);
    walk.goTo(x, y, seconds);
    lastS = seconds;
  }
  return walk;
}

function numberOf(text: string): number {
  return readNumber(text) ?? Number.NaN;
}

interface Point {
  readonly seconds: number;
  readonly x: number;
  readonly y: number;
  readonly lastS: number;
  readonly isFirst: boolean;
}

function mistakeOf({ seconds, x, y, lastS, isFirst }: Point): string | undefined {
  if (!isValidPosition(x, y)) return BAD_POSITION_MESSAGE;
  if (!(seconds >= 0 && seconds <= LATEST_WAY_POINT_S))
    return `the time is not from 0 to ${LATEST_WAY_POINT_S} s`;
  if (isFirst && seconds > 0) return 'the first way point is not at 0 s';
  return seconds < lastS ? `${seconds} s is before the way point before it` : undefined;
}
