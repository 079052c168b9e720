/**
 * The jobs that threads run for `npm run bench -- pipeline`: the unwrapping of nodes/sphinx; a job
 * that does nothing, to measure the rings alone; and key exchanges, to measure the present speed of
 * a core.
 *
 * @module
 */
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { ByteJob, JobDefinition } from '../../engine/host/compute.ts';
import { byteJobDefinition } from '../../nodes/_kit/byte-job.ts';
import { unwrapJob } from '../../nodes/sphinx/index.ts';

const nothing = (): void => undefined;

/**
 * About 20 ms of X25519 in OpenSSL, which is what a pipeline thread mostly computes, without code
 * of this project.
 */
const EXCHANGES = 700;

/** Measures the time of one exchange; the result is a double in microseconds. */
const exchange: ByteJob = {
  recordLength: 8,
  open: () => {
    const key = createCryptoProvider('node').x25519Key(new Uint8Array(32).fill(1));
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

/** Has the shape of a protocol, as threads expect. */
export const protocol: { readonly jobs: Readonly<Record<string, JobDefinition>> } = {
  jobs: {
    unwrap: byteJobDefinition(unwrapJob),
    exchange: byteJobDefinition(exchange),
    nothing: byteJobDefinition({ recordLength: 0, open: () => ({ run: nothing, close: nothing }) }),
  },
};
