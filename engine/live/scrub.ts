/**
 * Keeps keys and payloads out of text that leaves a node: log lines, status, warnings of reports.
 *
 * This is a second line of defence: callers pass names and numbers, never bytes. Metrics, which are numbers, are not
 * checked, and bytes written as decimal numbers are not recognised.
 *
 * @module
 */

import type { LogFields } from '../host/measure.ts';

/** Longest text of one message or field, characters. */
const TEXT_MAX = 2_000;
const FIELDS_MAX = 16;
/** Matches 16 bytes or more in hexadecimal; 16 bytes is the length of the shortest key in this project. */
const HEX_RUN = /(?:0x)?[0-9a-fA-F]{32,}/g;
/** Matches 16 or 32 bytes in base64, of which 16 bytes end in `==` and 32 bytes in `=`. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{22}==|[A-Za-z0-9+/_-]{43}=/g;
/** Matches 16 bytes or more in base64 or base64url, which needs no `=` at its end (RFC 4648 section 5). */
const LONG_RUN = /[A-Za-z0-9+/_-]{22,}={0,2}/g;
/**
 * Least number of transitions between capitals, small letters and digits per character of a key; keys have about 0.6,
 * names 0.2.
 */
const KEY_CHANGES_MIN = 0.3;
/** PEM blocks, even if only their beginning is there. */
const PEM_BLOCKS = /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g;
const SECRET_NAME = /key|secret|passw|token|psk|private|payload|credential|authori[sz]ation/i;

/** Removes runs of bytes that could be a key from a text, and cuts it at 2,000 characters. */
export function scrubSecrets(text: string): string {
  // Cut generously first: the patterns then see a bounded text, and the final cut splits no run.
  const bounded = text.length > 4 * TEXT_MAX ? text.slice(0, 4 * TEXT_MAX) : text;
  const clean = bounded
    .replace(PEM_BLOCKS, '[key]')
    .replace(HEX_RUN, (run) => `[${Math.floor(run.replace(/^0x/, '').length / 2)} bytes]`)
    .replace(BASE64_RUN, '[bytes]')
    .replace(LONG_RUN, (run) => (looksLikeKey(run) ? '[bytes]' : run));
  return clean.length > TEXT_MAX ? `${clean.slice(0, TEXT_MAX)} [cut]` : clean;
}

/** True if a run mixes capitals, small letters and digits as random bytes do; names are words and numbers. */
function looksLikeKey(run: string): boolean {
  if (!/[a-z]/.test(run) || !/[A-Z]/.test(run)) return false;
  const letters = run.replace(/[+/=_-]/g, '');
  let changes = 0;
  for (let at = 1; at < letters.length; at += 1) {
    if (kindOf(letters[at]) !== kindOf(letters[at - 1])) changes += 1;
  }
  return changes >= KEY_CHANGES_MIN * letters.length;
}

function kindOf(letter = ''): 'digit' | 'capital' | 'small' {
  if (letter <= '9') return 'digit';
  return letter <= 'Z' ? 'capital' : 'small';
}

/** Keeps at most 16 fields of a log line, without secrets and without long texts. */
export function scrubLogFields(fields: LogFields): LogFields {
  const kept = Object.entries(fields).slice(0, FIELDS_MAX);
  return Object.fromEntries(
    kept.map(([name, value]) => {
      if (SECRET_NAME.test(name)) return [name, '[not written]'];
      return [name, typeof value === 'string' ? scrubSecrets(value) : value];
    }),
  );
}
