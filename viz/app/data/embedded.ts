/**
 * The demo run that the build puts into the page: with its report as JSON and its trace as base64
 * (ADR 0014).
 *
 * @module
 */

// Ids of the HTML elements that hold the demo.
const DEMO_REPORT_ID = 'demo-report';
const DEMO_TRACE_ID = 'demo-trace';
/** Id of the demo run in the address of the page. */
export const DEMO_RUN_ID = 'demo';

/** The text of the demo's report; undefined if the page was built without a demo. */
export function embeddedReport(): string | undefined {
  return textOf(DEMO_REPORT_ID);
}

/** The bytes of the demo's trace; undefined if the page was built without a demo. */
export function embeddedTrace(): Uint8Array | undefined {
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
