/**
 * `host.compute` of the simulated world: a job runs inline, and `done` fires after its cost on the
 * modelled processor (engine/host/compute.ts).
 *
 * Jobs are pure, so the function is called at the end of the charged time: a cancelled job is never
 * run. Does not know worker threads.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { ComputeOptions, ComputeResult, Job, JobDefinition } from '../host/compute.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { costOf } from './cpu-profile.ts';
import type { Machine } from './machine.ts';

/** A job as asked for. */
export interface JobRequest {
  readonly job: string;
  readonly input: unknown;
  readonly done: (result: ComputeResult) => void;
  readonly options: ComputeOptions;
}

/** Whose jobs these are. */
export interface JobOwner {
  /** Keys of different hosts do not exclude each other. */
  readonly name: string;
  readonly jobs: Readonly<Record<string, JobDefinition>>;
  readonly crypto: CryptoProvider;
}

/** Starts jobs of one host on its machine. */
export class SimCompute {
  private readonly machine: Machine;
  private readonly jobs: Readonly<Record<string, JobDefinition>>;
  private readonly keyPrefix: string;
  private readonly crypto: CryptoProvider;

  constructor(machine: Machine, owner: JobOwner) {
    this.machine = machine;
    this.jobs = owner.jobs;
    this.crypto = owner.crypto;
    this.keyPrefix = `${owner.name}/`;
  }

  /** Queues a job. `isAlive` turns false when the node crashed; nothing is called then. */
  start(request: JobRequest, isAlive: () => boolean): Job {
    const definition = this.jobs[request.job];
    assert(definition !== undefined, `job ${request.job} is not one of the protocol's jobs`);
    let isCancelled = false;
    const isWanted = (): boolean => !isCancelled && isAlive();
    const { key, lane } = request.options;
    this.machine.cpu.submit({
      lane: lane ?? 'data',
      key: key === undefined ? undefined : this.keyPrefix + key,
      isWanted,
      begin: () => this.cost(request, definition),
      end: () => {
        if (isWanted()) request.done(runJob(definition, request.input, this.crypto));
      },
    });
    return {
      cancel: (): void => {
        isCancelled = true;
      },
    };
  }

  private cost(request: JobRequest, definition: JobDefinition): number {
    const calibrated = this.machine.profile?.jobs?.[request.job];
    if (calibrated !== undefined) return costOf(calibrated, byteLength(request.input));
    return definition.costNs?.(request.input) ?? 0;
  }
}

function runJob(definition: JobDefinition, input: unknown, crypto: CryptoProvider): ComputeResult {
  try {
    return { kind: 'done', output: definition.run(input, crypto) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function byteLength(input: unknown): number {
  return input instanceof Uint8Array ? input.length : 0;
}
