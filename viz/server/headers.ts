/**
 * The headers of answers. Files of a run are untrusted: whatever their bytes, a browser stores them
 * or, for the report, shows them without our origin and without scripts other than ours. No page
 * elsewhere can frame or read anything of this server.
 *
 * @module
 */
import { REPORT_SCRIPT_SOURCE } from '../../reports/html/html.ts';

/** Nobody may frame what this server answers (Content Security Policy Level 3, section 6.4.2). */
const UNFRAMED = "frame-ancestors 'none'";

/** On every answer, including errors. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'content-security-policy': `default-src 'none'; ${UNFRAMED}`,
};

/**
 * For our own page, which carries the rest of its policy itself, because it also opens from disk.
 */
export const PAGE_POLICY = UNFRAMED;

/** `sandbox` removes our origin: it can read nothing of this server, whatever runs. */
const FILE_POLICY = `sandbox; default-src 'none'; ${UNFRAMED}`;

/** The report is shown. Its style may be of an older version; only our own script runs. */
const REPORT_POLICY =
  `sandbox allow-scripts; default-src 'none'; script-src ${REPORT_SCRIPT_SOURCE}; ` +
  `style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; ${UNFRAMED}`;

/** By the requested name, not by that of a link's target. */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  prom: 'text/plain; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  yaml: 'text/plain; charset=utf-8',
};

/** Headers for a file of a run. */
export function fileHeaders(name: string): Readonly<Record<string, string>> {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  if (name === 'report.html') {
    return { 'content-type': type, 'content-security-policy': REPORT_POLICY };
  }
  return {
    'content-type': type,
    'content-security-policy': FILE_POLICY,
    'content-disposition': `attachment; filename="${name}"`,
  };
}

/** A whole answer without a body, for a connection that is no request of the page. */
export function bareAnswer(status: string): string {
  const headers = Object.entries({ ...COMMON_HEADERS, connection: 'close', 'content-length': '0' });
  return `HTTP/1.1 ${status}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
