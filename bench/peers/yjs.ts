/** Replicated writes by Yjs 13.6.33: an update for each write; overwritten values are not kept. @module */
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import { cpuTimeUs } from '../bench-result.ts';
import { ACTORS, type VaultWrite } from '../workloads/vault-writes.ts';
import type { EncodedWrites, MergedReplica, ReplicationSubject } from './replicated.ts';

const MAP = 'values';

function write(writes: readonly VaultWrite[]): EncodedWrites {
  const logs: Uint8Array[][] = Array.from({ length: ACTORS }, () => []);
  const documents = logs.map((log, actor) => {
    const document = new Doc();
    document.clientID = actor + 1;
    document.on('update', (update: Uint8Array) => log.push(update));
    return document;
  });
  for (const { actor, key, value } of writes) documents[actor]?.getMap(MAP).set(key, value);
  const updates = logs.flat();
  return {
    sentBytes: updates.reduce((sum, { length }) => sum + length, 0),
    merge: (order) =>
      merged((document) => {
        const batch = order === 'as written' ? updates : logs.toReversed().flat();
        document.transact(() => applyAll(document, batch));
      }),
    mergeEach: () => merged((document) => applyAll(document, updates)),
  };
}

function applyAll(document: Doc, updates: readonly Uint8Array[]): void {
  for (const update of updates) applyUpdate(document, update);
}

function merged(merge: (document: Doc) => void): MergedReplica {
  const document = new Doc();
  const cpuUs = cpuTimeUs(() => merge(document));
  return {
    cpuUs,
    values: new Map(document.getMap<Uint8Array>(MAP).entries()),
    keptBytes: new Map([['without history', encodeStateAsUpdate(document).length]]),
  };
}

/** Yjs as a subject of the benchmark. */
export const yjs: ReplicationSubject = {
  name: 'Yjs 13.6.33',
  note: 'all in one transaction; no signatures, no chain, no encryption; erased is what is overwritten',
  isModelled: false,
  write,
};
