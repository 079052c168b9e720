/**
 * One file of the user: its bytes, its text, its values, and their positions.
 *
 * Checks the size before parsing, uses the YAML parser's `parseDocument` (never `parse`), and
 * allows no aliases. Reads YAML and JSON; JSON is parsed by the engine's own parser, which is many
 * times faster, and positions are determined only when a mistake asks for one. Checks the text, not
 * the schema.
 *
 * @module
 */
import { type Document, LineCounter, parseDocument } from 'yaml';
import { relativePath, resolvePath } from '../../engine/pure/paths.ts';
import { ConfigError, type ConfigIssue, type IssuePosition } from './config-error.ts';
import {
  announceFileOpened,
  hashAndRecordFileRead,
  OUTSIDE_FOLDERS_MESSAGE,
} from './files-read.ts';
import { type EntryPart, locateTextRange, type TextRange, type ValuePath } from './locate.ts';
import type { MachineFiles } from './machine.ts';
import { applyOverrides, type FlagOverride } from './overrides.ts';
import {
  depthMistakes,
  forbiddenYamlMistakes,
  jsonDepthMistakes,
  nulMistakes,
  parserMistakes,
  prototypeMistakes,
  type TextMistake,
} from './yaml-words.ts';

/** A text with a name, and the positions of its values. */
export interface ConfigSource {
  /** Path for display; see {@link displayPath}. */
  readonly file: string;
  readonly path: string;
  /** Hash of the bytes, lower-case hex. */
  readonly sha256: string;
  /** Plain data: maps, lists, texts, numbers, booleans, null. */
  readonly data: unknown;
  /** Position of an entry; its parent's key when it has no text of its own. */
  place(path: ValuePath, part: EntryPart): IssuePosition;
}

/** Limits of a file to read, and the overrides of its values. */
export interface ReadSourceOptions {
  readonly files: MachineFiles;
  /** Largest size of a YAML file, bytes. */
  readonly limitBytes: number;
  /** What to do about a file that is too large. */
  readonly tooLargeHint: string;
  readonly overrides: readonly FlagOverride[];
  /** Entries that may name another file, to which overrides below them are left. */
  readonly fileKeys?: readonly string[];
}

/** The options for reading a file: the files of the machine, and the limit of its size. */
export type ReadLimits = Pick<ReadSourceOptions, 'files' | 'limitBytes' | 'tooLargeHint'>;

const JSON_LIMIT_BYTES = 64e6;
/** A JSON file above this size is not parsed again for positions. */
const JSON_POSITIONS_BYTES = 2e6;

/**
 * Reads and parses a file.
 *
 * @throws ConfigError naming every mistake in the text.
 */
export function readSource(path: string, options: ReadSourceOptions): ConfigSource {
  const file = displayPath(path, options.files);
  checkPlace(path, file, options);
  const isJson = path.endsWith('.json');
  const bytes = readBytes(
    path,
    file,
    isJson ? { ...options, limitBytes: JSON_LIMIT_BYTES } : options,
  );
  const sha256 = hashAndRecordFileRead(options.files, bytes);
  const text = decode(bytes, file);
  const parsed =
    isJson && options.overrides.length === 0
      ? parseJson(text, file)
      : parseYaml(text, file, options);
  return { file, path, sha256, ...parsed };
}

/** A text that is neither YAML nor JSON. */
export interface TextSource {
  readonly text: string;
  /** Makes the issue for a mistake at a part of the text. */
  issue(mistake: TextMistake): ConfigIssue;
}

/**
 * Reads a file that is not text.
 *
 * @throws ConfigError if it is too large.
 */
export function readFileBytes(path: string, limits: ReadLimits): Uint8Array {
  const file = displayPath(path, limits.files);
  checkPlace(path, file, limits);
  const bytes = readBytes(path, file, { ...limits, overrides: [] });
  hashAndRecordFileRead(limits.files, bytes);
  return bytes;
}

/**
 * Reads a file as text, without parsing it.
 *
 * @throws ConfigError if it is too large or not UTF-8.
 */
export function readText(path: string, limits: ReadLimits): TextSource {
  const file = displayPath(path, limits.files);
  const text = decode(readFileBytes(path, limits), file);
  let placer: LineColumnConverter | undefined;
  const placed = (): LineColumnConverter => {
    placer ??= new LineColumnConverter(file, text);
    return placer;
  };
  return { text, issue: (mistake) => placed().issue(mistake) };
}

/** Display path: relative to the working folder unless the file is outside it. */
export function displayPath(path: string, { folder }: Pick<MachineFiles, 'folder'>): string {
  const short = relativePath(folder, resolvePath(folder, path));
  return short !== '' && !short.startsWith('../') ? short : path;
}

function checkPlace(path: string, file: string, { files }: ReadLimits): void {
  announceFileOpened(path);
  if (!files.mayOpen(path)) throw missing(file, `the file ${OUTSIDE_FOLDERS_MESSAGE}`);
}

function missing(file: string, message: string): ConfigError {
  const place = { file, line: 1, column: 1, endColumn: 1, path: '' };
  return new ConfigError([{ ...place, code: 'E116', message }]);
}

function readBytes(path: string, file: string, options: ReadSourceOptions): Uint8Array {
  const bytes = options.files.read(path, (length) => checkSize(length, file, options));
  if (bytes === undefined) throw missing(file, 'this is no file');
  return bytes;
}

function checkSize(bytes: number, file: string, options: ReadSourceOptions): void {
  if (bytes <= options.limitBytes) return;
  const isSmall = options.limitBytes < 1e6;
  const sizeText = (value: number): string =>
    isSmall ? `${value} B` : `${Number((value / 1e6).toFixed(1))} MB`;
  throw new ConfigError([
    {
      file,
      line: 1,
      column: 1,
      endColumn: 1,
      path: '',
      code: 'E117',
      message: `the file is ${sizeText(bytes)}, the limit is ${sizeText(options.limitBytes)}`,
      hint: options.tooLargeHint,
    },
  ]);
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const message = 'the file is not UTF-8 text';
    const place = { file, line: 1, column: 1, endColumn: 1, path: '' };
    const issue = { ...place, code: 'E119' as const, message, hint: 'save the file as UTF-8 text' };
    throw new ConfigError([issue], { cause: error });
  }
}

type Parsed = Pick<ConfigSource, 'data' | 'place'>;

function parseYaml(text: string, file: string, options: ReadSourceOptions): Parsed {
  const placer = new LineColumnConverter(file, text);
  placer.refuse(nulMistakes(text));
  placer.refuse(depthMistakes(text));
  const document = parseText(text, placer);
  placer.refuse(parserMistakes(document, text));
  placer.refuse(forbiddenYamlMistakes(document, text));
  const flags = applyOverrides(document, options.overrides, options.fileKeys ?? []);
  const data: unknown = document.toJS({ maxAliasCount: 0 });
  placer.refuse(rootMistakes(data));
  // Flags may have set values that were not part of the text checked above.
  if (options.overrides.length > 0) placer.refuse(prototypeMistakes(data, text));
  const place = (path: ValuePath, part: EntryPart): IssuePosition =>
    flags(path, part) ?? placer.place(locateTextRange(document, path, part));
  return { data, place };
}

function parseText(text: string, placer: LineColumnConverter): Document {
  try {
    // The parser compares each key with all previous ones; yaml-words.ts uses a set.
    return parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    // The parser recurses once per bracket; only an exceeded stack ends up here.
    if (!(error instanceof RangeError)) throw error;
    const message = 'lists and maps are nested too deeply here';
    const issue = placer.issue({ code: 'E119', start: 0, end: 1, message });
    throw new ConfigError([issue], { cause: error });
  }
}

function rootMistakes(data: unknown): readonly TextMistake[] {
  if (data !== null && typeof data === 'object' && !Array.isArray(data)) return [];
  const isEmpty = data === null || data === undefined;
  const found = isEmpty ? 'the file is empty' : 'the file is not a map';
  const message = `${found}, expected "key: value" lines`;
  return [{ code: isEmpty ? 'E121' : 'E103', start: 0, end: 1, message }];
}

function parseJson(text: string, file: string): Parsed {
  const placer = new LineColumnConverter(file, text);
  placer.refuse(jsonDepthMistakes(text));
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const at = Number(/at position (\d+)/.exec(String(error))?.[1] ?? Math.max(0, text.length - 1));
    const message = 'this is not JSON, expected a value, a comma or a closing bracket';
    const mistake: TextMistake = { code: 'E119', start: at, end: at + 1, message };
    throw new ConfigError([placer.issue(mistake)], { cause: error });
  }
  placer.refuse([...rootMistakes(data), ...prototypeMistakes(data, text)]);
  let document: Document | undefined;
  const place = (path: ValuePath, part: EntryPart): IssuePosition => {
    if (text.length > JSON_POSITIONS_BYTES) return placer.place(undefined);
    document ??= parseText(text, placer);
    return placer.place(locateTextRange(document, path, part));
  };
  return { data, place };
}

interface Line {
  readonly line: number;
  readonly sourceLine: string;
  readonly lastColumn: number;
}

/** Converts offsets of one text to lines and columns. */
export class LineColumnConverter {
  readonly #file: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  /** True once the starts of all lines are known. */
  #isCounted = false;
  #last: Line | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.#lines.addNewLine(0);
  }

  place(range: TextRange | undefined): IssuePosition {
    // The mistake may be at the end of the text, or the text may be empty.
    const start = Math.min(Math.max(0, range?.start ?? 0), this.#text.length);
    this.#countUntil(start);
    const { line, col } = this.#lines.linePos(start);
    const { sourceLine, lastColumn } = this.#lineOf(line);
    const length = range === undefined ? 0 : range.end - range.start;
    const endColumn = Math.max(col + Math.min(1, length), Math.min(col + length, lastColumn));
    return { file: this.#file, line, column: col, endColumn, sourceLine };
  }

  /**
   * Finds starts of lines up to an offset only: the mistake may be in the first of millions of
   * lines.
   */
  #countUntil(start: number): void {
    while (!this.#isCounted && (this.#lines.lineStarts.at(-1) ?? 0) <= start) {
      const next = this.#text.indexOf('\n', this.#lines.lineStarts.at(-1));
      this.#isCounted = next < 0;
      if (next >= 0) this.#lines.addNewLine(next + 1);
    }
  }

  /** Keeps the last line that was looked up, because all mistakes of a file may be in one line. */
  #lineOf(line: number): Line {
    if (this.#last?.line === line) return this.#last;
    const begin = this.#lines.lineStarts[line - 1] ?? 0;
    const next = this.#text.indexOf('\n', begin);
    const sourceLine = this.#text.slice(begin, next < 0 ? undefined : next).replace(/\r$/, '');
    // The underline ends with the line in which it begins.
    this.#last = { line, sourceLine, lastColumn: sourceLine.trimEnd().length + 1 };
    return this.#last;
  }

  issue(mistake: TextMistake): ConfigIssue {
    const { code, message, hint, path = '' } = mistake;
    const place = this.place(mistake);
    return { ...place, path, code, message, ...(hint === undefined ? {} : { hint }) };
  }

  /** @throws ConfigError when there is any mistake. */
  refuse(mistakes: readonly TextMistake[]): void {
    if (mistakes.length > 0) throw new ConfigError(mistakes.map((one) => this.issue(one)));
  }
}
