/**
 * Reads the messages of many flows from one text: lines `seconds,from,to,bytes`, or message creations
 * in an event file of the ONE simulator, `SECONDS C ID FROM TO BYTES` (akeranen/the-one,
 * input/StandardEventsReader.java); other events of such a file are skipped. A first line with column
 * names, empty lines and lines that begin with `#` are not messages.
 *
 * @module
 */
import { readNumber } from '../../engine/pure/read-number.ts';
import {
  LineMistakes,
  nonEmptySpan,
  splitLines,
  type TextPart,
  type UnreadableText,
  wordsOf,
} from '../../engine/pure/text-lines.ts';

/** The messages from one node to another, in the order of time. */
export interface FileFlow {
  /** The names of both nodes as parts of the text, where the file first names them. */
  readonly from: TextPart;
  readonly to: TextPart;
  readonly atNs: readonly number[];
  readonly bytes: readonly number[];
}

/** The flows that a text lists. */
export interface FileFlows {
  readonly kind: 'flows';
  readonly flows: readonly FileFlow[];
  /** Remarks on lines that have no effect, one sentence each. */
  readonly notes: readonly string[];
}

/** Largest number of pairs of nodes in a file: each pair is a flow with its own meters. */
const FLOWS_MAX = 10_000;
/** Matches the event types of the ONE simulator: S, DE, DR, CONN and others. */
const EVENT = /^[A-Z]{1,8}$/;
const COLUMNS = ['time', 'from', 'to', 'size'];
const COLUMNS_MAX = 400;
const BYTES_MIN = 32;
/**
 * Largest message, bytes, as in the schema of `traffic`; the limit of the flow's protocol is checked
 * elsewhere.
 */
const BYTES_MAX = 16_777_216;
const NS_PER_S = 1e9;
const LATEST_S = 9e6;

/** The parts of the line of a message. */
interface Message {
  readonly time: TextPart;
  readonly from: TextPart;
  readonly to: TextPart;
  readonly size: TextPart;
}

interface Growing {
  readonly from: TextPart;
  readonly to: TextPart;
  readonly sent: { readonly atNs: number; readonly bytes: number }[];
}

/** Reads the flows that a text lists; for a text above the limits, returns only mistakes. */
export function readFlows(text: string): FileFlows | UnreadableText {
  const read = splitLines(text, { columns: COLUMNS_MAX });
  if (read.kind === 'mistakes') return read;
  const mistakes = new LineMistakes();
  const flows = new Map<string, Growing>();
  const skipped = { events: 0, responses: 0 };
  let isFirst = true;
  for (const line of read.lines) {
    if (mistakes.isFull) break;
    if (/^\s*(?:#|$)/.test(line.text)) continue;
    const message = line.text.includes(',')
      ? messageOfCsv(line, isFirst, mistakes)
      : messageOfOne(line, skipped, mistakes);
    isFirst = false;
    if (message !== undefined) add(flows, message, mistakes);
  }
  if (mistakes.isAny) return mistakes.all();
  return { kind: 'flows', flows: [...flows.values()].map(inOrder), notes: notesOf(skipped) };
}

/**
 * Reads the message of a line of CSV; undefined for a line with column names, and after noting what is
 * wrong.
 */
function messageOfCsv(
  line: TextPart,
  isFirst: boolean,
  mistakes: LineMistakes,
): Message | undefined {
  const fields = fieldsOf(line);
  const [time, from, to, size, ...rest] = fields;
  if (isFirst && readNumber(time?.text ?? '') === undefined) {
    if (fields.map(({ text }) => text.toLowerCase()).join() === COLUMNS.join()) return undefined;
    const message = `the columns are not ${COLUMNS.join(', ')}`;
    mistakes.add({
      ...nonEmptySpan(line),
      message,
      hint: 'in this order, or without a line of names',
    });
    return undefined;
  }
  if (time !== undefined && from !== undefined && to !== undefined && size !== undefined) {
    if (rest.length === 0) return { time, from, to, size };
  }
  mistakes.add({ ...nonEmptySpan(line), message: 'this line is not "seconds,from,to,bytes"' });
  return undefined;
}

function fieldsOf({ text, start }: TextPart): readonly TextPart[] {
  return [...text.matchAll(/[^,]+/g)].map(({ 0: field, index }) => {
    const at = start + index + (field.length - field.trimStart().length);
    const trimmed = field.trim();
    return { text: trimmed, start: at, end: at + trimmed.length };
  });
}

/** Reads the message of a line of the ONE simulator; undefined for a line with another event. */
function messageOfOne(
  line: TextPart,
  skipped: { events: number; responses: number },
  mistakes: LineMistakes,
): Message | undefined {
  const [time, kind, , from, to, size, response] = wordsOf(line);
  const isEvent = readNumber(time?.text ?? '') !== undefined;
  if (isEvent && kind !== undefined && kind.text !== 'C' && EVENT.test(kind.text)) {
    skipped.events += 1;
    return undefined;
  }
  if (isEvent && kind?.text === 'C' && time && from && to && size) {
    if (response !== undefined && !response.text.startsWith('#')) skipped.responses += 1;
    return { time, from, to, size };
  }
  const message = 'this line is neither "seconds,from,to,bytes" nor "SECONDS C ID FROM TO BYTES"';
  mistakes.add({ ...nonEmptySpan(line), message });
  return undefined;
}

function add(flows: Map<string, Growing>, message: Message, mistakes: LineMistakes): void {
  const { time, from, to, size } = message;
  const seconds = readNumber(time.text) ?? -1;
  const bytes = readNumber(size.text) ?? -1;
  if (!(seconds >= 0 && seconds <= LATEST_S)) {
    const text = `"${time.text}" is no time in seconds from 0 to ${LATEST_S}`;
    mistakes.add({ ...nonEmptySpan(time), message: text });
  } else if (!Number.isInteger(bytes) || bytes < BYTES_MIN || bytes > BYTES_MAX) {
    const text = `"${size.text}" is not a whole number of bytes from ${BYTES_MIN} to ${BYTES_MAX}`;
    const hint = 'a packet carries 32 bytes by which it is known at the other end';
    mistakes.add({ ...nonEmptySpan(size), message: text, hint });
  } else if (from.text === to.text) {
    mistakes.add({
      ...nonEmptySpan(to),
      message: `${to.text} sends to itself, expected another node`,
    });
  } else {
    const key = `${from.text},${to.text}`;
    const known = flows.get(key);
    const sent = { atNs: Math.round(seconds * NS_PER_S), bytes };
    if (known !== undefined) known.sent.push(sent);
    else if (flows.size < FLOWS_MAX) flows.set(key, { from, to, sent: [sent] });
    else mistakes.add({ ...nonEmptySpan(from), message: `more than ${FLOWS_MAX} pairs of nodes` });
  }
}

/**
 * Sorts the messages of a flow by time, because lines may be in any order; messages of one time keep
 * the order of the file.
 */
function inOrder({ from, to, sent }: Growing): FileFlow {
  sent.sort((a, b) => a.atNs - b.atNs);
  return { from, to, atNs: sent.map(({ atNs }) => atNs), bytes: sent.map(({ bytes }) => bytes) };
}

function notesOf({ events, responses }: { events: number; responses: number }): readonly string[] {
  return [
    ...(events === 0 ? [] : [`${events} lines are no new messages (C), and are left out`]),
    ...(responses === 0 ? [] : [`${responses} messages ask for a response, which is not sent`]),
  ];
}
