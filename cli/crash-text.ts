/**
 * Formats a crash of a node: 80 columns of text for people, JSON for programs.
 *
 * @module
 */

import { relative } from 'node:path';
import { greatestOf } from '../engine/pure/extremes.ts';
import { plainLines } from '../reports/plain-text.ts';
import type { Crash, CrashLocation } from '../runner/crash/crash.ts';

const COLUMNS = 80;
const INDENT = '  ';
const NS_PER_S = 1_000_000_000;
const NANO_DIGITS = 9;
/**
 * A long source line is cut so that this many characters before the column of the crash are shown.
 */
const BEFORE_CARET = 40;

/** What is printed with a node's crash, besides the crash itself. */
export interface CrashReportOptions {
  /** The command that repeats the run. */
  readonly repeat: string;
  readonly isDebug: boolean;
}

/** The report of a node's crash as text for people. */
export function crashText(crash: Crash, { repeat, isDebug }: CrashReportOptions): string {
  const { error, place, events, node, stack, how } = crash;
  const where = place === undefined ? [] : placeLines(place);
  const seen = events.map(({ atNs, text }) => `${INDENT}${INDENT}${secondsText(atNs)}  ${text}`);
  const told =
    events.length === 0 ? [] : ['', `${INDENT}last events of ${node ?? 'the run'}`, ...seen];
  const hint =
    isDebug || how !== 'threw' || stack === '' ? [] : [`${INDENT}--debug prints the stack`];
  const lines = [
    ...wrap(headOf(crash), ''),
    '',
    ...(how === 'threw' ? wrap(error, INDENT) : hintsOf(crash)),
    ...where,
    ...told,
    '',
    `${INDENT}repeat it: ${repeat}`,
    ...hint,
    ...(isDebug && stack !== '' ? ['', stack] : []),
  ];
  return `${plainLines(lines.join('\n'))}\n`;
}

/** The report of a node's crash as JSON data. */
export function crashJson(crash: Crash, { repeat, isDebug }: CrashReportOptions): object {
  const { place, stack, error, by, events, ...rest } = crash;
  return {
    code: by === 'protocol' ? 'protocol' : 'bug',
    message: error,
    ...rest,
    ...(place === undefined ? {} : place),
    events,
    repeat,
    ...(isDebug ? { stack } : {}),
  };
}

function headOf(crash: Crash): string {
  const { by, protocol, node, seed } = crash;
  const at = `at ${Number(crash.atNs / NS_PER_S)} s (seed ${seed})`;
  const whose = by === 'protocol' ? 'Protocol' : 'This is a bug in orrery, in its protocol';
  const name = protocol === '' ? `${whose} (unnamed)` : `${whose} ${protocol}`;
  switch (crash.how) {
    case 'threw':
      return node === undefined ? `${name} threw ${at}` : `${name} crashed: ${node} threw ${at}`;
    case 'held':
      return `${name} hangs: a call of ${node} ${at} did not return`;
    case 'still': {
      const makers = node === undefined ? '' : `, made by ${node}`;
      return protocol === ''
        ? `Time stands still ${at}: ${crash.error}`
        : `${name} hangs ${at}: ${crash.error}${makers}`;
    }
    default:
      return crash.how satisfies never;
  }
}

function hintsOf({ how }: Crash): readonly string[] {
  const text =
    how === 'held'
      ? 'The call was ended because the run was asked to stop. Look for an endless loop.'
      : 'Look for timers or jobs of 0 ns that start each other: give them a delay.';
  return wrap(text, INDENT);
}

function placeLines(place: CrashLocation): readonly string[] {
  const { file, line, column, lines, firstLine, within } = place;
  const numbers = lines.map((_, index) => `${firstLine + index}`);
  const gutter = greatestOf([0, ...numbers.map(({ length }) => length)]);
  const width = COLUMNS - gutter - 7;
  const shift = column > width ? column - BEFORE_CARET : 0;
  const shown = lines.flatMap((text, index) => {
    const isIt = firstLine + index === line;
    const number = (numbers[index] ?? '').padStart(gutter);
    const code = text
      .replaceAll('\t', ' ')
      .slice(shift, shift + width)
      .trimEnd();
    const own = `  ${isIt ? '>' : ' '} ${number} | ${code}`.trimEnd();
    const caret = `    ${' '.repeat(gutter)} | ${' '.repeat(column - 1 - shift)}^`;
    return isIt ? [own, caret] : [own];
  });
  const calls = within === undefined ? [] : [`${INDENT}in a call of orrery (${shortPath(within)})`];
  return [`${INDENT}${shortPath(file)}:${line}:${column}`, ...calls, '', ...shown];
}

function shortPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}

function secondsText(ns: number): string {
  return `${(ns / NS_PER_S).toFixed(NANO_DIGITS)} s`.padStart(NANO_DIGITS + 6);
}

/** Wraps each line of a text between words, so that it fits the columns; all lines begin with `indent`. */
function wrap(text: string, indent: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let last = indent;
    for (const word of line.split(' ')) {
      if (last.length + word.length + 1 > COLUMNS && last.trim() !== '') {
        lines.push(last.trimEnd());
        last = indent;
      }
      last += `${word} `;
    }
    return [...lines, last.trimEnd()];
  });
}
