/** Set-ups of jobs on bytes in virtual time: for which calls they are kept, and when they are closed. @module */
import { expect, it } from 'vitest';
import { Scheduler } from '../../../../engine/core/scheduler.ts';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type {
  ByteJob,
  ByteJobOutput,
  Job,
  JobDefinition,
} from '../../../../engine/host/compute.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { CpuModel, type CpuTask } from '../../../../engine/net/cpu-model.ts';
import { SimCompute } from '../../../../engine/net/sim-compute.ts';

type Machine = ConstructorParameters<typeof SimCompute>[0];

/** A host that calls a job on bytes, which adds the first byte of its set-up. */
function computeOn(cpu: { submit(task: CpuTask): void }): {
  readonly compute: SimCompute;
  /** First bytes of the set-ups that were closed. */
  readonly closed: readonly number[];
  readonly results: readonly number[];
  readonly call: (setup: Uint8Array) => Job;
} {
  const closed: number[] = [];
  const results: number[] = [];
  const bytes: ByteJob = {
    recordLength: 1,
    open: (setup) => {
      const [own = 0] = setup;
      return {
        run: (given, record) => {
          record[0] = own + (given[0] as number);
        },
        close: () => void closed.push(own),
      };
    },
  };
  const add = { run: () => undefined, costNs: () => 10, bytes } as unknown as JobDefinition;
  const crypto = createCryptoProvider('noble');
  const called = (code: () => void): void => code();
  const sharing = (): CryptoProvider => crypto;
  const owner = { name: 'a', jobs: { add }, crypto, sharing, called };
  const compute = new SimCompute({ cpu } as unknown as Machine, owner);
  const call = (setup: Uint8Array): Job => {
    const done = (result: { readonly output?: unknown }): void => {
      results.push((result.output as ByteJobOutput).record[0] as number);
    };
    const input = { setup, bytes: Uint8Array.of(1) };
    return compute.start({ job: 'add', input, options: {}, done } as never, () => true);
  };
  return { compute, closed, results, call };
}

it('a call keeps the set-up that it was made with, though its owner wipes it and a later call has another', () => {
  const tasks: CpuTask[] = [];
  const { call, closed, results } = computeOn({ submit: (task) => void tasks.push(task) });
  const former = Uint8Array.of(10);
  call(former);
  former.fill(0);
  call(Uint8Array.of(20));
  expect(closed).toEqual([]);
  // With several processors, the later call may end first.
  tasks[1]?.end();
  tasks[0]?.end();
  expect(results).toEqual([21, 11]);
  expect(closed).toEqual([10]);
});

it('the set-up of a call that is cancelled before it begins is closed when another replaces it', () => {
  const scheduler = new Scheduler();
  const { call, closed, results } = computeOn(new CpuModel(scheduler, 1));
  call(Uint8Array.of(10));
  call(Uint8Array.of(20)).cancel();
  call(Uint8Array.of(30));
  scheduler.run();
  expect(results).toEqual([11, 31]);
  expect(closed).toEqual([10, 20]);
});

it('the set-ups of a node that has ended are closed, that of a call under way with the call', () => {
  const scheduler = new Scheduler();
  const { compute, call, closed } = computeOn(new CpuModel(scheduler, 1));
  call(Uint8Array.of(10));
  compute.forget();
  expect(closed).toEqual([]);
  scheduler.run();
  expect(closed).toEqual([10]);
  call(Uint8Array.of(20));
  scheduler.run();
  expect(closed).toEqual([10]);
  compute.forget();
  expect(closed).toEqual([10, 20]);
});
