/**
 * Reasons for and against paths as text for people, used by the drawing of a run and by the answers
 * to operators alike.
 *
 * @module
 */
import type { PathReason } from '../multipath/types.ts';

/** Why a path is in use, if it did not replace another path. */
const IN_USE: Readonly<Partial<Record<PathReason, string>>> = {
  start: 'had the best score when the first path was chosen',
  better: 'was better for the hold time',
};
const NOT_IN_USE: Readonly<Record<PathReason, string>> = {
  start: 'waits for the first choice',
  better: 'is better, but not yet for the hold time',
  vanished: 'is no longer found',
  'probe-loss': 'does not answer probes',
  'report-loss': 'lost the reports of the receiver',
  scmp: 'was reported down by SCMP',
  expiry: 'expires within 10 s',
  rtt: 'is slower than before',
  loss: 'loses too much',
  queue: 'has a queue that grows',
  crowded: 'was left for its queue',
  unanswered: 'has never answered',
  probation: 'was dead and answers again',
  flapping: 'has died too often',
  'few-answers': 'has not yet answered often enough',
  'max-rtt': 'is ruled out by maxRtt',
  'min-bandwidth': 'is ruled out by minBandwidth',
  'max-hops': 'is ruled out by maxHops',
  'avoid-as': 'is ruled out by avoidAs',
  'not-better': 'is not better by enough',
};

/** Why a path is in use, as a sentence whose subject, the path, is left out. */
export function explainPathInUse(reason: PathReason): string {
  return IN_USE[reason] ?? `took over from one that ${NOT_IN_USE[reason]}`;
}

/** Why a path is not in use, or was left, as a sentence whose subject, the path, is left out. */
export function explainPathNotInUse(reason: PathReason): string {
  return NOT_IN_USE[reason];
}
