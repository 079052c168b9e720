/**
 * The result of one seed packed as text for a line: deflated JSON, extended by typed arrays and
 * infinite numbers.
 *
 * @module
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { KpiSpec, SeedResult } from '../../reports/model.ts';
import { Refusal } from '../../scenarios/refusal.ts';

/**
 * Largest unpacked result, bytes. A line may come from an unknown source, and a few kilobytes can
 * inflate to a thousand times as much. The largest result of the shipped scenarios has 2 MB.
 */
const UNPACKED_MAX = 64 * 1024 * 1024;
/**
 * Largest number of values in a result, because an empty object takes a hundred times as much
 * memory as its text.
 */
const PARTS_MAX = 1_000_000;
/** Longest packed result, characters. The longest of the shipped scenarios has 23 kB. */
const PACKED_MAX = 24 * 1024 * 1024;
const [COMMA = 0, LIST = 0, MAP = 0] = Buffer.from(',[{');
/** Keys that mark values which JSON does not have. */
const BYTES_MARK = '$f64';
const NUMBER_MARK = '$n';

/** The part of a result that its KPIs need, without data that only a report on this single run shows. */
export function trimResultToKpis(result: SeedResult, kpis: readonly KpiSpec[]): SeedResult {
  const wanted = new Set(kpis.map(({ metric }) => metric));
  const metrics = Object.fromEntries(
    Object.entries(result.metrics).filter(([name]) => wanted.has(name)),
  );
  const {
    pathLatencies: _paths,
    faultWindows: _windows,
    checkpoints: _checkpoints,
    privacy: _privacy,
    flows: _flows,
    ...rest
  } = result;
  return { ...rest, metrics, series: [] };
}

/**
 * Packs a result as text without newline.
 * @throws Refusal if it is larger than {@link unpackResult} accepts.
 */
export function packResult(result: SeedResult): string {
  const json = Buffer.from(JSON.stringify(result, write));
  const text = deflateRawSync(json).toString('base64');
  if (isReadable(json) && text.length <= PACKED_MAX) return text;
  throw new Refusal(
    `seed ${result.seed}: a result of ${Math.ceil(json.length / 1e6)} MB is too large for a sweep, record fewer samples`,
  );
}

/** Unpacks a result that {@link packResult} packed; undefined for other texts. */
export function unpackResult(text: string): SeedResult | undefined {
  if (text.length > PACKED_MAX) return undefined;
  try {
    const json = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: UNPACKED_MAX });
    if (!isReadable(json)) return undefined;
    const result = JSON.parse(json.toString('utf8'), read) as Partial<SeedResult>;
    return isResult(result) ? result : undefined;
  } catch {
    return undefined;
  }
}

/** True if JSON is so small that parsing takes at most a second or two. */
function isReadable(json: Buffer): boolean {
  if (json.length > UNPACKED_MAX) return false;
  let parts = 0;
  // Iterators over bytes take ten times as long as an index.
  for (let at = 0; at < json.length && parts <= PARTS_MAX; at += 1) {
    const byte = json[at];
    if (byte === COMMA || byte === LIST || byte === MAP) parts += 1;
  }
  return parts <= PARTS_MAX;
}

function isResult(result: Partial<SeedResult> | null): result is SeedResult {
  const isMeasured = typeof result?.metrics === 'object' && typeof result.packets === 'object';
  return isMeasured && typeof result.seed === 'number' && typeof result.fingerprint === 'string';
}

function write(_key: string, value: unknown): unknown {
  if (value instanceof Float64Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { [BYTES_MARK]: bytes.toString('base64') };
  }
  if (typeof value !== 'number') return value;
  if (Object.is(value, -0)) return { [NUMBER_MARK]: '-0' };
  return Number.isFinite(value) ? value : { [NUMBER_MARK]: String(value) };
}

function read(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (BYTES_MARK in value) {
    const bytes = Buffer.from(String(value[BYTES_MARK]), 'base64');
    return new Float64Array(new Uint8Array(bytes).buffer);
  }
  return NUMBER_MARK in value ? Number(value[NUMBER_MARK]) : value;
}
