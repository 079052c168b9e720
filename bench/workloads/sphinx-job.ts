/**
 * What the threads of `npm run bench -- pipeline` run: the unwrapping of nodes/sphinx, and a job that
 * does nothing, whose cost is that of the rings.
 *
 * @module
 */
import type { JobDefinition } from '../../engine/host/compute.ts';
import { byteJob } from '../../nodes/_kit/byte-job.ts';
import { unwrapJob } from '../../nodes/sphinx/index.ts';

const nothing = (): void => undefined;

/** Looks like a protocol to a thread. */
export const protocol: { readonly jobs: Readonly<Record<string, JobDefinition>> } = {
  jobs: {
    unwrap: byteJob(unwrapJob),
    nothing: byteJob({ recordLength: 0, open: () => ({ run: nothing, close: nothing }) }),
  },
};
