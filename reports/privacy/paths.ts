/**
 * Counts delivered messages whose mixes were all corrupt: nothing hides these messages, whatever the entropy
 * of the others (docs/spec/privacy-metrics.md, "Attacks": predecessor).
 *
 * @module
 */
import { nodeMaskOfNames } from './laws.ts';
import type { PrivacySetting } from './setting.ts';
import {
  EVENT_CREATED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  NO_NODE,
  type RunTruth,
} from './truth/truth.ts';

/** Number of paths without an honest mix (numerator), and of all paths. */
export interface CompromisedPathCount {
  readonly numerator: number;
  readonly denominator: number;
}

const HONEST = 1;
const CORRUPT = 2;
const MEASURED = 4;

type PathSetting = Pick<PrivacySetting, 'mixes' | 'corrupt' | 'warmupNs' | 'endNs'>;

/** Counts the paths of delivered messages that were created after the warm-up, without cover. */
export function countCompromisedPaths(
  truth: RunTruth,
  { mixes, corrupt, warmupNs, endNs }: PathSetting,
): CompromisedPathCount {
  const isMix = nodeMaskOfNames(truth, new Set(mixes.map(({ name }) => name)));
  const isCorrupt = nodeMaskOfNames(truth, new Set(corrupt));
  const marks = isMix.map((mixing, node) => {
    if (!mixing) return 0;
    return isCorrupt[node] === true ? CORRUPT : HONEST;
  });
  const met = new Uint8Array(truth.messages.count);
  const paths = { numerator: 0, denominator: 0 };
  const { count, atNs, code, node, message } = truth.events;
  const { recipient } = truth.messages;
  const isMeasured = (one: number, at: number): boolean =>
    at >= warmupNs && at < endNs && recipient[one] !== NO_NODE;
  for (let i = 0; i < count; i += 1) {
    const one = message[i] as number;
    if (code[i] === EVENT_CREATED && isMeasured(one, atNs[i] as number)) met[one] = MEASURED;
    const marked = met[one] as number;
    if ((marked & MEASURED) === 0) continue;
    if (code[i] === EVENT_DEPARTED) met[one] = marked | (marks[node[i] as number] as number);
    if (code[i] !== EVENT_DELIVERED || marked === MEASURED) continue;
    paths.denominator += 1;
    if ((marked & HONEST) === 0) paths.numerator += 1;
  }
  return paths;
}
