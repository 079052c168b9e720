/**
 * The demo run that the build puts into the page: its report as JSON, and its trace as base64 (ADR
 * 0014).
 *
 * @module
 */

// The ids of the HTML elements that hold the report and the trace of the demo.
const DEMO_REPORT_ID = 'demo-report';
const DEMO_TRACE_ID = 'demo-trace';
/** The id by which the page's address names the demo run. */
export const DEMO_RUN_ID = 'demo';

/** Returns the text of the demo's report; undefined if the page was built without a demo. */
export function readEmbeddedReport(): string | undefined {
  return textOf(DEMO_REPORT_ID);
}

/** Returns the bytes of the demo's trace; undefined if the page was built without a demo. */
export function readEmbeddedTrace(): Uint8Array | undefined {
  const text = textOf(DEMO_TRACE_ID);
  return text === undefined ? undefined : fromBase64(text.trim());
}

function textOf(id: string): string | undefined {
  const text = document.getElementById(id)?.textContent;
  return text === undefined || text === null || text === '' ? undefined : text;
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
