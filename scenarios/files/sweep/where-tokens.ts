/**
 * Splits the condition of a sweep into words, quoted texts and operators. It is never evaluated as
 * code.
 *
 * @module
 */
import type { ConfigCode } from '../../../topologies/files/config-error.ts';
import { shorten } from '../../../topologies/files/leaf.ts';

/** A token of a condition, with its position in the text. */
export interface WhereToken {
  readonly kind: 'word' | 'quoted' | 'sign' | 'end';
  /** The text without its quotes. */
  readonly text: string;
  /** Index of its first character. */
  readonly at: number;
  /** Index after its last character. */
  readonly end: number;
}

/** A mistake in a condition, with its position. */
export interface WhereMistake {
  readonly at: number;
  readonly end: number;
  readonly code: ConfigCode;
  readonly message: string;
  readonly hint?: string;
}

/** Longest condition, characters: about twenty comparisons. */
const CHARACTERS_MAX = 1_000;

const TOKEN =
  /\s+|(?<sign><=|>=|==|!=|[<>()])|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<word>[^\s<>()=!"'&|]+)/y;

/** Operators of other languages, each with the operator to write here instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '=': '==',
  '&': 'and',
  '|': 'or',
  '!': 'not',
};

/**
 * Reads the tokens of a sweep's condition, of which the last has the kind `end`; returns the mistake
 * at the first character that begins no token.
 */
export function readTokens(text: string): readonly WhereToken[] | WhereMistake {
  if (text.length > CHARACTERS_MAX) {
    const message = `a condition of ${text.length} characters, the limit is ${CHARACTERS_MAX}`;
    return { at: 0, end: text.length, code: 'E104', message };
  }
  const tokens: WhereToken[] = [];
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return strangeSign(text, at);
    const end = at + match[0].length;
    const { sign, double, single, word } = match.groups ?? {};
    const quoted = double ?? single;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at, end });
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted, at, end });
    if (word !== undefined) tokens.push({ kind: 'word', text: word, at, end });
    at = end;
  }
  return [...tokens, { kind: 'end', text: '', at: text.length, end: text.length }];
}

function strangeSign(text: string, at: number): WhereMistake {
  const sign = text[at] ?? '';
  if (sign === '"' || sign === "'") {
    const message = `a quote that does not end: ${shorten(text.slice(at))}`;
    return { at, end: text.length, code: 'E119', message };
  }
  const known = ELSEWHERE[sign];
  const hint = known === undefined ? {} : { hint: `write ${known}` };
  return { at, end: at + 1, code: 'E119', message: `"${sign}" is no sign of a condition`, ...hint };
}
