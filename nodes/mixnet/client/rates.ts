/**
 * Rates of Poisson processes in files and documents (docs/spec/mixnet.md, "Traffic").
 *
 * Some published systems state events per millisecond, others mean intervals. So a rate in a file
 * needs a unit (`0.001/ms`, `5/s`, `mean: 200ms`); a bare number is refused. The program represents
 * a rate by the mean interval in nanoseconds, where 0 means no events.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema, QUANTITY_SCHEMAS, TIME_UNITS_NS } from '../../_kit/options.ts';

const NS_PER_MS = 1_000_000;
/** Length in nanoseconds of the time units in which a rate may be given. */
const UNIT_NS: Readonly<Record<string, number>> = {
  ms: NS_PER_MS,
  s: 1_000_000_000,
  min: 60_000_000_000,
  h: 3_600_000_000_000,
};
const EXPECTED = 'a rate such as 0.001/ms, 5/s, or { mean: 200ms }';

/** Mean interval between events in nanoseconds; 0 means no events. */
export type MeanIntervalNs = number;

/**
 * Returns the schema of a rate in a file, which converts it to the mean interval in nanoseconds.
 */
export function meanIntervalNsSchema(): z.ZodType<MeanIntervalNs> {
  const text = z.union([z.string(), z.number()]).transform((value, context) => {
    const parsed = parseRate(String(value));
    if (parsed !== undefined) return parsed;
    const found = Number.isFinite(Number(value))
      ? `${value} has no unit`
      : `${value} is not a rate`;
    context.issues.push({
      code: 'custom',
      input: value,
      message: `${found}, expected ${EXPECTED}`,
    });
    return z.NEVER;
  });
  const mean = z.strictObject({ mean: durationNsSchema() }).transform((value) => value.mean);
  const words = 'a rate, or its `mean`';
  return z.union([text, mean]).register(QUANTITY_SCHEMAS, { words, units: TIME_UNITS_NS });
}

function parseRate(text: string): MeanIntervalNs | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*\/\s*([a-z]+)\s*$/.exec(text);
  const unitNs = UNIT_NS[match?.[2] ?? ''];
  if (match === null || unitNs === undefined) return undefined;
  const events = Number(match[1]);
  return events === 0 ? 0 : Math.floor(unitNs / events + 0.5);
}

/** Converts a rate from a document (events per millisecond) to the mean interval in nanoseconds. */
export function toMeanIntervalNs(eventsPerMs: number): MeanIntervalNs {
  return eventsPerMs > 0 ? Math.floor(NS_PER_MS / eventsPerMs + 0.5) : 0;
}

/** Converts a mean interval (ns) to a rate for a document, in events per millisecond; 0 stays 0. */
export function toEventsPerMs(meanNs: MeanIntervalNs): number {
  return meanNs > 0 ? NS_PER_MS / meanNs : 0;
}
