/**
 * Replicated writes merged into another replica, beside Automerge and Yjs: operations per second
 * and bytes kept for each, for the same writes (`workloads/vault-writes.ts`). Neither library signs
 * or encrypts, so ours is also measured without signatures, and without both. Also measures the
 * cost of merging two logs of 10,000 operations that differ in a few or in all of them.
 *
 * The figures of a subject count only if it has converged: merged in another order, all values are
 * the same.
 *
 * `npm run bench -- vault`
 *
 * @module
 */
import { type BenchResult, requireEqual } from './bench-result.ts';
import { inTurnWithLoop, type MeasuredFigure, type Measurement } from './in-turn.ts';
import { automerge } from './peers/automerge.ts';
import {
  type EncodedWrites,
  hashOfValues,
  type MergedReplica,
  type ReplicationSubject,
} from './peers/replicated.ts';
import { yjs } from './peers/yjs.ts';
import { DifferingLogs, type VaultKind, vault } from './workloads/vault-replicas.ts';
import { KEYS, vaultWrites, WRITES } from './workloads/vault-writes.ts';

/** Name of this benchmark for `npm run bench -- vault`. */
export const name = 'vault';

const ROUNDS = 5;
const US_PER_SECOND = 1_000_000;
const US_PER_MS = 1_000;
/** Numbers of operations that a replica lacks. */
const LACKING = [10, 100, 1_000, WRITES] as const;
/** Target: largest time of a merge of all operations without signatures, ms, where the loop makes 100 M steps/s. */
const MERGE_MS = 100;
const REFERENCE_STEPS_PER_MS = 100_000;

const SUBJECTS: readonly ReplicationSubject[] = [
  vault('whole'),
  vault('unsigned'),
  vault('bare'),
  automerge,
  yjs,
];

/** Measures all subjects in turn; a line for each rate, then for what each keeps. */
export async function run(): Promise<readonly BenchResult[]> {
  const writes = vaultWrites();
  const subjects = SUBJECTS.map((subject) => ({ subject, written: subject.write(writes) }));
  const kept = subjects.flatMap(({ subject, written }) => keptBy(subject, written));
  const logs = (['unsigned', 'whole'] as const).map((kind) => differing(kind, writes));
  const together = subjects.map(({ subject, written }) =>
    rate(subject.name, subject.note, () => written.merge('as written')),
  );
  // Measured only once, because with Automerge this takes a hundred times as long as all other
  // measurements together.
  const apart = subjects.flatMap(({ subject, written: { mergeEach } }) =>
    mergeEach === undefined ? [] : [rate(`${subject.name}, one by one`, '', mergeEach)],
  );
  const rates = await inTurnWithLoop([...together, ...logs], ROUNDS);
  return [...rates.map(withReference), ...(await inTurnWithLoop(apart, 1)), ...kept];
}

function rate(subject: string, note: string, merge: () => MergedReplica): Measurement {
  return () => {
    const value = (WRITES * US_PER_SECOND) / merge().cpuUs;
    return [{ name: `${subject}, merged`, unit: 'operations/s', value, note }];
  };
}

/** What the subject keeps and sends for each operation, nothing for a modelled one. @throws Error if its replicas have not converged. */
function keptBy(
  { name: subject, isModelled }: ReplicationSubject,
  written: EncodedWrites,
): readonly BenchResult[] {
  const merged = written.merge('as written');
  const other = written.merge('last actor first');
  requireEqual(`keys of ${subject}`, merged.values.size, KEYS);
  requireEqual(`values of ${subject}`, hashOfValues(other.values), hashOfValues(merged.values));
  if (isModelled) return [];
  const line = (what: string, bytes: number): BenchResult => ({
    name: `${subject}, ${what}`,
    unit: 'B/operation',
    value: bytes / WRITES,
  });
  return [
    ...Array.from(merged.keptBytes, ([what, bytes]) => line(`kept ${what}`, bytes)),
    line('sent', written.sentBytes),
  ];
}

function differing(kind: VaultKind, writes: ReturnType<typeof vaultWrites>): Measurement {
  const logs = new DifferingLogs(kind, writes);
  const what = kind === 'whole' ? 'signed' : 'without signatures';
  return () =>
    LACKING.map(
      (lacking): MeasuredFigure => ({
        name: `logs of ${WRITES}, ${lacking} missing, ${what}`,
        unit: 'ms',
        value: logs.mergeUs(lacking) / US_PER_MS,
      }),
    );
}

/** Adds what a merge takes where the calibration loop makes 100 million steps per second. */
function withReference(result: BenchResult): BenchResult {
  if (result.unit !== 'ms') return result;
  const ms = (result.ratio ?? Number.NaN) / REFERENCE_STEPS_PER_MS;
  const at = `${ms.toLocaleString('en', { maximumSignificantDigits: 3 })} ms at 100 M steps/s`;
  const hasTarget = result.name === `logs of ${WRITES}, ${WRITES} missing, without signatures`;
  const verdict = ms <= MERGE_MS ? 'met' : 'MISSED';
  return { ...result, note: hasTarget ? `${at}; <= ${MERGE_MS} ${verdict}` : at };
}
