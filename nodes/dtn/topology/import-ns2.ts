/**
 * Reads movements in the format of ns-2 (ns-2 manual, "Creating Wireless Topologies"; CMU's
 * setdest): `$node_(0) set X_ 5.0` and `$ns_ at 2.0 "$node_(0) setdest 90.0 44.0 1.5"`, metres,
 * seconds and metres per second. A command for a node that is still moving replaces its course.
 * Heights have no effect.
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
} from '../../../engine/pure/text-lines.ts';
import { formatWarnings } from './contact-list.ts';
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

/** Movements of ns-2, by `import: { ns2: FILE }`. */
export const ns2Importer: TopologyImporter<WalkImportParameters> = {
  name: 'ns2',
  help: 'Movements of nodes as ns-2 has them (setdest).',
  parameters: walkImportParameters,
  read,
};

const PLACE = /^\s*\$node_?\((\d{1,9})\)\s+set\s+([XYZ])_\s+(\S+)\s*$/;
const COURSE =
  /^\s*\$\w+\s+at\s+(\S+)\s+"\$node_?\((\d{1,9})\)\s+setdest\s+(\S+)\s+(\S+)\s+([^\s"]+)\s*"\s*$/;
const JUMP = /\bat\s+\S+\s+"\$node_?\(\d+\)\s+set\s+[XYZ]_/;

interface Course {
  readonly line: TextPart;
  readonly atS: number;
  readonly x: number;
  readonly y: number;
  readonly speed: number;
}

interface Node {
  readonly place: { X?: number; Y?: number; Z?: number };
  readonly courses: Course[];
}

function read(text: string, parameters: WalkImportParameters): ImportResult {
  const lines = splitLines(text, { columns: 400 });
  if (lines.kind === 'mistakes') return lines;
  const mistakes = new LineMistakes();
  const nodes = new Map<string, Node>();
  const others = takeAll(lines.lines, nodes, mistakes);
  if (nodes.size === 0 && !mistakes.isAny) {
    const message = 'no movements were found, expected $node_(0) set X_ 5.0';
    mistakes.add({ start: 0, end: 1, message });
  }
  const walks = mistakes.isAny ? new Map<string, Walk>() : walksOf(nodes, mistakes);
  if (mistakes.isAny) return mistakes.all();
  const warnings = formatWarnings([[others, 'line', 'about other things than movements left out']]);
  return networkOfWalks(walks, parameters, warnings);
}

/** Takes places and movements from all lines. @returns the number of lines about anything else. */
function takeAll(
  lines: Iterable<TextPart>,
  nodes: Map<string, Node>,
  mistakes: LineMistakes,
): number {
  let others = 0;
  for (const line of lines) {
    if (mistakes.isFull) break;
    if (/^\s*(?:#|$)/.test(line.text)) continue;
    const place = takePlace(line, nodes);
    const message = place === null ? takeCourse(line, nodes) : place;
    if (message === 'other') others += 1;
    else if (message !== undefined) mistakes.add({ ...nonEmptySpan(line), message });
    if (nodes.size <= MEETING_NODES_MAX) continue;
    mistakes.add({ ...nonEmptySpan(line), message: `more than ${MEETING_NODES_MAX} nodes` });
    break;
  }
  return others;
}

function nodeOf(nodes: Map<string, Node>, id: string): Node {
  const key = `${Number(id)}`;
  const node = nodes.get(key) ?? { place: {}, courses: [] };
  nodes.set(key, node);
  return node;
}

/**
 * Reads a line with a position.
 * @returns what is wrong with the line; null if it is not such a line.
 */
function takePlace({ text }: TextPart, nodes: Map<string, Node>): string | undefined | null {
  const [, id, axis, written] = PLACE.exec(text) ?? [];
  if (id === undefined) return null;
  const value = readNumber(written ?? '');
  if (value === undefined || !isValidPosition(value, 0))
    return `"${written}" is no place in metres`;
  nodeOf(nodes, id).place[axis as 'X' | 'Y' | 'Z'] = value;
  return undefined;
}

function takeCourse(line: TextPart, nodes: Map<string, Node>): string | undefined {
  const [, time, id, ...rest] = COURSE.exec(line.text) ?? [];
  if (id === undefined) return JUMP.test(line.text) ? 'a node jumps, which is not read' : 'other';
  const numbers = [time, ...rest].map((word) => readNumber(word ?? ''));
  const [atS = -1, x = Number.NaN, y = Number.NaN, speed = -1] = numbers;
  if (!(atS >= 0 && atS <= LATEST_WAY_POINT_S))
    return `"${time}" is no time from 0 to ${LATEST_WAY_POINT_S} s`;
  if (!isValidPosition(x, y)) return BAD_POSITION_MESSAGE;
  if (!(speed >= 0 && Number.isFinite(speed)))
    return `"${rest[2]}" is no speed in metres per second`;
  nodeOf(nodes, id).courses.push({ line, atS, x, y, speed });
  return undefined;
}

function walksOf(nodes: ReadonlyMap<string, Node>, mistakes: LineMistakes): Map<string, Walk> {
  const walks = new Map<string, Walk>();
  for (const [id, { place, courses }] of [...nodes].sort(([a], [b]) => Number(a) - Number(b))) {
    const { X: x, Y: y } = place;
    if (x === undefined || y === undefined) {
      const { start, end } = courses[0]?.line ?? { start: 0, end: 1 };
      const message = `node ${id} has no ${x === undefined ? 'X_' : 'Y_'} at the beginning`;
      mistakes.add({ start, end, message });
      continue;
    }
    const walk = new Walk(x, y);
    for (const course of courses.sort((a, b) => a.atS - b.atS)) {
      walk.restUntil(course.atS);
      if (course.speed === 0) continue;
      const arrival = course.atS + walk.distanceTo(course.x, course.y) / course.speed;
      walk.goTo(course.x, course.y, arrival);
    }
    walks.set(id, walk);
  }
  return walks;
}
