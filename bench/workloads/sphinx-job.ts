/**
 * What the threads of `npm run bench -- pipeline` run: the unwrapping of nodes/sphinx, a job that
 * does nothing, whose cost is that of the rings, and key exchanges that measure the present speed
 * of a core.
 *
 * @module
 */
import { provider } from '../../engine/crypto/index.ts';
import type { ByteJob, JobDefinition } from '../../engine/host/compute.ts';
import { byteJob } from '../../nodes/_kit/byte-job.ts';
import { unwrapJob } from '../../nodes/sphinx/index.ts';

const nothing = (): void => undefined;

/** Some 20 ms of OpenSSL's X25519: what a pipeline thread mostly does, with no code of ours. */
const EXCHANGES = 700;

/** Microseconds of one exchange, as a double. */
const exchange: ByteJob = {
  recordLength: 8,
  open: () => {
    const key = provider('node').x25519Key(new Uint8Array(32).fill(1));
    const element = new Uint8Array(32).fill(9);
    return {
      run(_bytes, record): void {
        const from = performance.now();
        for (let count = 0; count < EXCHANGES; count += 1) key.sharedSecret(element);
        const us = (1_000 * (performance.now() - from)) / EXCHANGES;
        new DataView(record.buffer, record.byteOffset).setFloat64(0, us);
      },
      close: () => key.wipe(),
    };
  },
};

/** Looks like a protocol to a thread. */
export const protocol: { readonly jobs: Readonly<Record<string, JobDefinition>> } = {
  jobs: {
    unwrap: byteJob(unwrapJob),
    exchange: byteJob(exchange),
    nothing: byteJob({ recordLength: 0, open: () => ({ run: nothing, close: nothing }) }),
  },
};
