/** Replicated writes by Automerge 3.5.0: a change for each write, the whole history kept and packed. @module */
import { applyChanges, change, type Doc, getAllChanges, init, save } from '@automerge/automerge';
import { cpuTimeUs } from '../bench-result.ts';
import { ACTORS, type VaultWrite } from '../workloads/vault-writes.ts';
import type { EncodedWrites, MergedReplica, ReplicationSubject } from './replicated.ts';

type Values = Record<string, Uint8Array>;

function write(writes: readonly VaultWrite[]): EncodedWrites {
  const logs = Array.from({ length: ACTORS }, (_, actor) =>
    getAllChanges(documentOf(`0${actor}`, (one) => one.actor === actor, writes)),
  );
  const changes = logs.flat();
  return {
    sentBytes: changes.reduce((sum, { length }) => sum + length, 0),
    merge: (order) =>
      merged((empty) => {
        const batch = order === 'as written' ? changes : logs.toReversed().flat();
        return applyChanges(empty, batch)[0];
      }),
    mergeEach: () =>
      merged((empty) => changes.reduce((document, one) => applyChanges(document, [one])[0], empty)),
  };
}

function documentOf(
  actor: string,
  isOurs: (one: VaultWrite) => boolean,
  writes: readonly VaultWrite[],
): Doc<Values> {
  let document = init<Values>({ actor });
  for (const { key, value } of writes.filter(isOurs)) {
    document = change(document, (values) => {
      values[key] = value;
    });
  }
  return document;
}

function merged(merge: (empty: Doc<Values>) => Doc<Values>): MergedReplica {
  let document = init<Values>({ actor: 'ff' });
  const cpuUs = cpuTimeUs(() => {
    document = merge(document);
  });
  return {
    cpuUs,
    values: new Map(Object.entries(document)),
    keptBytes: new Map([['with history', save(document).length]]),
  };
}

/** Automerge as a subject of the benchmark. */
export const automerge: ReplicationSubject = {
  name: 'Automerge 3.5.0',
  note: 'in WebAssembly; all in one batch; chained by hash; no signatures, no encryption, no erasure',
  isModelled: false,
  write,
};
