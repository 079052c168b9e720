/**
 * Patterns of names, in which `*` stands for any characters: the one place where such a text of a user's file is
 * compared. The work is bounded by the product of both lengths, whatever stands in them; a regular
 * expression with several `.*` can take exponential time.
 *
 * @module
 */

/** Longest pattern: two names of links, with room. */
export const PATTERN_MAX = 200;

/** A pattern; the whole name must fit. */
export class NamePattern {
  /** Characters that were compared so far. */
  steps = 0;
  readonly #text: string;
  readonly #hasStar: boolean;

  constructor(text: string) {
    this.#text = text;
    this.#hasStar = text.includes('*');
  }

  /** True when the name fits. */
  matches(name: string): boolean {
    if (!this.#hasStar) {
      this.steps += 1;
      return name === this.#text;
    }
    const pattern = this.#text;
    let at = 0;
    let inPattern = 0;
    // Where the last star stands, and how far it reaches in the name: no earlier star needs to reach further.
    let star = -1;
    let reach = 0;
    while (at < name.length) {
      this.steps += 1;
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

/** True of a text that means more than one name. */
export function isPattern(text: string): boolean {
  return text.includes('*');
}

/** Splits `a -> b` at its arrow; undefined when there are not two words on its two sides. */
export function endsOf(text: string, arrow: '->' | '<->'): readonly [string, string] | undefined {
  const [left = '', right, ...more] = text.split(arrow);
  if (right === undefined || more.length > 0) return undefined;
  const ends = [left.trim(), right.trim()] as const;
  return ends.every((end) => end !== '' && !/\s/.test(end)) ? ends : undefined;
}
