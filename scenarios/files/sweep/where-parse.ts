/**
 * Grammar of the condition of a sweep, by recursive descent:
 *
 *     or      = and { "or" and }
 *     and     = not { "and" not }
 *     not     = "not" not | "(" or ")" | compare
 *     compare = term ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) term
 *     term    = name | number with its unit | quoted text
 *
 * @module
 */
import { shorten } from '../../../topologies/files/leaf.ts';
import { readTokens, type WhereMistake, type WhereToken } from './where-tokens.ts';

/** One comparison of a condition: two terms and an operator. */
export interface WhereComparison {
  readonly kind: 'compare';
  readonly sign: string;
  readonly left: WhereToken;
  readonly right: WhereToken;
}

/** The syntax tree of a sweep's condition. */
export type WhereCondition =
  | WhereComparison
  | { readonly kind: 'and' | 'or'; readonly parts: readonly WhereCondition[] }
  | { readonly kind: 'not'; readonly part: WhereCondition };

/** Deepest nesting of brackets and `not`. */
const DEPTH_MAX = 32;
const COMPARES = new Set(['<', '<=', '>', '>=', '==', '!=']);
const KEYWORDS = new Set(['and', 'or', 'not']);
const END: WhereToken = { kind: 'end', text: '', at: 0, end: 0 };
/** Returned for a condition that cannot be read; the caller returns the mistake instead. */
const NOTHING: WhereCondition = { kind: 'and', parts: [] };

/** Parses the condition (`where`) of a sweep; for a wrong condition, returns its first mistake. */
export function parseWhere(text: string): WhereCondition | WhereMistake {
  const tokens = readTokens(text);
  return 'code' in tokens ? tokens : new Parser(tokens).read();
}

class Parser {
  readonly #tokens: readonly WhereToken[];
  #at = 0;
  #depth = 0;
  #mistake: WhereMistake | undefined;

  constructor(tokens: readonly WhereToken[]) {
    this.#tokens = tokens;
  }

  read(): WhereCondition | WhereMistake {
    const condition = this.#or();
    const rest = this.#next;
    if (rest.kind !== 'end') {
      const isChain = rest.kind === 'sign' && COMPARES.has(rest.text);
      this.#fail(rest, isChain ? 'a < b and b < c' : undefined, 'and, or, or the end');
    }
    return this.#mistake ?? condition;
  }

  get #next(): WhereToken {
    return this.#tokens[this.#at] ?? END;
  }

  #take(kind: WhereToken['kind'], text: string): boolean {
    const { next } = { next: this.#next };
    if (next.kind !== kind || next.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #or(): WhereCondition {
    return this.#list('or', () => this.#list('and', () => this.#not()));
  }

  #list(word: 'and' | 'or', read: () => WhereCondition): WhereCondition {
    const parts = [read()];
    while (this.#take('word', word)) parts.push(read());
    const [only = NOTHING] = parts;
    return parts.length === 1 ? only : { kind: word, parts };
  }

  #not(): WhereCondition {
    const first = this.#next;
    const isNot = this.#take('word', 'not');
    if (!isNot && !this.#take('sign', '(')) return this.#compare();
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) return this.#fail(first, undefined, `at most ${DEPTH_MAX} levels`);
    const part = isNot ? this.#not() : this.#or();
    this.#depth -= 1;
    if (isNot) return { kind: 'not', part };
    if (!this.#take('sign', ')')) return this.#fail(this.#next, undefined, '")"');
    return part;
  }

  #compare(): WhereCondition {
    const left = this.#term();
    const sign = this.#next;
    if (sign.kind !== 'sign' || !COMPARES.has(sign.text)) {
      const shown = left.kind === 'word' ? `${left.text} == true` : undefined;
      return this.#fail(sign, shown, 'a comparison such as < or ==');
    }
    this.#at += 1;
    return { kind: 'compare', sign: sign.text, left, right: this.#term() };
  }

  #term(): WhereToken {
    const token = this.#next;
    const isTerm = token.kind === 'quoted' || (token.kind === 'word' && !KEYWORDS.has(token.text));
    if (isTerm) this.#at += 1;
    else this.#fail(token, undefined, 'a name, a number or a quoted text');
    return token;
  }

  /** Stores the first mistake and skips the rest of the text. */
  #fail(
    { kind, text, at, end }: WhereToken,
    example: string | undefined,
    expected: string,
  ): WhereCondition {
    const found = kind === 'end' ? 'the end' : `"${shorten(text)}"`;
    const message = `${found}, expected ${expected}`;
    const hint = example === undefined ? {} : { hint: `write ${example}` };
    this.#mistake ??= { at, end, code: 'E119', message, ...hint };
    this.#at = this.#tokens.length;
    return NOTHING;
  }
}
