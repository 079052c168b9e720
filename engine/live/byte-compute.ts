/**
 * `host.compute` for byte jobs in live runs: calls of nodes become packets of one pipeline that
 * all hosts of a process share (ADR 0013).
 *
 * The file tracks the present setup of each job, so that private keys are opened once per worker and
 * wiped there when the node switches to other keys or ends. The first call starts the threads.
 *
 * @module
 */
import type { ByteJobInput, ComputeResult } from '../host/compute.ts';
import type { ByteJobReference } from './pipeline/messages.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { PipelineStats } from './pipeline/stats.ts';
import type {
  PipelineResult,
  ResultSink,
  Submission,
  SubmissionOutcome,
} from './pipeline/submission.ts';

/** A call of a byte job by a node, with the callbacks for its result. */
export interface ByteJobCall {
  /** The host that owns the setup. */
  readonly owner: string;
  readonly address: ByteJobReference;
  readonly input: ByteJobInput;
  /** Number that keeps calls in order; see {@link Submission.affinity}. */
  readonly affinity: number;
  /** False once the call was cancelled. */
  isWanted(): boolean;
  /** Called in a later turn, with the result. */
  done(result: ComputeResult): void;
}

interface OpenSetup {
  readonly setup: Uint8Array;
  readonly job: number;
}

/**
 * Bytes of a slot for one call: those of the longest datagram. Memory pages that no packet has touched cost
 * nothing.
 */
const SLOT_BYTES = 65_536;

const REFUSALS: Readonly<Record<Exclude<SubmissionOutcome, 'taken'>, string>> = {
  'queue-full': 'too many jobs on bytes wait',
  'too-long': 'more bytes than a slot of the pipeline has',
  'no-worker': 'no worker of the pipeline is alive',
};

/**
 * Runs byte jobs of `host.compute` for all hosts of a process, in one pipeline of worker threads.
 */
export class ByteJobRunner implements ResultSink {
  readonly #workers: number | undefined;
  readonly #calls = new Map<number, ByteJobCall>();
  /** Setups by owner, then by job. */
  readonly #setups = new Map<string, Map<string, OpenSetup>>();
  readonly #submission: Submission;
  #pipeline: Pipeline | undefined;
  #lastDeath = '';
  #nextToken = 0;
  #isClosed = false;

  /** @param workers Number of threads; undefined for the default of the pipeline. */
  constructor(workers: number | undefined) {
    this.#workers = workers;
    this.#submission = { job: 0, bytes: new Uint8Array(0), sink: this, token: 0, affinity: -1 };
  }

  /** The pipeline's counters; undefined before its first call. */
  get stats(): PipelineStats | undefined {
    return this.#pipeline?.stats;
  }

  /** Starts the threads and loads these modules on all of them. */
  async warm(moduleUrls: readonly string[]): Promise<void> {
    if (moduleUrls.length > 0) await this.#started().load(moduleUrls);
  }

  /** Queues a call. */
  submit(call: ByteJobCall): void {
    if (this.#isClosed) return;
    const packet = this.#submission;
    packet.job = this.#jobOf(call);
    packet.bytes = call.input.bytes;
    packet.affinity = call.affinity;
    packet.token = this.#nextToken;
    const outcome = this.#started().submit(packet);
    if (outcome === 'taken') {
      this.#calls.set(this.#nextToken, call);
      this.#nextToken += 1;
    } else {
      const message = REFUSALS[outcome];
      setImmediate(() => {
        if (call.isWanted()) call.done({ kind: 'failed', message });
      });
    }
  }

  /** Takes the result of a call from the pipeline. */
  done(token: number, result: PipelineResult): void {
    const call = this.#calls.get(token);
    this.#calls.delete(token);
    if (call?.isWanted()) call.done(this.#resultOf(call, result));
  }

  /** Wipes the setups of a host whose node has ended. */
  forget(owner: string): void {
    for (const { job } of this.#setups.get(owner)?.values() ?? []) this.#pipeline?.closeJob(job);
    this.#setups.delete(owner);
  }

  /** Ends the threads; calls that have no result yet are aborted. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#calls.clear();
    await this.#pipeline?.close();
  }

  #resultOf({ input }: ByteJobCall, { status, bytes, record }: PipelineResult): ComputeResult {
    switch (status) {
      case 'done':
        input.bytes.set(bytes);
        return { kind: 'done', output: { bytes: input.bytes, record: record.slice() } };
      case 'failed':
        // TextDecoder does not accept shared memory.
        return { kind: 'failed', message: new TextDecoder().decode(bytes.slice()) };
      case 'lost':
        return { kind: 'failed', message: this.#lastDeath };
    }
  }

  #jobOf({ owner, address, input }: ByteJobCall): number {
    let jobs = this.#setups.get(owner);
    if (jobs === undefined) {
      jobs = new Map();
      this.#setups.set(owner, jobs);
    }
    const known = jobs.get(address.job);
    if (known?.setup === input.setup) return known.job;
    const pipeline = this.#started();
    const job = pipeline.open(address, input.setup);
    jobs.set(address.job, { setup: input.setup, job });
    if (known !== undefined) pipeline.closeJob(known.job);
    return job;
  }

  #started(): Pipeline {
    this.#pipeline ??= new Pipeline({
      ...(this.#workers === undefined ? {} : { workers: this.#workers }),
      slotBytes: SLOT_BYTES,
      onDeath: (worker, reason): void => {
        this.#lastDeath = `worker ${worker} died: ${reason}`;
      },
    });
    return this.#pipeline;
  }
}
