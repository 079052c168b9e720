/**
 * Chooses the messages that the adversary follows: the first payload that any client sends in each
 * interval, if all of its mass can still arrive before the end. The entropy of a later target would
 * come out too low.
 *
 * @module
 */
import { EVENT_CREATED, PURPOSE_CONTENT, type RunTruth } from './truth/truth.ts';

/** The record to choose from, and the period and spacing of targets. */
export interface TargetChoiceInput {
  readonly truth: RunTruth;
  /** For each node index, true for mixes, at which no path begins. */
  readonly isMix: readonly boolean[];
  readonly fromNs: number;
  readonly everyNs: number;
  /** Last instant at which a target may start, ns. */
  readonly lastNs: number;
}

/** A target and the next message created after it. */
export interface TargetMessage {
  readonly message: number;
  /** Undefined at the end of the record. */
  readonly next: number | undefined;
}

/** Returns the targets in time order: payloads, or messages of any kind in a run without payloads. */
export function chooseTargets(question: TargetChoiceInput): readonly TargetMessage[] {
  const { truth, fromNs, everyNs, lastNs } = question;
  const { atNs, message } = truth.events;
  const made = creations(question);
  const { count, purpose } = truth.messages;
  const hasContent = purpose.subarray(0, count).includes(PURPOSE_CONTENT);
  const targets: TargetMessage[] = [];
  let dueNs = fromNs;
  for (const [index, event] of made.entries()) {
    const at = atNs[event] ?? 0;
    if (at > lastNs) break;
    const one = message[event] ?? 0;
    if (at < dueNs || (hasContent && purpose[one] !== PURPOSE_CONTENT)) continue;
    const following = made[index + 1];
    targets.push({ message: one, next: following === undefined ? undefined : message[following] });
    dueNs += everyNs * (1 + Math.floor((at - dueNs) / everyNs));
  }
  return targets;
}

/** Events in which a client or provider creates a message. */
function creations({ truth, isMix }: TargetChoiceInput): readonly number[] {
  const { count, code, node } = truth.events;
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) {
    if (code[i] === EVENT_CREATED && isMix[node[i] ?? 0] !== true) found.push(i);
  }
  return found;
}
