/**
 * Whether a stream gets colour. Our own decision, because the usual libraries answer *yes* for
 * `FORCE_COLOR=0`, and for `CI` even when writing to a pipe. The answer is passed to
 * `picocolors.createColors`, once for stdout and once for stderr.
 *
 * @module
 */

/** What determines whether to use colours. */
export interface ColourInput {
  /** `--color` or `--no-color`, if given. */
  readonly flag: 'on' | 'off' | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether this stream is a terminal. */
  readonly isTerminal: boolean;
}

/** True when the stream gets colour; the first rule that applies decides. */
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
