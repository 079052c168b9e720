/**
 * Mistakes in a user's files and flags: what was found, where, and what is allowed
 * (docs/spec/error-messages.md).
 *
 * An issue is plain data; `ConfigError` carries all issues of all files, so that one check shows
 * every mistake. Nothing is searched for or printed here.
 *
 * @module
 */

/** Stable codes and their meanings. */
export const CONFIG_CODES = {
  E101: 'unknown key',
  E102: 'unit missing',
  E103: 'wrong kind of value or unit',
  E104: 'out of range',
  E105: 'percent confusion',
  E106: 'unknown node',
  E107: 'unknown link',
  E108: 'unknown metric',
  E109: 'aggregation does not fit the metric',
  E110: 'limit not readable',
  E111: 'impossible schedule',
  E112: 'contradictory events',
  E113: 'duplicate name',
  E114: 'duplicate key',
  E115: 'not a number, negative or infinite',
  E116: 'file not found',
  E117: 'file too large',
  E118: 'anchor or alias',
  E119: 'indentation or syntax',
  E120: 'tab',
  E121: 'empty or missing value',
  E122: 'option of a protocol',
  E123: 'unreachable pair',
  E124: 'empty selection',
  E125: 'KPI never measured',
  E126: 'module of a protocol',
  E127: 'layer that does not fit',
  E128: 'metric does not apply',
} as const;

/** A key of {@link CONFIG_CODES}, as shown to the user. */
export type ConfigCode = keyof typeof CONFIG_CODES;

/** Stands in for a file name, for values given by `--set`. */
export const FLAG_PSEUDO_FILE = '--set';

/** The `file` of a mistake in the command itself, not in a file. */
export const COMMAND_PSEUDO_FILE = 'orrery';

/** One mistake in a user's file or flags, with its position. */
export interface ConfigIssue {
  /** Path as the user would type it, or `--set` for a value given on the command line. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1, in UTF-16 units; a tab is one column. */
  readonly column: number;
  /** First column after the underlined text. */
  readonly endColumn: number;
  /** Path inside the file, e.g. `links[3].loss`; empty when the mistake is the file itself. */
  readonly path: string;
  readonly code: ConfigCode;
  /** What was found and what is allowed, without the path. */
  readonly message: string;
  /** How to correct the mistake, or where allowed values are listed. */
  readonly hint?: string;
  /** The line of the file; absent when there is none to show. */
  readonly sourceLine?: string;
}

/** The position of an issue. */
export type IssuePosition = Pick<
  ConfigIssue,
  'file' | 'line' | 'column' | 'endColumn' | 'sourceLine'
>;

/** The JSON form of an issue: without its source line. */
export type ConfigIssueJson = Omit<ConfigIssue, 'sourceLine' | 'hint'> & { readonly hint: string };

/** Characters that control a terminal, and those that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const SHOWN_MAX = 20;
const COLUMNS_MAX = 80;

/** Options of a {@link ConfigError}. */
export interface ConfigErrorOptions extends ErrorOptions {
  /** Number of mistakes that are not listed. */
  readonly more?: number;
}

/** Thrown when a user's file or flag contains mistakes; ends a command with exit code 2. */
export class ConfigError extends Error {
  readonly issues: readonly ConfigIssue[];

  /** @param issues At least one; kept sorted by file, then by position. */
  constructor(issues: readonly ConfigIssue[], { more = 0, ...options }: ConfigErrorOptions = {}) {
    const sorted = sortIssues(issues);
    super(formatIssues(sorted, more), options);
    this.name = 'ConfigError';
    this.issues = sorted;
  }

  /** The machine-readable form for `--json`, with all issues. */
  toJSON(): readonly ConfigIssueJson[] {
    return this.issues.map(({ sourceLine: _line, hint, ...rest }) => ({
      ...rest,
      hint: hint ?? '',
    }));
  }
}

/** The mistakes for somebody who may not see the files: places and messages, without lines and hints. */
export function formatErrorWithoutSource({ issues }: ConfigError): string {
  return formatIssues(
    issues.map(({ sourceLine: _line, hint: _hint, ...issue }) => issue),
    0,
  );
}

/** Formats at most 20 issues, and the number of the others. */
function formatIssues(issues: readonly ConfigIssue[], more: number): string {
  const shown = issues.slice(0, SHOWN_MAX).map(formatIssue);
  const rest = issues.length - shown.length + more;
  return rest > 0 ? [...shown, `and ${rest} more`].join('\n') : shown.join('\n');
}

/** Formats one issue: the clickable first line, the source line, the caret, the hint. */
export function formatIssue(issue: ConfigIssue): string {
  const isFlag = issue.file === FLAG_PSEUDO_FILE;
  const place = placeOf(issue);
  const path = issue.path === '' ? '' : `${issue.path}: `;
  const lines = [`${place}${path}${issue.message}`, ...formatSource(issue, isFlag)];
  if (issue.hint !== undefined) lines.push(`   hint: ${issue.hint}`);
  return lines.map(printable).join('\n');
}

/**
 * Each control character is replaced by a visible sign, because text from a file must not control
 * the terminal.
 */
function printable(line: string): string {
  return line.replaceAll(CONTROL, '\ufffd');
}

function placeOf({ file, line, column }: ConfigIssue): string {
  if (file === FLAG_PSEUDO_FILE) return `orrery: ${FLAG_PSEUDO_FILE} `;
  return file === COMMAND_PSEUDO_FILE ? 'orrery: ' : `${file}:${line}:${column}  `;
}

function formatSource(issue: ConfigIssue, isFlag: boolean): readonly string[] {
  if (issue.sourceLine === undefined) return [];
  const gutter = isFlag ? '   ' : `   ${issue.line} | `;
  const blank = isFlag ? '   ' : `${' '.repeat(gutter.length - 2)}| `;
  const line = issue.sourceLine.trimEnd();
  const begin = Math.max(0, issue.column - 1);
  const length = Math.max(1, issue.endColumn - issue.column);
  const width = COLUMNS_MAX - gutter.length;
  const cut = line.length > width ? Math.max(0, Math.min(begin - 10, line.length - width)) : 0;
  // Tabs count as one column and are shown as one, so that the caret is under the text.
  const visible = line.slice(cut, cut + width).replaceAll('\t', ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, width - (begin - cut))));
  return [`${gutter}${visible}`, `${blank}${' '.repeat(begin - cut)}${carets}`];
}

function sortIssues(issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  const files = [...new Set(issues.map((issue) => issue.file))];
  return [...issues].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

/** Formats a position inside a file as people write it: `links[3].loss`. */
export function formatValuePath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}
