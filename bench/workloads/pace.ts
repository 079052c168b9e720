/**
 * The present speed of the cores: the same key exchanges on all workers in parallel.
 *
 * Cores of a virtual machine may be hardware threads that share a core with other guests; then
 * everything takes up to one and a half times as long, and no count of steal time shows it.
 *
 * @module
 */
import type { Pipeline } from '../../engine/live/pipeline/pipeline.ts';

/** Returns the microseconds of an exchange on the slowest worker. */
export type Pace = () => Promise<number>;

/** Opens the job on a pipeline. @param moduleUrl of the jobs. */
export function openPace(pipeline: Pipeline, workers: number, moduleUrl: string): Pace {
  const job = pipeline.open({ moduleUrl, job: 'exchange', crypto: 'node' }, new Uint8Array(0));
  return async () => {
    const all = Array.from({ length: workers }, (_, affinity) =>
      exchangeOn(pipeline, job, affinity),
    );
    return Math.max(...(await Promise.all(all)));
  };
}

function exchangeOn(pipeline: Pipeline, job: number, affinity: number): Promise<number> {
  return new Promise((resolve) => {
    const sink = {
      done: (_token: number, { record }: { readonly record: Uint8Array }): void =>
        resolve(new DataView(record.buffer, record.byteOffset).getFloat64(0)),
    };
    pipeline.submit({ job, bytes: new Uint8Array(1), sink, token: 0, affinity });
  });
}
