/**
 * A result of one seed as text of a line: JSON with typed arrays and infinite numbers, deflated.
 *
 * @module
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { KpiSpec, SeedResult } from '../../reports/model.ts';

/** Largest result that is read: a line may come from anywhere. */
const UNPACKED_MAX = 256 * 1024 * 1024;
/** Marks values that JSON does not have. */
const BYTES_MARK = '$f64';
const NUMBER_MARK = '$n';

/** A result that says what its KPIs need, and nothing that only a report of its own shows. */
export function judgedPart(result: SeedResult, kpis: readonly KpiSpec[]): SeedResult {
  const wanted = new Set(kpis.map(({ metric }) => metric));
  const metrics = Object.fromEntries(
    Object.entries(result.metrics).filter(([name]) => wanted.has(name)),
  );
  const {
    pathLatencies: _paths,
    faultWindows: _windows,
    checkpoints: _checkpoints,
    privacy: _privacy,
    ...rest
  } = result;
  return { ...rest, metrics, series: [] };
}

/** A result as text without newline. */
export function packResult(result: SeedResult): string {
  return deflateRawSync(JSON.stringify(result, write)).toString('base64');
}

/** The result of {@link packResult}; undefined for other texts. */
export function unpackResult(text: string): SeedResult | undefined {
  try {
    const json = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: UNPACKED_MAX });
    const result = JSON.parse(json.toString('utf8'), read) as Partial<SeedResult>;
    return isResult(result) ? result : undefined;
  } catch {
    return undefined;
  }
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
