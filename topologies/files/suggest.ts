/**
 * Suggests the nearest allowed word for a mistyped one: edit distance <= 2 or a common prefix. A
 * suggestion is printed, never applied.
 *
 * @module
 */

/** Largest number of names that a hint lists before it counts the others. */
const LISTED_MAX = 3;
const EDIT_DISTANCE_MAX = 2;
/** Largest number of names compared with a mistyped name: a topology may have a hundred thousand. */
const COMPARED_MAX = 1_000;
const PREFIX_CHARACTERS_MIN = 3;

/**
 * Finds the candidate that was probably meant.
 *
 * @param word What the user wrote.
 * @param candidates Allowed words, most likely first; ties keep this order.
 * @returns the nearest candidate, or undefined when none is near.
 */
export function suggestNearestWord(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  // A short word may differ in one character only, because too many words are within two edits of a
  // short word.
  const allowed = wanted.length <= PREFIX_CHARACTERS_MIN ? 1 : EDIT_DISTANCE_MAX;
  let best: string | undefined;
  let bestDistance = allowed + 1;
  let byPrefix: string | undefined;
  let compared = 0;
  for (const candidate of candidates) {
    compared += 1;
    if (compared > COMPARED_MAX) break;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
    if (byPrefix === undefined && sharesPrefix(wanted, candidate.toLowerCase())) {
      byPrefix = candidate;
    }
  }
  return best ?? byPrefix;
}

/**
 * Composes the hint for an unknown name: the suggestion first, then the first names of the list.
 *
 * @param word What the user wrote.
 * @param names All existing names.
 * @param label What the names are, e.g. `nodes`.
 */
export function unknownNameHint(word: string, names: readonly string[], label: string): string {
  const near = suggestNearestWord(word, names);
  const list = `${label}: ${listFirstNames(names)}`;
  return near === undefined ? list : `did you mean ${near}? ${list}`;
}

/** Lists the first names and counts the others: `a, b, c, … 9 more`. */
export function listFirstNames(names: readonly string[], most: number = LISTED_MAX): string {
  if (names.length === 0) return 'none';
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')}, … ${names.length - most} more`;
}

function sharesPrefix(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  return shorter >= PREFIX_CHARACTERS_MIN && a.slice(0, shorter) === b.slice(0, shorter);
}

/** Levenshtein distance with transpositions; stops at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  const table: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => table[row]?.[column] ?? limit;
  for (let row = 1; row <= a.length; row += 1) {
    table.push([row]);
    for (let column = 1; column <= b.length; column += 1) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwap ? at(row - 2, column - 2) + 1 : limit;
      const edited = at(row - 1, column - 1) + change;
      const cost = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, edited, swapped);
      table[row]?.push(cost);
    }
  }
  return at(a.length, b.length);
}
