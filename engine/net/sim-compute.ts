/**
 * `host.compute` in the simulated world: a job runs inline, and `done` fires after its cost on the
 * modelled processor (engine/host/compute.ts).
 *
 * Jobs are pure, so the function is called only at the end of the charged time: a cancelled job
 * never runs. Does not know worker threads.
 *
 * @module
 */

import { assert } from '../core/assert.ts';
import { wipe } from '../core/secrets.ts';
import type {
  ByteJob,
  ByteJobInput,
  ByteJobOutput,
  ComputeOptions,
  ComputeResult,
  Job,
  JobDefinition,
  OpenedByteJob,
} from '../host/compute.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { operationCostNs } from './cpu-profile.ts';
import type { Machine } from './machine.ts';
import { moveJobInput } from './move-input.ts';

/** A job that a node has requested, with the receiver of its result. */
export interface JobRequest {
  readonly job: string;
  readonly input: unknown;
  readonly done: (result: ComputeResult) => void;
  readonly options: ComputeOptions;
}

/** What the jobs of a host need from it. */
export interface JobOwner {
  /** Prefix of the keys of its jobs, so that keys of different hosts do not exclude each other. */
  readonly name: string;
  readonly jobs: Readonly<Record<string, JobDefinition>>;
  readonly crypto: CryptoProvider;
  /** The crypto provider of jobs, which computes an agreement of X25519 once for both nodes. */
  readonly sharing: () => CryptoProvider;
  /** Runs a callback as code of the node. */
  readonly called: (code: () => void) => void;
}

/** Starts the jobs of one host on its machine. */
export class SimCompute {
  private readonly machine: Machine;
  private readonly jobs: Readonly<Record<string, JobDefinition>>;
  private readonly keyPrefix: string;
  private readonly crypto: CryptoProvider;
  private readonly sharing: JobOwner['sharing'];
  private readonly called: JobOwner['called'];
  /** Jobs on bytes that have been called before, with the set-up of their last call. */
  private readonly open = new Map<
    string,
    { readonly setup: Uint8Array; readonly job: OpenedByteJob }
  >();

  constructor(machine: Machine, owner: JobOwner) {
    this.machine = machine;
    this.jobs = owner.jobs;
    this.crypto = owner.crypto;
    this.sharing = owner.sharing;
    this.called = owner.called;
    this.keyPrefix = `${owner.name}/`;
  }

  /** Queues a job. After a crash of the node `isAlive` is false, and nothing is called. */
  start(asked: JobRequest, isAlive: () => boolean): Job {
    const definition = this.jobs[asked.job];
    assert(definition !== undefined, `job ${asked.job} is not one of the protocol's jobs`);
    const request = { ...asked, input: moveJobInput(definition, asked.input) };
    let isCancelled = false;
    const isWanted = (): boolean => !isCancelled && isAlive();
    const { key, lane } = request.options;
    this.machine.cpu.submit({
      lane: lane ?? 'data',
      key: key === undefined ? undefined : this.keyPrefix + key,
      isWanted,
      begin: () => this.cost(request, definition),
      end: () => {
        if (isWanted()) this.called(() => request.done(this.run(request, definition)));
      },
    });
    return {
      cancel: (): void => {
        isCancelled = true;
      },
    };
  }

  private run({ job, input }: JobRequest, definition: JobDefinition): ComputeResult {
    try {
      const { bytes } = definition;
      const output =
        bytes === undefined
          ? definition.run(input, this.cryptoOf(definition))
          : this.runBytes(job, bytes, input as ByteJobInput);
      return { kind: 'done', output };
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  private cryptoOf({ sharesAgreements = false }: JobDefinition): CryptoProvider {
    return sharesAgreements ? this.sharing() : this.crypto;
  }

  private runBytes(name: string, definition: ByteJob, input: ByteJobInput): ByteJobOutput {
    const { setup, bytes } = input;
    let known = this.open.get(name);
    if (known?.setup !== setup) {
      this.open.delete(name);
      known?.job.close();
      const copy = setup.slice();
      known = { setup, job: definition.open(copy, this.crypto) };
      wipe(copy);
      this.open.set(name, known);
    }
    const record = new Uint8Array(definition.recordLength);
    known.job.run(bytes, record);
    return { bytes, record };
  }

  private cost(request: JobRequest, definition: JobDefinition): number {
    const calibrated = this.machine.profile?.jobs?.[request.job];
    if (calibrated !== undefined)
      return operationCostNs(calibrated, byteLength(request, definition));
    return definition.costNs?.(request.input) ?? 0;
  }
}

/** The bytes that the cost per byte applies to. */
function byteLength({ input }: JobRequest, definition: JobDefinition): number {
  const bytes = definition.bytes === undefined ? input : (input as ByteJobInput).bytes;
  return bytes instanceof Uint8Array ? bytes.length : 0;
}
