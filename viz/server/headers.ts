/**
 * The headers of responses. Files of a run are untrusted, so browsers download them. Only the HTML
 * report is shown, without the origin of this server and with no scripts except those of this
 * project. Pages of other sites can neither frame nor read anything from this server.
 *
 * @module
 */
import { REPORT_SCRIPT_CSP_SOURCE } from '../../reports/html/html.ts';

/** No page may frame a response of this server (Content Security Policy Level 3, section 6.4.2). */
const UNFRAMED = "frame-ancestors 'none'";

/** Headers of every response, including errors. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'content-security-policy': `default-src 'none'; ${UNFRAMED}`,
};

/**
 * Content security policy of the page of this server, sent as a header. The rest of the policy is
 * in the HTML of the page, because the page can also be opened from disk.
 */
export const PAGE_CSP_HEADER = UNFRAMED;

/**
 * Content security policy for files of runs: `sandbox` removes the origin of this server, so that
 * scripts in these files cannot read anything from it.
 */
const FILE_POLICY = `sandbox; default-src 'none'; ${UNFRAMED}`;

/**
 * Content security policy for the HTML report: it allows only the script of this project, but any
 * style, because reports of older versions have other styles.
 */
const REPORT_POLICY =
  `sandbox allow-scripts; default-src 'none'; script-src ${REPORT_SCRIPT_CSP_SOURCE}; ` +
  `style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; ${UNFRAMED}`;

/**
 * Content types by the extension of the requested file name, even if the file is a symbolic link to
 * another name.
 */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  prom: 'text/plain; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  yaml: 'text/plain; charset=utf-8',
};

/** Returns the headers for a file of a run. */
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

/** Returns a complete response without a body, with which a WebSocket connection is refused. */
export function bodilessResponse(status: string): string {
  const headers = Object.entries({ ...COMMON_HEADERS, connection: 'close', 'content-length': '0' });
  return `HTTP/1.1 ${status}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
