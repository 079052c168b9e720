/**
 * What charts of distributions say in their titles.
 *
 * @module
 */
import { quantity, whole } from '../../../reports/format.ts';
import { type Distribution, isSure, quantileAt } from './tail.ts';

/** Keeps a number and its unit on one line: `0.2 %`. */
export function hardSpaces(text: string): string {
  return text.replace(/(\d) (?=\S)/g, '$1\u00a0');
}

/** `gateway.latency: half below 10.3 ms, one in 1 000 above 41.7 ms`. */
export function tailTitle(one: Distribution): string {
  const { name, metric } = one;
  const median = quantileAt(one, 0.5) ?? metric.max ?? 0;
  const half = `${name}: half below ${quantity(median, metric.unit)}`;
  const tail = [0.999, 0.99, 0.95, 0.9].find((p) => isSure(p, metric.count));
  const value = tail === undefined ? undefined : quantileAt(one, tail);
  if (tail === undefined || value === undefined) return half;
  const oneIn = whole(Math.round(1 / (1 - tail)));
  return `${half}, one in ${oneIn} above ${quantity(value, metric.unit)}`;
}
