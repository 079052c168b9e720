/**
 * Compares two texts line by line and returns removed and added lines with some context. Lines that
 * are equal at the beginning and at the end of both texts are matched first; the rest is compared
 * by a longest common subsequence.
 *
 * @module
 */

/** A line that both texts have (`same`), or only the first (`out`) or the second (`in`). */
export interface DiffLine {
  readonly kind: 'same' | 'out' | 'in';
  readonly text: string;
}

/**
 * A group of neighbouring lines around changes. `fromA` and `fromB` are the line numbers, counted
 * from 1, of the group's first line in each text.
 */
export interface Hunk {
  readonly fromA: number;
  readonly fromB: number;
  readonly lines: readonly DiffLine[];
}

/** Number of lines of context around a change. */
const AROUND = 3;
/**
 * Largest number of cells of the table from which the subsequence is computed. If the table would
 * be larger, all lines that are not matched count as removed and added.
 */
const CELLS_MAX = 4_000_000;

/** Finds the groups of lines in which two texts differ; none if the texts are equal. */
export function findHunks(before: string, after: string): readonly Hunk[] {
  const lines = diffLines(before.split('\n'), after.split('\n'));
  const hunks: { fromA: number; fromB: number; lines: DiffLine[] }[] = [];
  let a = 1;
  let b = 1;
  // A line is shown if it is at most {@link AROUND} lines before or after a change.
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind !== 'same'),
  );
  for (const [at, line] of lines.entries()) {
    if (isNear[at] === true) {
      if (isNear[at - 1] !== true) hunks.push({ fromA: a, fromB: b, lines: [] });
      hunks.at(-1)?.lines.push(line);
    }
    if (line.kind !== 'in') a += 1;
    if (line.kind !== 'out') b += 1;
  }
  return hunks;
}

function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...before.slice(0, head).map(same),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/**
 * Returns the length of the longest common subsequence of the lines from `a` on in the first text
 * and the lines from `b` on in the second.
 */
type Common = (a: number, b: number) => number;

function commonOf(before: readonly string[], after: readonly string[]): Common {
  const width = after.length + 1;
  const table = new Uint16Array((before.length + 1) * width);
  const at: Common = (a, b) => table[a * width + b] ?? 0;
  for (let a = before.length - 1; a >= 0; a -= 1) {
    for (let b = after.length - 1; b >= 0; b -= 1) {
      table[a * width + b] =
        before[a] === after[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
    }
  }
  return at;
}

function middle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const out = before.map((text): DiffLine => ({ kind: 'out', text }));
  const into = after.map((text): DiffLine => ({ kind: 'in', text }));
  if ((before.length + 1) * (after.length + 1) > CELLS_MAX) return [...out, ...into];
  const common = commonOf(before, after);
  const lines: DiffLine[] = [];
  let a = 0;
  let b = 0;
  while (a < before.length && b < after.length) {
    const text = before[a] as string;
    if (text === after[b]) {
      lines.push({ kind: 'same', text });
      a += 1;
      b += 1;
    } else if (common(a + 1, b) >= common(a, b + 1)) lines.push(out[a++] as DiffLine);
    else lines.push(into[b++] as DiffLine);
  }
  return [...lines, ...out.slice(a), ...into.slice(b)];
}
