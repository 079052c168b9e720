/**
 * The correct answers for scoring attacks, and what corrupt nodes reveal: taken from the truth and
 * passed to attack code as plain values (docs/spec/privacy-metrics.md, "Two records"). This file is not
 * in `attacks/`, because code there must not read the truth.
 *
 * @module
 */
import type { AttackTruths } from './attacks/index.ts';
import { countCompromisedPaths } from './paths.ts';
import type { PrivacySetting } from './setting.ts';
import {
  EVENT_ARRIVED,
  EVENT_DEPARTED,
  NO_NODE,
  PURPOSE_CONTENT,
  type RunTruth,
} from './truth/truth.ts';

/**
 * Collects the answers from the truth, except the results of attacks that events carry out, which are
 * counted during the run.
 */
export function collectAttackTruths(truth: RunTruth, setting: PrivacySetting): AttackTruths {
  const { numerator, denominator } = countCompromisedPaths(truth, setting);
  return {
    partners: partnersOf(truth),
    compromisedPaths: { hits: numerator, trials: denominator },
  };
}

/** For each user, the users to whom it wrote payloads. */
function partnersOf(truth: RunTruth): ReadonlyMap<string, ReadonlySet<string>> {
  const { nodes, messages } = truth;
  const partners = new Map<string, Set<string>>();
  for (let message = 0; message < messages.count; message += 1) {
    const from = messages.sender[message] ?? NO_NODE;
    const to = messages.recipient[message] ?? NO_NODE;
    if (messages.purpose[message] !== PURPOSE_CONTENT || from === NO_NODE || to === NO_NODE)
      continue;
    const name = nodes[from] ?? '';
    const known = partners.get(name) ?? new Set<string>();
    partners.set(name, known.add(nodes[to] ?? ''));
  }
  return partners;
}

/** An input of a corrupt node that became an output. */
export interface CorruptPassage {
  /** Index in the list of corrupt nodes. */
  readonly node: number;
  readonly inNs: number;
  readonly outNs: number;
}

/** Lists all passages that corrupt nodes reveal, by the instants of their outputs. */
export function listCorruptPassages(
  truth: RunTruth,
  corrupt: readonly string[],
): readonly CorruptPassage[] {
  if (corrupt.length === 0) return [];
  const places = truth.nodes.map((name) => corrupt.indexOf(name));
  const inNs = new Float64Array(truth.messages.count);
  const passages: CorruptPassage[] = [];
  const { count, atNs, code, node, message } = truth.events;
  for (let i = 0; i < count; i += 1) {
    const place = places[node[i] as number] ?? -1;
    if (place < 0) continue;
    const one = message[i] as number;
    const at = atNs[i] as number;
    if (code[i] === EVENT_ARRIVED) inNs[one] = at;
    else if (code[i] === EVENT_DEPARTED)
      passages.push({ node: place, inNs: inNs[one] ?? 0, outNs: at });
  }
  return passages;
}

/** Mean number of nodes that forward a payload; 0 without payloads. */
export function meanPayloadHops(truth: RunTruth): number {
  const { count, code, message } = truth.events;
  let hops = 0;
  let payloads = 0;
  const counted = new Uint8Array(truth.messages.count);
  for (let i = 0; i < count; i += 1) {
    const one = message[i] as number;
    if (code[i] !== EVENT_DEPARTED || truth.messages.purpose[one] !== PURPOSE_CONTENT) continue;
    hops += 1;
    if (counted[one] === 0) payloads += 1;
    counted[one] = 1;
  }
  return payloads === 0 ? 0 : hops / payloads;
}
