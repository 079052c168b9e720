/**
 * The protocol of the hosts of the port suite: its jobs, so that a live worker finds them, its drop
 * reason and its metrics. It makes no nodes: the cases are the nodes.
 *
 * @module
 */
import { z } from 'zod';
import type { ByteJob, OpenByteJob } from '../../../engine/host/compute.ts';
import type { NodeHandle, Protocol } from '../../../engine/host/protocol.ts';
import { byteJob } from '../../../nodes/_kit/byte-job.ts';

/** Adds numbers for a while, so that a thread is busy; nobody reads a clock in a job. */
function spin(rounds: number): number {
  let sum = 0;
  for (let i = 0; i < rounds; i += 1) sum = (sum + i * 31) % 1_000_003;
  return sum;
}

/** Adds the setup's first byte to all bytes; the record has the first two of them as they were. */
const addBytes: ByteJob = {
  recordLength: 2,
  open(setup): OpenByteJob {
    const [summand = 0] = setup;
    return {
      run(bytes, record): void {
        if (bytes.length === 0) throw new RangeError('no bytes to add to');
        record.set(bytes.subarray(0, record.length));
        for (let i = 0; i < bytes.length; i += 1) bytes[i] = (bytes[i] as number) + summand;
      },
      close: (): void => undefined,
    };
  },
};

/** See the module. */
export const protocol: Protocol = {
  name: 'port-suite',
  summary: 'jobs, drops and metrics for the cases of the port suite',
  config: z.strictObject({}),
  jobs: {
    double: { run: (input) => (input as number) * 2, costNs: () => 1_000_000 },
    /** Takes longer the larger its number, and returns the number. */
    spin: {
      run: (input) => {
        spin((input as number) * 100_000);
        return input;
      },
      costNs: (input) => (input as number) * 1_000_000,
    },
    reverse: { run: (input) => (input as Uint8Array).slice().reverse(), costNs: () => 1 },
    add: byteJob(addBytes, (length) => length * 1_000),
    hash: { run: (input, crypto) => crypto.sha256(input as Uint8Array) },
    fail: {
      run: () => {
        throw new RangeError('this job always fails');
      },
    },
  },
  moduleUrl: import.meta.url,
  drops: { unwanted: 'the case named this drop' },
  metrics: [
    { name: 'port-suite.count', kind: 'counter', unit: 'count', help: 'counts' },
    { name: 'port-suite.used', kind: 'counter', unit: 'count', help: 'counts', needs: 'use' },
  ],
  create: (): NodeHandle => ({ start: (): void => undefined }),
};
