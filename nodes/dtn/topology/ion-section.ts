/**
 * Files for all programs of a node of ION, as ionstart reads them: between `## begin PROGRAM` and
 * `## end PROGRAM` are the commands for one program (nasa-jpl/ION-DTN, ionstart.awk). Only the part for
 * ionadmin is read. In a file for several hosts, the name of the host follows that of the program.
 *
 * @module
 */
import {
  nonEmptySpan,
  type TextPart,
  type UnreadableText,
} from '../../../engine/pure/text-lines.ts';

/** A line and its number in the file, from 1. */
export interface NumberedLine {
  readonly line: TextPart;
  readonly number: number;
}

/** The lines for ionadmin, or why there are none. */
export type IonadminLines =
  | UnreadableText
  | { readonly kind: 'lines'; readonly lines: Iterable<NumberedLine> };

const MARKER =
  /^## (begin|end)\s+((?:ion|ionsec|bpsec|ltpsec|ltp|acs|bp|cfdp|ipn|bibe|dtn2|dtpc|imc|bss)admin)(?:\s+(\S+))?\s*$/;

const PROGRAM = 'ionadmin';

interface Marker extends NumberedLine {
  readonly isBegin: boolean;
  readonly program: string;
  readonly tag: string;
}

/** The lines after the marker `begin` and before line number `end`. */
interface Part {
  readonly begin: Marker;
  readonly end: number;
}

/** All lines of a file without markers; otherwise those of its part for ionadmin. */
export function ionadminLines(lines: Iterable<TextPart>): IonadminLines {
  const found = partOf(lines);
  if (found === undefined) return { kind: 'lines', lines: numbered(lines, 0, Number.MAX_VALUE) };
  if ('kind' in found) return found;
  return { kind: 'lines', lines: numbered(lines, found.begin.number, found.end) };
}

function partOf(lines: Iterable<TextPart>): Part | UnreadableText | undefined {
  const { first, parts, open } = partsIn(lines);
  if (open !== undefined) return wrong(open, `the part for ${PROGRAM} has no end`);
  const [part, another] = parts;
  if (part !== undefined && another !== undefined) {
    const names = `"${part.begin.tag}" and "${another.begin.tag}"`;
    const hint = 'ionscript -I FILE -t NAME writes the parts of one host into files';
    return wrong(another.begin, `there is a second part for ${PROGRAM}: ${names}`, hint);
  }
  if (part !== undefined || first === undefined) return part;
  return wrong(first, `the file has no part for ${PROGRAM}, expected "## begin ${PROGRAM}"`);
}

/** The first two parts for ionadmin; `open` is the begin of a part that has no end. */
function partsIn(lines: Iterable<TextPart>): {
  readonly first: Marker | undefined;
  readonly parts: readonly Part[];
  readonly open: Marker | undefined;
} {
  const parts: Part[] = [];
  let [first, open]: (Marker | undefined)[] = [];
  for (const marker of markersIn(lines)) {
    first ??= marker;
    if ((open !== undefined && marker.isBegin) || parts.length > 1) break;
    if (marker.program !== PROGRAM) continue;
    if (open !== undefined) parts.push({ begin: open, end: marker.number });
    open = marker.isBegin ? marker : undefined;
  }
  return { first, parts, open };
}

function* markersIn(lines: Iterable<TextPart>): Generator<Marker> {
  for (const { line, number } of numbered(lines, 0, Number.MAX_VALUE)) {
    const [, kind, program = '', tag = ''] = MARKER.exec(line.text) ?? [];
    if (kind !== undefined) yield { line, number, isBegin: kind === 'begin', program, tag };
  }
}

function wrong({ line }: NumberedLine, message: string, hint?: string): UnreadableText {
  const mistake = { ...nonEmptySpan(line), message };
  return { kind: 'mistakes', mistakes: [hint === undefined ? mistake : { ...mistake, hint }] };
}

/** Lines with their numbers: those after line `after` and before line `before`. */
function* numbered(
  lines: Iterable<TextPart>,
  after: number,
  before: number,
): Generator<NumberedLine> {
  let number = 0;
  for (const line of lines) {
    number += 1;
    if (number >= before) return;
    if (number > after) yield { line, number };
  }
}
