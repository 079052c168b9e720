/** Jobs on bytes in virtual time. @module */
import { expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { ByteJob, ByteJobOutput, JobDefinition } from '../../../../engine/host/compute.ts';
import { SimCompute } from '../../../../engine/net/sim-compute.ts';

type Machine = ConstructorParameters<typeof SimCompute>[0];

it('a call keeps the set-up that it was made with, though its owner wipes it and a later call has another', () => {
  const closed: number[] = [];
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
  const add = { run: () => undefined, bytes } as unknown as JobDefinition;
  const ends: (() => void)[] = [];
  const machine = { cpu: { submit: ({ end }: { end: () => void }) => ends.push(end) } };
  const crypto = createCryptoProvider('noble');
  const called = (code: () => void): void => code();
  const owner = { name: 'a', jobs: { add }, crypto, sharing: () => crypto, called };
  const compute = new SimCompute(machine as unknown as Machine, owner);
  const results: number[] = [];
  const call = (setup: Uint8Array): void => {
    const done = (result: { readonly output?: unknown }): void => {
      results.push((result.output as ByteJobOutput).record[0] as number);
    };
    const input = { setup, bytes: Uint8Array.of(1) };
    compute.start({ job: 'add', input, options: {}, done } as never, () => true);
  };
  const former = Uint8Array.of(10);
  call(former);
  former.fill(0);
  call(Uint8Array.of(20));
  expect(closed).toEqual([]);
  // With several processors, the later call may end first.
  ends[1]?.();
  ends[0]?.();
  expect(results).toEqual([21, 11]);
  expect(closed).toEqual([10]);
});
