/**
 * The probability, according to the adversary, that each sender of a target writes to each receiver,
 * beside the true share (docs/spec/privacy-metrics.md, "Metrics"). Masses of the messages to one
 * receiver are added; cover has no receiver and is left out, as if the adversary recognised it.
 *
 * @module
 */
import type { Posterior } from './mass/posterior.ts';
import { NO_NODE, type RunTruth } from './truth/truth.ts';

/**
 * Largest numbers of senders and receivers in a report: the first senders, and the receivers with the
 * most mass.
 */
const SENDERS_MAX = 60;
const RECEIVERS_MAX = 120;

/** The matrix of the probabilities that senders (rows) write to receivers (columns). */
export interface LinkabilityMatrix {
  readonly senders: readonly string[];
  readonly receivers: readonly string[];
  /** Number of targets per sender. */
  readonly targets: readonly number[];
  /** `mass[sender][receiver]`: mean probability; a row adds up to 1 if no receiver was left out. */
  readonly mass: readonly (readonly number[])[];
  /** Share of the sender's targets that actually went to the receiver. */
  readonly partners: readonly (readonly number[])[];
}

interface Row {
  targets: number;
  readonly mass: Map<number, number>;
  readonly partners: Map<number, number>;
}

/** The matrix; undefined when no target has a receiver among its candidates. */
export function computeLinkabilityMatrix(
  truth: RunTruth,
  beliefs: readonly Posterior[],
): LinkabilityMatrix | undefined {
  const rows = new Map<number, Row>();
  for (const belief of beliefs) addTo(rows, truth, belief);
  if (rows.size === 0) return undefined;
  const senders = [...rows].sort(([a], [b]) => a - b).slice(0, SENDERS_MAX);
  const weights = new Map<number, number>();
  for (const [, { mass }] of senders) {
    for (const [to, one] of mass) weights.set(to, (weights.get(to) ?? 0) + one);
  }
  const receivers = [...weights]
    .sort(([a, massA], [b, massB]) => massB - massA || a - b)
    .slice(0, RECEIVERS_MAX)
    .map(([to]) => to)
    .sort((a, b) => a - b);
  const matrix = (of: (row: Row) => ReadonlyMap<number, number>): number[][] =>
    senders.map(([, row]) => receivers.map((to) => (of(row).get(to) ?? 0) / row.targets));
  return {
    senders: senders.map(([from]) => truth.nodes[from] ?? ''),
    receivers: receivers.map((to) => truth.nodes[to] ?? ''),
    targets: senders.map(([, { targets }]) => targets),
    mass: matrix(({ mass }) => mass),
    partners: matrix(({ partners }) => partners),
  };
}

function addTo(rows: Map<number, Row>, truth: RunTruth, { target, p, messages }: Posterior): void {
  const { sender, recipient } = truth.messages;
  const from = sender[target] ?? NO_NODE;
  const to = recipient[target] ?? NO_NODE;
  if (from === NO_NODE || to === NO_NODE) return;
  const folded = new Map<number, number>();
  let sum = 0;
  for (const [i, message] of messages.entries()) {
    const user = recipient[message] ?? NO_NODE;
    if (user === NO_NODE) continue;
    const mass = p[i] ?? 0;
    folded.set(user, (folded.get(user) ?? 0) + mass);
    sum += mass;
  }
  if (sum === 0) return;
  const row = rows.get(from) ?? { targets: 0, mass: new Map(), partners: new Map() };
  rows.set(from, row);
  row.targets += 1;
  for (const [user, mass] of folded) row.mass.set(user, (row.mass.get(user) ?? 0) + mass / sum);
  row.partners.set(to, (row.partners.get(to) ?? 0) + 1);
}
