/**
 * Converts instants to text and back, exact to the nanosecond (`20.151s`), and formats them for
 * people with as many digits as the visible range needs.
 *
 * @module
 */

/** The longest time of a run: nanoseconds must be a safe integer. */
const LONGEST_NS = Number.MAX_SAFE_INTEGER;
const NS_PER_SECOND = 1_000_000_000;
const DIGITS = 9;

/** For each unit of an instant, its length in ns and the number of decimals down to 1 ns. */
const UNITS: Readonly<Record<string, readonly [ns: number, digits: number]>> = {
  ...{ ns: [1, 0], us: [1e3, 3], ms: [1e6, 6], s: [NS_PER_SECOND, DIGITS] },
};

/** Reads `20.151s`, `9832ms`, `250us`, `7ns`; undefined for anything else. */
export function readDuration(text: string): number | undefined {
  const [, whole = '', fraction = '', unit = ''] =
    /^(\d{1,16})(?:\.(\d{1,9}))?(ns|us|ms|s)$/.exec(text) ?? [];
  const [unitNs, digits] = UNITS[unit] ?? [0, 0];
  if (whole === '' || fraction.length > digits) return undefined;
  const ns = Number(whole) * unitNs + Number(fraction.padEnd(digits, '0'));
  return ns <= LONGEST_NS ? ns : undefined;
}

/** Writes an instant in the form that {@link readDuration} reads back. */
export function writeDuration(ns: number): string {
  const rounded = Math.max(0, Math.round(ns));
  const fraction = String(rounded % NS_PER_SECOND)
    .padStart(DIGITS, '0')
    .replace(/0+$/, '');
  const whole = Math.floor(rounded / NS_PER_SECOND);
  return fraction === '' ? `${whole}s` : `${whole}.${fraction}s`;
}

/**
 * An instant for people: `20.151 s`.
 * @param rangeNs The visible range, which determines the number of digits.
 */
export function instantText(ns: number, rangeNs: number): string {
  const decimals = Math.min(
    DIGITS,
    Math.max(1, 3 - Math.floor(Math.log10(rangeNs / NS_PER_SECOND))),
  );
  return `${(ns / NS_PER_SECOND).toFixed(Number.isFinite(decimals) ? decimals : 3)} s`;
}

/** An instant on an axis, with as few digits as the visible range allows: `10 s`. */
export function instantTick(ns: number, rangeNs: number): string {
  const seconds = ns / NS_PER_SECOND;
  const decimals = Math.ceil(1 - Math.log10(rangeNs / NS_PER_SECOND));
  const text = seconds.toFixed(Math.max(0, Math.min(DIGITS, decimals)));
  return `${text.includes('.') ? text.replace(/\.?0+$/, '') : text} s`;
}
