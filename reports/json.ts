/**
 * `report.json`: written, and read back with a check of its shape (for `--baseline` and `compare`).
 *
 * @module
 */
import { REPORT_SCHEMA_VERSION, type Report, reportSchema } from './report-schema.ts';

/** A list of numbers, one per line; line ends occur only between values, never in a text. */
const NUMBERS = /\[\n(?:\s+(?:-?[\d.eE+-]+|null),?\n)+\s+\]/g;

/** The document, indented except for lists of numbers, with a final newline. */
export function renderJson(report: Report): string {
  const text = JSON.stringify(report, null, 1);
  return `${text.replace(NUMBERS, (list) => list.replace(/\s+/g, ''))}\n`;
}

/** The report that was read, or a text on what is wrong with the file. */
export type ReportReadResult =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'unreadable'; readonly message: string };

/** Reads a report; if the document is not a report, returns a text that says what is wrong with it. */
export function readReport(json: string): ReportReadResult {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (cause) {
    return unreadable(`not a JSON document (${cause instanceof Error ? cause.message : cause})`);
  }
  const version = versionOf(document);
  if (version !== REPORT_SCHEMA_VERSION) {
    const found = version === undefined ? 'no schemaVersion' : `schemaVersion ${version}`;
    return unreadable(`${found}, this program reads ${REPORT_SCHEMA_VERSION}`);
  }
  const parsed = reportSchema.safeParse(document);
  if (parsed.success) return { kind: 'report', report: parsed.data };
  const issue = parsed.error.issues[0];
  return unreadable(`${issue?.path.join('.') || 'report'}: ${issue?.message ?? 'unreadable'}`);
}

function unreadable(message: string): ReportReadResult {
  return { kind: 'unreadable', message };
}

function versionOf(document: unknown): number | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const version = 'schemaVersion' in document ? document.schemaVersion : undefined;
  return typeof version === 'number' ? version : undefined;
}
