/**
 * Counts delivered messages all of whose mixes were corrupt: nothing hides those, whatever the
 * entropy of the others says (mixnet.md 3.2, 4.1, 4.4 "Predecessor").
 *
 * @module
 */
import { namesOf } from './laws.ts';
import type { PrivacySetting } from './setting.ts';
import { DELIVERED, DEPARTED, type Truth } from './truth/truth.ts';

/** Paths, and those without one honest mix. */
export interface PathCount {
  readonly numerator: number;
  readonly denominator: number;
}

const HONEST = 1;
const CORRUPT = 2;

/** Of the messages delivered in the whole record. */
export function compromisedPaths(
  truth: Truth,
  { mixes, corrupt }: Pick<PrivacySetting, 'mixes' | 'corrupt'>,
): PathCount {
  const isMix = namesOf(truth, new Set(mixes.map(({ name }) => name)));
  const isCorrupt = namesOf(truth, new Set(corrupt));
  const marks = isMix.map((mixing, node) => {
    if (!mixing) return 0;
    return isCorrupt[node] === true ? CORRUPT : HONEST;
  });
  const met = new Uint8Array(truth.messages.count);
  const paths = { numerator: 0, denominator: 0 };
  const { count, code, node, message } = truth.events;
  for (let i = 0; i < count; i += 1) {
    const one = message[i] as number;
    const marked = met[one] as number;
    if (code[i] === DEPARTED) met[one] = marked | (marks[node[i] as number] as number);
    if (code[i] !== DELIVERED || marked === 0) continue;
    paths.denominator += 1;
    if (marked === CORRUPT) paths.numerator += 1;
  }
  return paths;
}
