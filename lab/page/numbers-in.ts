/**
 * The numbers of a file that a sweep can vary.
 *
 * @module
 */
import { yamlSpot } from './yaml-spot.ts';

/** A number in the text of a file. */
export interface FileNumber {
  readonly path: string;
  readonly text: string;
  /** Offset of its first character. */
  readonly from: number;
}

/**
 * Characters that are searched at most, and numbers that are found at most: the path of each number takes a pass over
 * the text before it.
 */
const TEXT_CHARS_MAX = 20_000;
const NUMBERS_MAX = 100;
/** Keys on which no result depends. */
const NOT_SWEPT = /^(seeds|networks|sweep|hunt|kpis|twin)\b/;

/** Finds numbers that stand alone as values, in the order of the text. */
export function numbersIn(text: string): readonly FileNumber[] {
  const found = text.slice(0, TEXT_CHARS_MAX).matchAll(/(?<=[\s,[:{])\d[\w.]*(?:\/\w+|%)?/g);
  return [...found].slice(0, NUMBERS_MAX).flatMap(({ 0: word, index }) => {
    const spot = yamlSpot(text, index + 1);
    const path = spot.path.join('.');
    if (spot.isKey || spot.word.length !== 1 || path === '' || NOT_SWEPT.test(path)) return [];
    return { path, text: word, from: index };
  });
}

/** The values that a sweep form suggests: half, once and twice a number. */
export function valuesAround(number: string): string {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(.*)$/.exec(number) ?? [];
  const values = [Number(amount) / 2, Number(amount), 2 * Number(amount)];
  return Number(amount) === 0 ? number : values.map((value) => `${value}${unit}`).join(', ');
}
