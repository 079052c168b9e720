/**
 * The protocol that the hosts of the port suite run. It declares jobs, so that a live worker finds
 * them, a drop reason and metrics. It makes no nodes, because the cases themselves act as nodes.
 *
 * @module
 */
import { z } from 'zod';
import type { ByteJob, OpenedByteJob } from '../../../engine/host/compute.ts';
import type { NodeHandle, Protocol } from '../../../engine/host/protocol.ts';
import { byteJobDefinition } from '../../../nodes/_kit/byte-job.ts';

/** Adds numbers to keep a thread busy; a job must not read a clock. */
function spin(rounds: number): number {
  let sum = 0;
  for (let i = 0; i < rounds; i += 1) sum = (sum + i * 31) % 1_000_003;
  return sum;
}

/**
 * Adds the first byte of the setup to all bytes; its record contains the first two bytes before the
 * addition.
 */
const addBytes: ByteJob = {
  recordLength: 2,
  open(setup): OpenedByteJob {
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

/** The protocol of the port suite. */
export const protocol: Protocol = {
  name: 'port-suite',
  summary: 'jobs, drops and metrics for the cases of the port suite',
  config: z.strictObject({}),
  jobs: {
    double: { run: (input) => (input as number) * 2, costNs: () => 1_000_000 },
    /** Takes longer for a larger number, and returns the number. */
    spin: {
      run: (input) => {
        spin((input as number) * 100_000);
        return input;
      },
      costNs: (input) => (input as number) * 1_000_000,
    },
    reverse: { run: (input) => (input as Uint8Array).slice().reverse(), costNs: () => 1 },
    /** Adds two vectors; all memory moves. */
    plus: {
      run: (input) => {
        const { left, right } = input as { left: Uint32Array; right: Uint32Array };
        return left.map((value, at) => value + (right[at] ?? 0));
      },
      transfer: {
        input: (input) => {
          const { left, right } = input as Record<'left' | 'right', Uint32Array<ArrayBuffer>>;
          return [left.buffer, right.buffer];
        },
        output: (output) => [(output as Uint32Array<ArrayBuffer>).buffer],
      },
    },
    add: byteJobDefinition(addBytes, (length) => length * 1_000),
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
