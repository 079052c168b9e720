/**
 * Keeps keys and payloads out of what leaves the process in words: log lines, status, errors.
 *
 * Spec: seed-systems.md R-067 (no key, no payload). A second line of defence: callers pass names
 * and numbers, never bytes. Does not look inside metrics, which are numbers.
 *
 * @module
 */

/** Longest text of one message or field. */
const TEXT_MAX = 2_000;
/** 16 bytes and more in hexadecimal: the shortest key that anything here uses. */
const HEX_RUN = /(?:0x)?[0-9a-fA-F]{32,}/g;
/** 16 bytes in base64 end in ==, 32 bytes in one =. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{22}==|[A-Za-z0-9+/_-]{43}=/g;
/** PEM blocks, also when only their beginning is there. */
const PEM = /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g;
const SECRET_NAME = /key|secret|passw|token|psk|private|payload|credential|authori[sz]ation/i;

/** The text without runs of bytes that could be a key, cut at 2,000 characters. */
export function scrub(text: string): string {
  // Cut generously first: the patterns then see a bounded text, and no run is split by the last cut.
  const bounded = text.length > 4 * TEXT_MAX ? text.slice(0, 4 * TEXT_MAX) : text;
  const clean = bounded
    .replace(PEM, '[key]')
    .replace(HEX_RUN, (run) => `[${Math.floor(run.replace(/^0x/, '').length / 2)} bytes]`)
    .replace(BASE64_RUN, '[bytes]');
  return clean.length > TEXT_MAX ? `${clean.slice(0, TEXT_MAX)} [cut]` : clean;
}

/** True for the name of a field whose value is not written, whatever it is. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
