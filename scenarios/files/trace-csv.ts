/**
 * Reads a packet trace: a CSV file with lines `seconds,bytes`, sorted by time. A first line with
 * column names, empty lines and lines that begin with `#` are skipped.
 *
 * @module
 */
import { readNumber } from '../../engine/pure/read-number.ts';
import {
  type LineMistake,
  LineMistakes,
  nonEmptySpan,
  splitLines,
  type TextPart,
  type UnreadableText,
} from '../../engine/pure/text-lines.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { findFileBeside } from '../../topologies/files/find-file.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import { collectConfigErrors } from '../../topologies/files/problems.ts';
import { LONGEST_TIME_NS } from '../../topologies/files/quantity.ts';
import { readText } from '../../topologies/files/source.ts';
import { TEXT_BUDGET_MESSAGE } from '../../topologies/files/text-budget.ts';
import type { TrafficPattern } from '../traffic-pattern.ts';
import type { ScenarioContext } from './context.ts';

type Trace = Extract<TrafficPattern, { kind: 'trace' }>;

const LIMITS = { limitBytes: 64e6, tooLargeHint: 'split the trace' };
/** Largest number of packets of a trace: as many as fit into the largest file. */
const LINES_MAX = 10_000_000;
const BYTES_MIN = 32;
/**
 * Largest packet, bytes, as in the schema of `traffic`; the limit of the flow's protocol is checked
 * elsewhere.
 */
const BYTES_MAX = 16_777_216;

/**
 * Reads the times and sizes of packets from a CSV file.
 * @returns the trace, or undefined after reporting what is wrong.
 */
export function readTrafficTrace(
  context: ScenarioContext,
  name: string,
  path: ValuePath,
): Trace | undefined {
  const { files } = context.registry.machine;
  const found = findFileBeside(name, context.source.path, files);
  if ('message' in found) {
    context.refuse('E116', path, found.message, found.hint);
    return undefined;
  }
  const { traces } = context;
  if (!traces.has(found.path)) traces.set(found.path, readFile(context, found.path, path));
  return traces.get(found.path);
}

function readFile(context: ScenarioContext, file: string, path: ValuePath): Trace | undefined {
  const { files } = context.registry.machine;
  return collectConfigErrors(context.problems, () => {
    const source = readText(file, { ...LIMITS, files });
    if (!context.texts.take(source)) {
      context.refuse('E117', path, TEXT_BUDGET_MESSAGE, 'let flows have the same file');
      return undefined;
    }
    const read = parse(source.text);
    if (read.kind === 'trace') return read;
    throw new ConfigError(read.mistakes.map((one) => source.issue({ code: 'E103', ...one })));
  });
}

function parse(text: string): Trace | UnreadableText<Partial<Wrong> & LineMistake> {
  const read = splitLines(text, { lines: LINES_MAX });
  if (read.kind === 'mistakes') return read;
  const mistakes = new LineMistakes<Partial<Wrong> & LineMistake>();
  const atNs: number[] = [];
  const sizes: number[] = [];
  let isFirst = true;
  for (const line of read.lines) {
    if (mistakes.isFull) break;
    const isHead = isFirst && /[a-z]/i.test(line.text);
    isFirst = false;
    if (isHead || line.text.trim() === '' || line.text.startsWith('#')) continue;
    const entry = parseLine(line, atNs.at(-1) ?? 0);
    if ('message' in entry) mistakes.add({ ...nonEmptySpan(line), ...entry });
    else {
      atNs.push(entry.atNs);
      sizes.push(entry.bytes);
    }
  }
  if (atNs.length === 0 && !mistakes.isAny) {
    mistakes.add({ start: 0, end: 1, message: 'there are no packets, expected "seconds,bytes"' });
  }
  return mistakes.isAny ? mistakes.all() : { kind: 'trace', atNs, bytes: sizes };
}

interface Wrong {
  readonly code: 'E103' | 'E104' | 'E111';
  readonly message: string;
}

type Packet = { readonly atNs: number; readonly bytes: number };

function parseLine({ text }: TextPart, lastNs: number): Packet | Wrong {
  const [seconds, bytes, ...rest] = text.split(',').map((part) => readNumber(part.trim()));
  if (seconds === undefined || bytes === undefined || rest.length > 0) {
    return { code: 'E103', message: 'this line is not "seconds,bytes"' };
  }
  const atNs = Math.round(seconds * 1e9);
  if (atNs < lastNs) {
    const message = `${seconds} s is before the line above, expected sorted times`;
    return { code: 'E111', message };
  }
  if (atNs > LONGEST_TIME_NS) {
    return { code: 'E104', message: `${text.split(',')[0]} s is above the maximum 104 days` };
  }
  if (!Number.isInteger(bytes) || bytes < BYTES_MIN || bytes > BYTES_MAX) {
    return { code: 'E104', message: `${bytes} bytes is outside ${BYTES_MIN} to ${BYTES_MAX}` };
  }
  return { atNs, bytes };
}
