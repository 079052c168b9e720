/**
 * Reads TOML files of other programs (https://toml.io/en/v1.0.0). Mistakes in them are shown as
 * those in our own files, with line, column, caret and suggestion (docs/spec/error-messages.md).
 *
 * A text becomes the document that YAML of the same content would give, with positions in the TOML,
 * so that the code for YAML checks and locates both.
 *
 * @module
 */
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { Document, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { z } from 'zod';
import { ConfigError, type IssuePosition } from './config-error.ts';
import { type EntryPart, locateTextRange, type ValuePath } from './locate.ts';
import { ConfigIssueCollector } from './problems.ts';
import { LineColumnConverter } from './source.ts';
import {
  forbiddenYamlMistakes,
  openBracketMistakes,
  openBracketOffsets,
  type TextMistake,
  unclosedMistake,
} from './yaml-words.ts';

/** Longest text, far longer than real files; the parser puts the characters of a string on the call stack. */
const CHARACTERS_MAX = 64_000;

/** Comments, quoted texts and brackets; see {@link openBracketOffsets}. */
const SIGNS =
  /#[^\n]*|"""(?:\\[\s\S]|[^\\])*?("{3,5}|$)|'''[\s\S]*?('{3,5}|$)|"(?:\\.|[^"\\\n])*("?)|'[^'\n]*('?)|[[\]{}]/g;
/** Hints for the user, by the message of the parser. */
const HINTS: Readonly<Record<string, string>> = {
  'Unexpected character': 'put texts in quotes; true and false begin with a small letter',
  'Must be a newline': 'put texts in quotes; write one key on each line',
  'Invalid character in escape sequence': 'use single quotes, or \\\\ for a backslash',
};
const TWICE = 'Defining a key multiple times is invalid';

type Key = AST.TOMLBare | AST.TOMLQuoted;

/** A map with an index of its values by name, because one file may have thousands of headers. */
class Table extends YAMLMap {
  readonly values = new Map<string, Node>();
}

/**
 * Reads a TOML text and checks it against a schema.
 * @param file Name of the text, for messages.
 * @param given The text; it may begin with a byte order mark, which editors on Windows write.
 * @throws ConfigError naming every mistake.
 */
export function readToml<T>(file: string, given: string, schema: z.ZodType<T>): T {
  const text = given.replace(/^\ufeff/, '');
  const placer = new LineColumnConverter(file, text);
  placer.refuse(sizeMistakes(text));
  placer.refuse(openBracketMistakes(text, SIGNS));
  const program = parse(text, placer);
  placer.refuse(valueMistakes(program));
  const document = documentOf(program);
  placer.refuse(forbiddenYamlMistakes(document, text));
  const place = (path: ValuePath, part: EntryPart): IssuePosition =>
    placer.place(locateTextRange(document, path, part));
  const problems = new ConfigIssueCollector();
  const value = problems.check({ place }, schema, document.toJS());
  problems.throwIfAny();
  return value as T;
}

function sizeMistakes({ length }: string): readonly TextMistake[] {
  if (length <= CHARACTERS_MAX) return [];
  const message = `the file has ${length} characters, the limit is ${CHARACTERS_MAX}`;
  return [{ code: 'E117', start: 0, end: 1, message }];
}

function parse(text: string, placer: LineColumnConverter): AST.TOMLProgram {
  try {
    // If the text does not end with a newline, the parser can lose its last characters.
    return parseTOML(`${text}\n`, { tomlVersion: '1.0' });
  } catch (error) {
    throw new ConfigError([placer.issue(wordError(error, text))], { cause: error });
  }
}

/**
 * Explains an error of the parser as a mistake in the text.
 * @param error Thrown by the parser; even a defect of the parser is reported as a mistake in the text.
 */
function wordError(error: unknown, text: string): TextMistake {
  if (!(error instanceof ParseError)) {
    return { code: 'E119', start: 0, end: 1, message: 'this text cannot be read as TOML' };
  }
  // A mistake at the end of the file is shown after its last visible character.
  const start = Math.min(error.index, text.trimEnd().length);
  const open = openBracketOffsets(text, text.length, SIGNS).findLast((one) => one <= start);
  if (open !== undefined) {
    const [sign = ''] = /^(?:"""|'''|.)/.exec(text.slice(open)) ?? [];
    return unclosedMistake(open, sign);
  }
  const [word = ''] = /^(?:[\w.-]+|.)/.exec(text.slice(start)) ?? [];
  const code = error.message === TWICE ? 'E114' : 'E119';
  const message = error.message.replace(/^./, (sign) => sign.toLowerCase());
  const hint = HINTS[error.message];
  return { code, start, end: start + word.length, message, ...(hint && { hint }) };
}

/** Finds values that TOML has and our files do not. */
function valueMistakes({ tokens }: AST.TOMLProgram): readonly TextMistake[] {
  return tokens.flatMap((token): readonly TextMistake[] => {
    const [start, end] = token.range;
    if ('date' in token) {
      const message = 'dates and times are not allowed here, expected a plain value';
      return [{ code: 'E103', start, end, message }];
    }
    // TOML v1.0.0, "Integer": an integer that cannot be represented losslessly is an error.
    if (token.type !== 'Integer' || Number.isSafeInteger(token.number)) return [];
    return [{ code: 'E104', start, end, message: 'this number is too large to be exact' }];
  });
}

function documentOf({ body: [top] }: AST.TOMLProgram): Document {
  const root = new Table();
  for (const entry of top.body) {
    if (entry.type === 'TOMLKeyValue') put(root, entry);
    else entry.body.reduce(put, tableOf(root, entry));
  }
  return new Document(root);
}

/** The table that a header opens. */
function tableOf(root: Table, { kind, key }: AST.TOMLTable): Table {
  if (kind === 'standard') return key.keys.reduce(enter, root);
  // TOML v1.0.0, "Array of Tables": the first header creates the array; each header adds a table to it.
  const [above, name] = holderOf(root, key);
  const found = above.values.get(nameOf(name));
  const list = isSeq(found) ? found : add(above, name, new YAMLSeq());
  const table = placed(new Table(), key);
  list.items.push(table);
  return table;
}

function put(table: Table, { key, value }: AST.TOMLKeyValue): Table {
  const [above, name] = holderOf(table, key);
  add(above, name, nodeOf(value));
  return table;
}

/** The table that directly holds the value of a dotted key, and the key's last part. */
function holderOf(table: Table, { keys }: AST.TOMLKey): readonly [Table, Key] {
  return [keys.slice(0, -1).reduce(enter, table), keys.at(-1) as Key];
}

/**
 * The table that one more part of a dotted key leads to. The parser has refused keys that lead
 * through a value.
 */
function enter(table: Table, key: Key): Table {
  const found = table.values.get(nameOf(key));
  // TOML v1.0.0, "Array of Tables": a name below an array refers to its last table.
  const last = isSeq(found) ? found.items.at(-1) : found;
  return last instanceof Table ? last : add(table, key, new Table());
}

function add<T extends Node>(table: Table, key: Key, value: T): T {
  const name = nameOf(key);
  table.values.set(name, value);
  table.items.push(new Pair(placed(new Scalar(name), key), value));
  return value;
}

function nodeOf(value: AST.TOMLContentNode): Node {
  switch (value.type) {
    case 'TOMLArray': {
      const list = placed(new YAMLSeq(), value);
      list.items = value.elements.map(nodeOf);
      return list;
    }
    case 'TOMLInlineTable':
      return value.body.reduce(put, placed(new Table(), value));
    case 'TOMLValue':
      return placed(new Scalar(value.value), value);
  }
}

function nameOf(key: Key): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function placed<T extends Node>(node: T, { range: [start, end] }: AST.HasLocs): T {
  node.range = [start, end, end];
  return node;
}
