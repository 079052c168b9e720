/**
 * Reads a packet trace: a CSV file with lines `seconds,bytes`, sorted by time. A first line with
 * column names, empty lines and lines that begin with `#` are skipped.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readNumber } from '../../engine/pure/read-number.ts';
import { noteRead } from '../../topologies/files/files-read.ts';
import { findFile } from '../../topologies/files/find-file.ts';
import type { FilePath } from '../../topologies/files/locate.ts';
import { displayPath } from '../../topologies/files/source.ts';
import type { TrafficPattern } from '../model.ts';
import type { ScenarioContext } from './context.ts';

type Trace = Extract<TrafficPattern, { kind: 'trace' }>;

const LIMIT_BYTES = 64e6;
const BYTES_MIN = 32;
/** See the schema of traffic; what the protocol of the flow takes is checked elsewhere. */
const BYTES_MAX = 16_777_216;

/** @returns the trace, or undefined after noting what is wrong. */
export function readTrace(
  context: ScenarioContext,
  name: string,
  path: FilePath,
): Trace | undefined {
  const folder = dirname(context.source.path);
  const found = findFile(name, [folder], ['the folder of this file']);
  if ('message' in found) {
    context.refuse('E116', path, found.message, found.hint);
    return undefined;
  }
  const bytes = statSync(found.path).size;
  if (bytes > LIMIT_BYTES) {
    const message = `${name} is ${Math.round(bytes / 1e6)} MB, the limit is ${LIMIT_BYTES / 1e6} MB`;
    context.refuse('E117', path, message, 'split the trace');
    return undefined;
  }
  return parse(context, found.path);
}

function parse(context: ScenarioContext, file: string): Trace | undefined {
  const before = context.problems.count;
  const atNs: number[] = [];
  const sizes: number[] = [];
  const bytes = readFileSync(file);
  noteRead(bytes);
  const lines = bytes.toString('utf8').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (index === 0 && /[a-z]/i.test(line)) continue;
    const entry = parseLine(line, atNs.at(-1) ?? 0);
    if ('message' in entry) {
      context.problems.addAll([
        { ...placeOf(file, index, line), path: '', code: entry.code, message: entry.message },
      ]);
      continue;
    }
    atNs.push(entry.atNs);
    sizes.push(entry.bytes);
  }
  return context.problems.count > before ? undefined : { kind: 'trace', atNs, bytes: sizes };
}

type Line =
  | { readonly atNs: number; readonly bytes: number }
  | { readonly code: 'E103' | 'E104' | 'E111'; readonly message: string };

function parseLine(line: string, lastNs: number): Line {
  const [seconds, bytes, ...rest] = line.split(',').map((part) => readNumber(part.trim()));
  if (seconds === undefined || bytes === undefined || rest.length > 0) {
    return { code: 'E103', message: 'this line is not "seconds,bytes"' };
  }
  const atNs = Math.round(seconds * 1e9);
  if (atNs < lastNs) {
    return {
      code: 'E111',
      message: `${seconds} s is before the line above, expected sorted times`,
    };
  }
  if (!Number.isInteger(bytes) || bytes < BYTES_MIN || bytes > BYTES_MAX) {
    return { code: 'E104', message: `${bytes} bytes is outside ${BYTES_MIN} to ${BYTES_MAX}` };
  }
  return { atNs, bytes };
}

function placeOf(
  file: string,
  index: number,
  line: string,
): {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly sourceLine: string;
} {
  const endColumn = line.length + 1;
  return { file: displayPath(file), line: index + 1, column: 1, endColumn, sourceLine: line };
}
