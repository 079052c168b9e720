/**
 * Quantities in the options of nodes: text with a unit in the file, a number in the base unit in the program.
 *
 * Contains only what zod schemas of protocols share; the topology loader has a richer parser of its own that
 * reports positions. Knows no protocol.
 *
 * @module
 */
import { z } from 'zod';

/** Description of a quantity for the tables of options in documents. */
interface Quantity {
  readonly words: string;
  /** The units that files may use, each in the base unit of the program. */
  readonly units: Readonly<Record<string, number>>;
}

/** The registry of the zod schemas of quantities, with the units that each takes. */
export const QUANTITY_SCHEMAS: z.core.$ZodRegistry<Quantity> = z.registry<Quantity>();

/** The units of time that files may use, in ns. */
export const TIME_UNITS_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1_000,
  ms: 1_000_000,
  s: 1_000_000_000,
  min: 60_000_000_000,
  m: 60_000_000_000,
  h: 3_600_000_000_000,
  d: 86_400_000_000_000,
};
const SIZE_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1_000,
  KiB: 1_024,
  MB: 1_000_000,
  MiB: 1_048_576,
  GB: 1_000_000_000,
  GiB: 1_073_741_824,
};

const RATE_BPS: Readonly<Record<string, number>> = {
  'bit/s': 1,
  'kbit/s': 1e3,
  'Mbit/s': 1e6,
  'Gbit/s': 1e9,
};
const PER_S: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600 };
const MM = 1_000;
const LENGTH_M: Readonly<Record<string, number>> = { m: 1, km: 1_000 };
const SPEED_MPS: Readonly<Record<string, number>> = { 'm/s': 1, 'km/h': 1 / 3.6 };

/** Makes the schema of a duration such as `50ms`; integer nanoseconds. A number without a unit is rejected. */
export function durationNsSchema(): z.ZodType<number> {
  return quantity(TIME_UNITS_NS, 'a time such as 60s, 500ms, 2min');
}

/** Makes the schema of a size such as `1200B` or `64KiB`; bytes. */
export function byteSizeSchema(): z.ZodType<number> {
  return quantity(SIZE_BYTES, 'a size such as 1000B, 64KiB');
}

/** Makes the schema of a rate such as `250kbit/s`; whole bits per second. */
export function bitsPerSecondSchema(): z.ZodType<number> {
  return quantity(RATE_BPS, 'a rate such as 1Mbit/s, 250kbit/s');
}

/** Makes the schema of a frequency such as `10/s` or `6/min`; times per second. */
export function perSecondSchema(): z.ZodType<number> {
  const schema = z.union([z.string(), z.number()]).transform((value, context) => {
    const match = /^\s*(\d+(?:\.\d+)?)\s*\/\s*(s|min|h)\s*$/.exec(String(value));
    const seconds = PER_S[match?.[2] ?? ''];
    if (match !== null && seconds !== undefined && Number(match[1]) > 0) {
      return Number(match[1]) / seconds;
    }
    context.issues.push({
      code: 'custom',
      input: value,
      message: `${value} is not readable, expected a rate such as 10/s, 6/min`,
    });
    return z.NEVER;
  });
  return schema.register(QUANTITY_SCHEMAS, { words: 'a rate', units: { '/s': 1 } });
}

/** Makes the schema of a length such as `550km`; whole metres. */
export function metresSchema(): z.ZodType<number> {
  return quantity(LENGTH_M, 'a length such as 100m, 550km');
}

/** Makes the schema of a speed such as `1.5m/s`; metres per second, a multiple of 1 mm/s. */
export function metresPerSecondSchema(): z.ZodType<number> {
  return quantity(
    Object.fromEntries(Object.entries(SPEED_MPS).map(([unit, mps]) => [unit, mps * MM])),
    'a speed such as 1.5m/s, 5km/h',
  ).transform((millimetres) => millimetres / MM);
}

/** Makes the schema of a share such as `0.1` or `10%`; 0..1. */
export function shareSchema(): z.ZodType<number> {
  const schema = z.union([z.number(), z.string()]).transform((value, context) => {
    const text = String(value).trim();
    const percent = text.endsWith('%');
    const number = Number(percent ? text.slice(0, -1) : text) / (percent ? 100 : 1);
    if (number >= 0 && number <= 1) return number;
    context.issues.push({
      code: 'custom',
      input: value,
      message: `${text} is not a share, expected 0..1 or a percentage such as 10%`,
    });
    return z.NEVER;
  });
  return schema.register(QUANTITY_SCHEMAS, { words: 'a share', units: { '': 1 } });
}

function quantity(units: Readonly<Record<string, number>>, expected: string): z.ZodType<number> {
  const schema = z.union([z.string(), z.number()]).transform((value, context) => {
    const parsed = parse(String(value), units);
    if (parsed !== undefined) return parsed;
    const bare = /^\d+(\.\d+)?$/.test(String(value).trim());
    const found = bare ? `${value} has no unit` : `${value} is not readable`;
    context.issues.push({
      code: 'custom',
      input: value,
      message: `${found}, expected ${expected}`,
    });
    return z.NEVER;
  });
  const [words = ''] = expected.split(' such as');
  return schema.register(QUANTITY_SCHEMAS, { words, units });
}

function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+(?:\/[a-z]+)?)\s*$/.exec(text);
  const factor = units[match?.[2] ?? ''];
  if (match === null || factor === undefined) return undefined;
  return Math.floor(Number(match[1]) * factor + 0.5);
}
