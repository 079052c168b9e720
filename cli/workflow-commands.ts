/**
 * Prevents text of files from acting as commands to GitHub's runner, which parses what a step prints: a
 * line that begins with `::` (after blanks), or `##[` anywhere, is a command, such as an error
 * annotation (actions/runner, `ActionCommand.cs`). Texts of scenarios and reports are only data.
 *
 * Orrery itself prints no such command, so all output is filtered: a colon at the start of a line gets a
 * backslash in front, and the bracket of `##[` becomes `\u005b`, which is the same text inside JSON.
 *
 * @module
 */

/** The line ends that the runner recognises; {@link BLANK} are the blanks that it trims. */
const LINE_END = /[\n\r]/;
const BLANK = /[\s\u0085]/;

/**
 * Makes text harmless for GitHub's runner, which would take some lines as commands; the text comes in
 * pieces.
 */
export class WorkflowCommandFilter {
  /** True if only blanks were written since the last line end. */
  #isLineStart = true;
  /** Number of consecutive `#` at the end of the text so far, counted up to two. */
  #hashes = 0;

  /** Returns the next piece of text with all commands made harmless. */
  next(text: string): string {
    let safe = '';
    for (const letter of text) safe += this.#letter(letter);
    return safe;
  }

  #letter(letter: string): string {
    const isCommand = this.#isLineStart && letter === ':';
    const isBracket = this.#hashes === 2 && letter === '[';
    this.#hashes = letter === '#' ? Math.min(2, this.#hashes + 1) : 0;
    if (LINE_END.test(letter)) this.#isLineStart = true;
    else if (!BLANK.test(letter)) this.#isLineStart = false;
    if (isCommand) return `\\${letter}`;
    return isBracket ? '\\u005b' : letter;
  }
}

/**
 * In a step of a GitHub workflow, filters everything that is written to these streams from now on with
 * {@link WorkflowCommandFilter}.
 */
export function filterWorkflowCommands(
  environment: Readonly<Record<string, string | undefined>>,
  ...streams: readonly NodeJS.WriteStream[]
): void {
  if (environment['GITHUB_ACTIONS'] !== 'true') return;
  for (const stream of streams) {
    const filter = new WorkflowCommandFilter();
    const write = stream.write.bind(stream) as (...parts: readonly unknown[]) => boolean;
    stream.write = (piece: unknown, ...rest: readonly unknown[]): boolean =>
      write(typeof piece === 'string' ? filter.next(piece) : piece, ...rest);
  }
}
