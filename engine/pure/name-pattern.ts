/**
 * Patterns of names, in which `*` stands for any characters. Readers of files and protocols match patterns of users
 * only here: the work is bounded by the product of both lengths, whatever the content, whereas a regular expression
 * with several `.*` can take exponential time.
 *
 * @module
 */

/** Longest pattern, characters: two link names, with a margin. */
export const PATTERN_LENGTH_MAX = 200;

/** How many comparisons of characters patterns may still make; the patterns of one list share one budget. */
export interface PatternWorkBudget {
  /** Number of comparisons left; at 0 no pattern matches any more. */
  left: number;
}

/** No limit, for nodes: each comparison is short, but a node compares during the whole run. */
export const UNLIMITED_PATTERN_WORK: PatternWorkBudget = { left: Number.POSITIVE_INFINITY };

/** A pattern; it must match the whole name. */
export class NamePattern {
  readonly #text: string;
  readonly #hasStar: boolean;
  readonly #work: PatternWorkBudget;

  constructor(text: string, work: PatternWorkBudget) {
    this.#text = text;
    this.#hasStar = text.includes('*');
    this.#work = work;
  }

  /** True when the name matches. */
  matches(name: string): boolean {
    if (this.#work.left <= 0) return false;
    if (!this.#hasStar) {
      this.#work.left -= 1;
      return name === this.#text;
    }
    const pattern = this.#text;
    let at = 0;
    let inPattern = 0;
    // `star` is the index of the last star reached in the pattern, and `reach` is the index of the
    // first character of the name after the text that this star has matched. After a mismatch, only
    // the last star takes one character more, because everything before it has matched.
    let star = -1;
    let reach = 0;
    while (at < name.length) {
      this.#work.left -= 1;
      if (pattern[inPattern] === '*') {
        star = inPattern;
        reach = at;
        inPattern += 1;
      } else if (pattern[inPattern] === name[at]) {
        inPattern += 1;
        at += 1;
      } else if (star >= 0) {
        reach += 1;
        at = reach;
        inPattern = star + 1;
      } else {
        return false;
      }
    }
    while (pattern[inPattern] === '*') inPattern += 1;
    return inPattern === pattern.length;
  }
}

/** True for a text that may match several names. */
export function isPattern(text: string): boolean {
  return text.includes('*');
}

/** Splits `a -> b` at its arrow; undefined unless there is one word on each side. */
export function splitAtArrow(
  text: string,
  arrow: '->' | '<->',
): readonly [string, string] | undefined {
  const [left = '', right, ...more] = text.split(arrow);
  if (right === undefined || more.length > 0) return undefined;
  const ends = [left.trim(), right.trim()] as const;
  return ends.every((end) => end !== '' && !/\s/.test(end)) ? ends : undefined;
}
