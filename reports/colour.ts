/**
 * Decides whether a stream gets colour. We do not leave it to the usual libraries: they answer
 * *yes* for `FORCE_COLOR=0`, and for `CI` even when writing to a pipe. The decision is passed to
 * `picocolors.createColors`, once for stdout and once for stderr.
 *
 * @module
 */

/** What decides whether a stream gets colour. */
export interface ColourInput {
  /** `--color` or `--no-color`, if given. */
  readonly flag: 'on' | 'off' | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether this stream is a terminal. */
  readonly isTerminal: boolean;
}

/**
 * True if the stream gets colour. The flag decides, then the environment, then whether it is a
 * terminal.
 */
export function wantsColour(input: ColourInput): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: term } = input.environment;
  if (input.flag !== undefined) return input.flag === 'on';
  if (no !== undefined && no !== '') return false;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return term !== 'dumb' && input.isTerminal;
}

/** True when the locale can show block characters. */
export function wantsUnicode(environment: ColourInput['environment']): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale);
}
