/**
 * What the threads of a {@link Mixnode} load: the unwrapping of Sphinx packets.
 *
 * @module
 */
import type { JobDefinition } from '../../engine/host/compute.ts';
import { byteJob } from '../../nodes/_kit/byte-job.ts';
import { unwrapJob } from '../../nodes/sphinx/index.ts';

/** Looks like a protocol to a thread. */
export const protocol: { readonly jobs: Readonly<Record<string, JobDefinition>> } = {
  jobs: { unwrap: byteJob(unwrapJob) },
};

/** Where threads find it. */
export const jobsUrl: string = import.meta.url;
