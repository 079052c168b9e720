/**
 * Byte jobs in live mode beyond the port suite: setups of hosts that end, threads that die, and
 * invalid calls.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { ByteJobOutput, ComputeResult } from '../../../../engine/host/compute.ts';
import { ByteJobRunner } from '../../../../engine/live/byte-compute.ts';
import { POISON } from '../../../fixtures/jobs/byte-jobs.ts';

const moduleUrl = new URL('../../../fixtures/jobs/byte-jobs.ts', import.meta.url).href;

const made: ByteJobRunner[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((compute) => compute.close()));
});

function start(): ByteJobRunner {
  const compute = new ByteJobRunner(1);
  made.push(compute);
  return compute;
}

interface Asked {
  readonly compute: ByteJobRunner;
  readonly job: string;
  readonly setup: Uint8Array;
  readonly bytes: Uint8Array;
  readonly owner?: string;
}

function call({ compute, job, setup, bytes, owner = 'a' }: Asked): Promise<ComputeResult> {
  return new Promise((resolve) => {
    compute.submit({
      owner,
      address: { moduleUrl, job, crypto: 'noble' },
      input: { setup, bytes },
      affinity: -1,
      isWanted: () => true,
      done: resolve,
    });
  });
}

describe('jobs on bytes in live', () => {
  it('opens one setup for each host and job, and wipes it when the host ends', async () => {
    const compute = start();
    const setups = { a: Uint8Array.of(1), b: Uint8Array.of(2) };
    const census = Uint8Array.of(0);
    const open = async (): Promise<number> => {
      const bytes = Uint8Array.of(1);
      const result = await call({ compute, job: 'spin', setup: census, bytes, owner: 'census' });
      return ((result as { readonly output: ByteJobOutput }).output.record[0] as number) - 1;
    };
    for (let i = 0; i < 3; i += 1) {
      for (const owner of ['a', 'b'] as const) {
        const bytes = Uint8Array.of(10);
        await call({ compute, job: 'add', setup: setups[owner], bytes, owner });
        expect(bytes[0]).toBe(10 + (setups[owner][0] as number));
      }
    }
    expect(await open()).toBe(2);
    compute.forget('a');
    expect(await open()).toBe(1);
    // The caller's setup is never wiped, only copies of it.
    expect([...setups.a, ...setups.b]).toEqual([1, 2]);
  });

  it('fails calls whose thread died by its name, and what is too long at once', async () => {
    const compute = start();
    const setup = Uint8Array.of(1);
    const long = new Uint8Array(65_537);
    expect(await call({ compute, job: 'add', setup, bytes: long })).toEqual({
      kind: 'failed',
      message: 'more bytes than a slot of the pipeline has',
    });
    const poisoned = call({ compute, job: 'add', setup, bytes: Uint8Array.of(POISON) });
    const behind = call({ compute, job: 'add', setup, bytes: Uint8Array.of(1) });
    const message = 'worker pipeline-0 died: ended with code 7';
    expect(await poisoned).toEqual({ kind: 'failed', message });
    expect(await behind).toEqual({ kind: 'failed', message });
    expect(await call({ compute, job: 'add', setup, bytes: Uint8Array.of(1) })).toEqual({
      kind: 'failed',
      message: 'no worker of the pipeline is alive',
    });
    expect(compute.stats).toMatchObject({ submitted: 4, lost: 2 });
  });
});
