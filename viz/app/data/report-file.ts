/**
 * Reads a `report.json`: first its version, then the parts that every page needs. Only the command
 * line checks the whole schema; a page shows the parts that the file has and says which parts are
 * missing.
 *
 * @module
 */
import type { Report } from '../../../reports/report-schema.ts';

/** The only version of reports that this page can read. */
const REPORT_VERSION = 1;

/** The result of reading a `report.json`. */
export type ReportFileResult =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'newer-version'; readonly version: number }
  | { readonly kind: 'unreadable'; readonly message: string };

const LISTS = ['seeds', 'perSeed', 'kpis', 'invariants', 'faults', 'series', 'warnings'] as const;
const RECORDS = ['scenario', 'environment', 'metrics', 'packets', 'nodeDrops'] as const;

/** Parses the text of a report. */
export function readReportFile(text: string): ReportFileResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no JSON';
    return { kind: 'unreadable', message: `not a JSON document: ${reason}` };
  }
  if (!isRecord(json)) return { kind: 'unreadable', message: 'not a JSON object' };
  const version = json['schemaVersion'];
  if (typeof version !== 'number') return { kind: 'unreadable', message: 'no schemaVersion' };
  if (version !== REPORT_VERSION) return { kind: 'newer-version', version };
  const missing =
    LISTS.find((name) => !Array.isArray(json[name])) ??
    RECORDS.find((name) => !isRecord(json[name]));
  if (missing !== undefined) return { kind: 'unreadable', message: `${missing} is missing` };
  return { kind: 'report', report: json as unknown as Report };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
