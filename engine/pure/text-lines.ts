/**
 * Lines of text files of other programs. The number of lines and their lengths are checked before
 * the first is read. Each line has its offsets, for messages. The number of mistakes is bounded: a
 * file in which every line is wrong must not cost more than one that is right.
 *
 * ```ts
 * const read = splitLines(text, { columns: 200 });
 * if (read.kind === 'mistakes') return read;
 * const mistakes = new LineMistakes();
 * for (const line of read.lines) {
 *   if (mistakes.isFull) break;
 *   const [time, node] = wordsOf(line);
 *   if (node === undefined) mistakes.add({ ...nonEmptySpan(line), message: 'expected TIME NODE' });
 * }
 * if (mistakes.isAny) return mistakes.all();
 * ```
 *
 * @module
 */

/** Where a part of a text is: offsets of its start and its end (exclusive). */
export interface TextOffsets {
  readonly start: number;
  readonly end: number;
}

/** A line without its line end, or a word of a line, with its offsets. */
export interface TextPart extends TextOffsets {
  readonly text: string;
}

/** What is wrong with a part of a text: what was found, what was expected, and the fix. */
export interface LineMistake extends TextOffsets {
  readonly message: string;
  readonly hint?: string;
}

/** The result for a text with mistakes; importers return it. */
export interface UnreadableText<Mistake extends LineMistake = LineMistake> {
  readonly kind: 'mistakes';
  readonly mistakes: readonly Mistake[];
}

/** The lines of a text, or the mistake that there are too many or that one is too long. */
export type TextLines =
  | UnreadableText
  | { readonly kind: 'lines'; readonly lines: Iterable<TextPart> };

/** The largest number of lines and columns that a text may have. */
export interface LineLimits {
  /** Largest number of lines. Default 2,000,000: a trace of 100 nodes over a month has fewer. */
  readonly lines?: number;
  /** Longest line in UTF-16 units. Default 2,000. */
  readonly columns?: number;
}

const LINES_MAX = 2_000_000;
const COLUMNS_MAX = 2_000;
const MISTAKES_MAX = 1_000;
/** Longest message, characters, because a message may quote a very long word. */
const MESSAGE_MAX = 400;
/** Number of last characters that a cut message keeps. */
const MESSAGE_END = 80;

/** Reads lines that end with LF or CR LF; a text above the limits gives a mistake and no lines. */
export function splitLines(text: string, limits: LineLimits = {}): TextLines {
  const { lines: most = LINES_MAX, columns = COLUMNS_MAX } = limits;
  let count = 0;
  for (const { start, end } of lineSpans(text)) {
    count += 1;
    if (count > most) {
      const message = `line ${most + 1} begins here, the limit is ${most} lines`;
      return wrong({ start, end: start + 1, message, hint: 'split the file' });
    }
    if (end - start > columns) {
      const message = `the line has ${end - start} characters, the limit is ${columns}`;
      return wrong({ start: start + columns, end, message });
    }
  }
  return { kind: 'lines', lines: { [Symbol.iterator]: () => partsOf(text) } };
}

/** The words of a line, which blanks and tabs separate. */
export function wordsOf(line: TextPart): readonly TextPart[] {
  return [...line.text.matchAll(/\S+/g)].map(({ 0: text, index }) => {
    const start = line.start + index;
    return { text, start, end: start + text.length };
  });
}

/**
 * The offsets to mark in an error message: those of the line or word, widened to one character if it
 * is empty.
 */
export function nonEmptySpan({ start, end }: TextOffsets): TextOffsets {
  return { start, end: Math.max(end, start + 1) };
}

/** Collects the mistakes of a text, up to a number that is worth showing. */
export class LineMistakes<Mistake extends LineMistake = LineMistake> {
  readonly #mistakes: Mistake[] = [];

  /** True when no further mistake would be kept, so that reading can stop. */
  get isFull(): boolean {
    return this.#mistakes.length >= MISTAKES_MAX;
  }

  get isAny(): boolean {
    return this.#mistakes.length > 0;
  }

  /**
   * Keeps a mistake unless {@link isFull}; shortens a very long message to its beginning and end.
   */
  add(mistake: Mistake): void {
    if (this.isFull) return;
    this.#mistakes.push({ ...mistake, message: shortened(mistake.message) });
  }

  all(): UnreadableText<Mistake> {
    return { kind: 'mistakes', mistakes: this.#mistakes };
  }
}

function shortened(message: string): string {
  if (message.length <= MESSAGE_MAX) return message;
  return `${message.slice(0, MESSAGE_MAX - MESSAGE_END)} … ${message.slice(-MESSAGE_END)}`;
}

function wrong(mistake: LineMistake): UnreadableText {
  return { kind: 'mistakes', mistakes: [mistake] };
}

function* partsOf(text: string): Generator<TextPart> {
  for (const { start, end } of lineSpans(text)) {
    const hasReturn = end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN;
    const last = hasReturn ? end - 1 : end;
    yield { text: text.slice(start, last), start, end: last };
  }
}

const CARRIAGE_RETURN = 13;

/** Lines without LF, but with their CR if any; text after the last LF is a line too. */
function* lineSpans(text: string): Generator<TextOffsets> {
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    yield { start, end };
    start = end + 1;
  }
}
