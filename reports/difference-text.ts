/**
 * Formats a relative difference.
 *
 * @module
 */
import { significantDigitsText } from './format.ts';

/** A relative difference as text: `+4.2 %`. */
export function differenceText(difference: number | null): string {
  if (difference === null) return '-';
  if (difference === 0) return '0 %';
  const percent = difference * 100;
  const text = significantDigitsText(Math.abs(percent), Math.abs(percent) < 1 ? 1 : 2);
  return `${percent < 0 ? '-' : '+'}${text} %`;
}
