/**
 * The module that the threads of a {@link Mixnode} load: it has the job that unwraps Sphinx packets.
 *
 * @module
 */
import type { JobDefinition } from '../../engine/host/compute.ts';
import { byteJobDefinition } from '../../nodes/_kit/byte-job.ts';
import { unwrapJob } from '../../nodes/sphinx/index.ts';

/** The jobs as a property of a `protocol`, because threads load modules of protocols. */
export const protocol: { readonly jobs: Readonly<Record<string, JobDefinition>> } = {
  jobs: { unwrap: byteJobDefinition(unwrapJob) },
};

/** URL of the module that threads load. */
export const jobsModuleUrl: string = import.meta.url;
