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

/** A set-up of a job on bytes, with the calls that are under way with it. */
interface OpenedSetup {
  readonly setup: Uint8Array;
  /** The prepared job; or the error, if it could not be opened. */
  readonly job: OpenedByteJob | Error;
  calls: number;
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
  private readonly open = new Map<string, OpenedSetup>();

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
    const { bytes } = definition;
    const opened = bytes && this.openedFor(asked.job, bytes, request.input as ByteJobInput);
    let isCancelled = false;
    const isWanted = (): boolean => !isCancelled && isAlive();
    const { key, lane } = request.options;
    this.machine.cpu.submit({
      lane: lane ?? 'data',
      key: key === undefined ? undefined : this.keyPrefix + key,
      isWanted,
      begin: () => this.cost(request, definition),
      end: () => {
        if (isWanted()) this.called(() => request.done(this.run(request, definition, opened)));
        if (opened !== undefined) this.release(asked.job, opened);
      },
    });
    return {
      cancel: (): void => {
        isCancelled = true;
      },
    };
  }

  /**
   * Closes the set-ups of jobs on bytes, because the node has ended. The set-up of a call that is
   * under way is closed when that call ends.
   */
  forget(): void {
    const setups = [...this.open.values()];
    this.open.clear();
    for (const opened of setups) if (opened.calls === 0) closeSetup(opened);
  }

  private run(
    { input }: JobRequest,
    definition: JobDefinition,
    opened: OpenedSetup | undefined,
  ): ComputeResult {
    try {
      const { bytes } = definition;
      const output =
        bytes === undefined || opened === undefined
          ? definition.run(input, this.cryptoOf(definition))
          : runBytes(bytes, opened, input as ByteJobInput);
      return { kind: 'done', output };
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  private cryptoOf({ sharesAgreements = false }: JobDefinition): CryptoProvider {
    return sharesAgreements ? this.sharing() : this.crypto;
  }

  /**
   * Opens the set-up already when the job is called, because its owner may wipe it afterwards. A
   * set-up that the previous call had opened is used again.
   */
  private openedFor(name: string, definition: ByteJob, { setup }: ByteJobInput): OpenedSetup {
    const known = this.open.get(name);
    const opened =
      known?.setup === setup ? known : { setup, calls: 0, job: this.tryToOpen(definition, setup) };
    opened.calls += 1;
    this.open.set(name, opened);
    if (known !== undefined && known !== opened && known.calls === 0) closeSetup(known);
    return opened;
  }

  private tryToOpen(definition: ByteJob, setup: Uint8Array): OpenedByteJob | Error {
    const copy = setup.slice();
    try {
      return definition.open(copy, this.crypto);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      wipe(copy);
    }
  }

  private release(name: string, opened: OpenedSetup): void {
    opened.calls -= 1;
    if (opened.calls === 0 && this.open.get(name) !== opened) closeSetup(opened);
  }

  private cost(request: JobRequest, definition: JobDefinition): number {
    const calibrated = this.machine.profile?.jobs?.[request.job];
    if (calibrated !== undefined)
      return operationCostNs(calibrated, byteLength(request, definition));
    return definition.costNs?.(request.input) ?? 0;
  }
}

function closeSetup({ job }: OpenedSetup): void {
  if (!(job instanceof Error)) job.close();
}

function runBytes(
  { recordLength }: ByteJob,
  { job }: OpenedSetup,
  { bytes }: ByteJobInput,
): ByteJobOutput {
  if (job instanceof Error) throw job;
  const record = new Uint8Array(recordLength);
  job.run(bytes, record);
  return { bytes, record };
}

/** The bytes that the cost per byte applies to. */
function byteLength({ input }: JobRequest, definition: JobDefinition): number {
  const bytes = definition.bytes === undefined ? input : (input as ByteJobInput).bytes;
  return bytes instanceof Uint8Array ? bytes.length : 0;
}
