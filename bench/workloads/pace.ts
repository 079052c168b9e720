/**
 * The present speed of the cores, measured by the same key exchanges on all workers in parallel.
 * A core of a virtual machine may be a hardware thread that shares its physical core with other
 * guests. Everything then takes up to 1.5 times as long, although no steal time is counted.
 *
 * @module
 */
import type { Pipeline } from '../../engine/live/pipeline/pipeline.ts';

/** Returns the time of a key exchange on the slowest worker, microseconds. */
export type Pace = () => Promise<number>;

/** Opens the job that measures the pace on a pipeline. @param moduleUrl The module with the jobs. */
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
