/**
 * Sender unlinkability as defined by Loopix (USENIX Security 2017, section 4.3.1): how far apart an
 * adversary's beliefs about two senders are when a message leaves the mixes, `epsilon = |ln(p0 /
 * p1)|` for the masses of both senders' messages in the pool of a last mix
 * (docs/spec/privacy-metrics.md, "Epsilon of two senders").
 *
 * The label of a sender is on the messages it writes, not on its cover. Nothing is scaled by the
 * senders' rates: a sender that writes twice as much as another differs by ln 2 already, so pairs
 * consist of senders that write about equally much.
 *
 * @module
 */
import { chooseNodeMixingModels, nodeMaskOfNames } from './laws.ts';
import { propagateMass } from './mass/propagate.ts';
import type { PrivacySetting } from './setting.ts';
import {
  EVENT_ABSORBED,
  EVENT_CREATED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  PURPOSE_CONTENT,
  type RunTruth,
} from './truth/truth.ts';

/** Largest number of labelled senders. Each takes one double of memory for every message under way. */
const SENDERS_MAX = 16;
/** Number of instants at which pools are examined. */
const INSTANTS = 100;
/**
 * Epsilon if a pool contains no mass of one of the two senders, which means that none of its messages
 * was in this mix for twenty mean delays.
 */
export const SENDER_EPSILON_MAX = 20;

/** One sample of epsilon for each examined pool and each pair of senders with mass in this pool. */
export function senderEpsilons(truth: RunTruth, setting: PrivacySetting): readonly number[] {
  const senders = writersOf(truth, setting);
  if (senders.length < 2) return [];
  const labelOf = new Map(senders.map((node, label) => [node, label]));
  const { purpose, sender, count } = truth.messages;
  const labels = new Int32Array(count).fill(-1);
  for (let i = 0; i < count; i += 1) {
    if (purpose[i] === PURPOSE_CONTENT) labels[i] = labelOf.get(sender[i] ?? -1) ?? -1;
  }
  const looks = looksAt(truth, setting);
  const epsilons: number[] = [];
  propagateMass({
    truth,
    labels,
    labelCount: senders.length,
    laws: chooseNodeMixingModels(truth, setting),
    // The masses of a message that leaves a pool have the same proportion as those of the pool.
    onCandidate: (message, masses) => {
      if (looks.has(message)) for (const one of pairsOf(masses)) epsilons.push(one);
    },
  });
  return epsilons;
}

function pairsOf(masses: Float64Array): readonly number[] {
  const epsilons: number[] = [];
  for (let label = 0; label + 1 < masses.length; label += 2) {
    const [one = 0, other = 0] = masses.subarray(label, label + 2);
    if (one === 0 && other === 0) continue;
    epsilons.push(Math.min(SENDER_EPSILON_MAX, Math.abs(Math.log(one / other))));
  }
  return epsilons;
}

/** An even number of the nodes that wrote payloads, those that wrote the most first. */
function writersOf(truth: RunTruth, setting: PrivacySetting): readonly number[] {
  const isMix = nodeMaskOfNames(truth, new Set(setting.mixes.map(({ name }) => name)));
  const { count, code, node, message, atNs } = truth.events;
  const written = new Map<number, number>();
  for (let i = 0; i < count; i += 1) {
    const at = atNs[i] as number;
    if (code[i] !== EVENT_CREATED || at < setting.warmupNs || at >= setting.endNs) continue;
    const from = node[i] as number;
    if (isMix[from] === true || truth.messages.purpose[message[i] as number] !== PURPOSE_CONTENT)
      continue;
    written.set(from, (written.get(from) ?? 0) + 1);
  }
  const sorted = [...written].sort(([a, m], [b, n]) => n - m || a - b).map(([from]) => from);
  return sorted.slice(0, Math.min(SENDERS_MAX, sorted.length - (sorted.length % 2)));
}

/**
 * The messages at whose departure a pool is examined. There is one for each of {@link INSTANTS}
 * evenly spaced instants of the measured period: the next message that leaves the network from a
 * mix. Each instant takes the next of these mixes, round-robin.
 */
function looksAt(truth: RunTruth, setting: PrivacySetting): ReadonlySet<number> {
  const exits = [...exitsOf(truth, setting)].sort(([a], [b]) => a - b).map(([, list]) => list);
  const { warmupNs, endNs } = setting;
  const looks = new Set<number>();
  if (exits.length === 0) return looks;
  for (let look = 0; look < INSTANTS; look += 1) {
    const atNs = warmupNs + ((look + 0.5) / INSTANTS) * (endNs - warmupNs);
    const next = exits[look % exits.length]?.find((exit) => exit.leftNs >= atNs);
    if (next !== undefined) looks.add(next.message);
  }
  return looks;
}

interface Exit {
  readonly leftNs: number;
  readonly message: number;
}

/** For each mix, the messages that left the network from it, in the order in which they left. */
function exitsOf(truth: RunTruth, setting: PrivacySetting): ReadonlyMap<number, readonly Exit[]> {
  const isMix = nodeMaskOfNames(truth, new Set(setting.mixes.map(({ name }) => name)));
  const { count, code, node, message, atNs } = truth.events;
  const left = new Map<number, { readonly mix: number; readonly leftNs: number }>();
  const exits = new Map<number, Exit[]>();
  for (let i = 0; i < count; i += 1) {
    const what = message[i] as number;
    const where = node[i] as number;
    if (code[i] === EVENT_DEPARTED && isMix[where] === true) {
      left.set(what, { mix: where, leftNs: atNs[i] as number });
      continue;
    }
    const last = left.get(what);
    const isEnd = code[i] === EVENT_DELIVERED || code[i] === EVENT_ABSORBED;
    if (!isEnd || last === undefined || isMix[where] === true) continue;
    const list = exits.get(last.mix) ?? [];
    list.push({ leftNs: last.leftNs, message: what });
    exits.set(last.mix, list);
    left.delete(what);
  }
  for (const list of exits.values()) list.sort((a, b) => a.leftNs - b.leftNs);
  return exits;
}
