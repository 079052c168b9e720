/**
 * Explains in plain words what the YAML parser refuses, and what it accepts but these files do not
 * allow: anchors, tags, lists as keys, NUL characters, several documents, `__proto__`.
 *
 * Does not know the schema of the file.
 *
 * @module
 */
import { type Document, isAlias, isCollection, isScalar, type Node, visit } from 'yaml';
import type { ConfigCode } from './config-error.ts';
import { keyText, nodeTextRange, type TextRange } from './locate.ts';

/** A mistake in the text of a file, before its structure is known. */
export interface TextMistake extends TextRange {
  readonly code: ConfigCode;
  readonly message: string;
  readonly hint?: string;
  /** The key concerned, for mistakes that have one. */
  readonly path?: string;
}

type ParserError = Document['errors'][number];

/** Messages for parser errors that do not depend on the surrounding text. */
const FIXED_WORDS: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = {
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second key begins here, expected a value or a new line',
    hint: 'put a value that holds ": " in quotes; align the keys of one map',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'this text spans several lines, expected "key: value" on one line',
    hint: 'check the colon, and the indentation of the next line',
  },
  MISSING_CHAR: {
    message: 'this text is not closed or has no colon, expected "key: value"',
    hint: 'write key: value',
  },
  BAD_SCALAR_START: {
    message: 'a value cannot begin with this character',
    hint: 'put the value in quotes',
  },
  BAD_DQ_ESCAPE: {
    message: 'this escape is not known in double quotes',
    hint: 'use single quotes, or \\\\ for a backslash',
  },
  TAG_RESOLVE_FAILED: {
    message: 'tags are not allowed here, expected a plain value',
    hint: 'remove the text that begins with !',
  },
  BAD_DIRECTIVE: {
    message: 'directives are not allowed here',
    hint: 'remove the line that begins with %',
  },
  MULTIPLE_DOCS: {
    message: 'a second document begins here, expected one per file',
    hint: 'remove the line ---, or split the file',
  },
};

const OTHER_WORDS = {
  message: 'this does not fit here',
  hint: 'check brackets, commas and the indentation of this line',
};

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** The key that names an object's prototype. */
const PROTOTYPE = '__proto__';
/** Largest number of mistakes of one kind that are reported for one file. */
const TOLD_MAX = 100;
/** Largest number of levels of nesting, far more than in any real file. */
const DEPTH_MAX = 64;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [LIST, LIST_END, MAP, MAP_END] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Lists in lists, and maps as keys of maps, on one line: `- - - x`, `? ? ? x`. */
const DEEP_DASHES = new RegExp(`(?:[-?:][ \\t]+){${DEPTH_MAX + 1}}`);

/** Finds NUL characters, which the parser accepts. */
export function nulMistakes(text: string): readonly TextMistake[] {
  const start = text.indexOf('\0');
  if (start < 0) return [];
  const message = 'found a NUL character, expected text';
  return [{ code: 'E119', start, end: start + 1, message, hint: 'save the file as UTF-8 text' }];
}

/** Explains the errors and warnings of the parser, without errors that only follow from the first one. */
export function parserMistakes(document: Document, text: string): readonly TextMistake[] {
  const all = [...document.errors, ...document.warnings];
  const tabs = all.filter((e) => e.code === 'TAB_AS_INDENT').slice(0, TOLD_MAX);
  const other = all.find((e) => e.code !== 'TAB_AS_INDENT');
  const kept = other === undefined ? tabs : [...tabs, other];
  return [...duplicateKeys(document, text), ...kept.map((error) => wordError(error, text))];
}

/** Finds nesting far deeper than any file needs, before the parser recurses into it. */
export function depthMistakes(text: string): readonly TextMistake[] {
  const dashes = DEEP_DASHES.exec(text)?.index;
  return dashes === undefined ? openBracketMistakes(text, SIGNS) : [tooDeep(dashes)];
}

/**
 * Finds too many open brackets.
 *
 * @param signs See {@link openBracketOffsets}.
 */
export function openBracketMistakes(text: string, signs: RegExp): readonly TextMistake[] {
  const start = openBracketOffsets(text, text.length, signs, DEPTH_MAX).at(DEPTH_MAX);
  return start === undefined ? [] : [tooDeep(start)];
}

/** Finds too deep nesting in JSON, whose parser takes any depth, while code that reads the values recurses. */
export function jsonDepthMistakes(text: string): readonly TextMistake[] {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) at = endOfText(text, at);
    else if (sign === LIST || sign === MAP) depth += 1;
    else if (sign === LIST_END || sign === MAP_END) depth -= 1;
    if (depth > DEPTH_MAX) return [tooDeep(at)];
  }
  return [];
}

/** Offset of the quote that ends a JSON string. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return at;
}

function tooDeep(start: number): TextMistake {
  const message = `lists and maps are nested more than ${DEPTH_MAX} deep here`;
  return { code: 'E119', start, end: start + 1, message };
}

/** Finds constructs that the parser accepts and these files do not allow. */
export function forbiddenYamlMistakes(document: Document, text: string): readonly TextMistake[] {
  const found: TextMistake[] = [];
  visit(document, {
    Alias(_key, node) {
      if (found.length >= TOLD_MAX) return visit.BREAK;
      const message = `anchors are not allowed here (alias *${node.source})`;
      found.push({ code: 'E118', ...rangeOrStart(node), message, hint: 'repeat the value' });
      return undefined;
    },
    Node(_key, node) {
      if (found.length >= TOLD_MAX) return visit.BREAK;
      if (isAlias(node) || node.anchor === undefined) return undefined;
      const message = `anchors are not allowed here (anchor &${node.anchor})`;
      // The parser's range begins after the anchor.
      const start = Math.max(0, text.lastIndexOf(`&${node.anchor}`, rangeOrStart(node).start));
      const end = start + node.anchor.length + 1;
      found.push({ code: 'E118', start, end, message, hint: 'repeat the value' });
      return undefined;
    },
    Pair(_key, pair, { length: above }) {
      if (found.length >= TOLD_MAX) return visit.BREAK;
      // Each level of nesting made by indentation adds a map and a pair to the nodes above. Such
      // levels have no brackets, so the check before the parsing does not find them.
      if (above > 2 * DEPTH_MAX) {
        found.push(tooDeep(nodeTextRange(pair.key)?.start ?? 0));
        return visit.BREAK;
      }
      if (isCollection(pair.key)) {
        const message = 'a list or map is used as a key, expected a name';
        const hint = 'put the key in quotes';
        found.push({ code: 'E119', ...rangeOrStart(pair.key), message, hint });
      } else if (isScalar(pair.key) && pair.key.value === PROTOTYPE) {
        const path = PROTOTYPE;
        found.push({ code: 'E101', ...rangeOrStart(pair.key), path, message: 'unknown key' });
      }
      return undefined;
    },
  });
  return found;
}

/** Finds keys named `__proto__` in plain data; `forbiddenYamlMistakes` finds them in a YAML document. */
export function prototypeMistakes(data: unknown, text: string): readonly TextMistake[] {
  if (!hasPrototypeKey(data)) return [];
  const start = Math.max(0, text.indexOf(PROTOTYPE));
  return [{ code: 'E101', start, end: start + 1, path: PROTOTYPE, message: 'unknown key' }];
}

/** True if plain data has a key `__proto__`; does not recurse, since data may be deeper than the stack allows. */
function hasPrototypeKey(data: unknown): boolean {
  const open: unknown[] = [data];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, PROTOTYPE)) return true;
    for (const inner of Object.values(value)) open.push(inner);
  }
  return false;
}

function wordError(error: ParserError, text: string): TextMistake {
  const [start] = error.pos;
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return tabMistake(start);
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
      return text[start] === '\t' ? tabMistake(start) : missingChar(error, text);
    default:
      return fixedWords(error);
  }
}

function tabMistake(start: number): TextMistake {
  const message = 'a tab is used for indentation';
  return { code: 'E120', start, end: start + 1, message, hint: 'use spaces' };
}

function missingChar(error: ParserError, text: string): TextMistake {
  const open = openBracketOffsets(text, error.pos[0], SIGNS).at(-1);
  return open === undefined ? fixedWords(error) : unclosedMistake(open, text[open] ?? '');
}

/**
 * The words for a list whose entries begin in different columns; the parser takes such a list for a
 * key.
 */
const UNEVEN_LIST = {
  message: 'this line begins in a different column from the list above',
  hint: 'indent all entries of a list alike',
};

function fixedWords(error: ParserError): TextMistake {
  const [start, end] = error.pos;
  if (error.message.startsWith('A block sequence')) {
    return { code: 'E119', start, end, ...UNEVEN_LIST };
  }
  return { code: 'E119', start, end, ...(FIXED_WORDS[error.code] ?? OTHER_WORDS) };
}

/** Finds keys that occur twice in the same map. */
function duplicateKeys(document: Document, text: string): readonly TextMistake[] {
  const found: TextMistake[] = [];
  visit(document, {
    Map(_key, map) {
      const ranges = new Map<string, TextRange | undefined>();
      for (const pair of map.items) {
        if (!isScalar(pair.key)) continue;
        const path = keyText(pair);
        if (ranges.has(path)) found.push(duplicateKey(path, ranges.get(path), pair.key, text));
        else ranges.set(path, nodeTextRange(pair.key));
        if (found.length >= TOLD_MAX) return visit.BREAK;
      }
      return undefined;
    },
  });
  return found;
}

function duplicateKey(
  path: string,
  first: TextRange | undefined,
  second: Node,
  text: string,
): TextMistake {
  const line = text.slice(0, first?.start ?? 0).split('\n').length;
  const message = `this key occurs twice in the same map (first at line ${line})`;
  return { code: 'E114', ...rangeOrStart(second), path, message };
}

/**
 * The mistake of an unclosed bracket or quote, at its opening; the parser notices it only at the end of
 * the text.
 */
export function unclosedMistake(open: number, sign: string): TextMistake {
  const what = /^["']/.test(sign) ? 'text in quotes' : sign === '[' ? 'list' : 'map';
  const message = `the ${what} that begins here is not closed`;
  const hint = `add ${CLOSING[sign] ?? sign} at its end`;
  return { code: 'E119', start: open, end: open + sign.length, message, hint };
}

/** Comments, quoted texts (the last one may be unclosed) and brackets. */
const SIGNS =
  /(?<=^|\s)#[^\n]*|(?<=^|[\s[{,:])(?:"(?:\\[\s\S]|[^"\\])*("|$)|'(?:''|[^'])*('|$))|[[\]{}]/g;

/**
 * Offsets of the brackets, or of the quotes, still open at `end`; stops when there are more than
 * `most`.
 *
 * @param signs Matches comments, brackets and quoted texts, whose last group is empty if they are not closed.
 */
export function openBracketOffsets(
  text: string,
  end: number,
  signs: RegExp,
  most = end,
): readonly number[] {
  const open: number[] = [];
  for (const match of text.slice(0, end).matchAll(signs)) {
    const [sign = ''] = match[0];
    if (open.length > most) return open;
    if (sign === '[' || sign === '{' || match.includes('')) open.push(match.index);
    else if (sign === ']' || sign === '}') open.pop();
  }
  return open;
}

function rangeOrStart(node: Node): TextRange {
  return nodeTextRange(node) ?? { start: 0, end: 1 };
}
