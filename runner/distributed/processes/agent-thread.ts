/**
 * An agent on its own event loop in this process: a worker thread, reached through a port.
 *
 * @module
 */
import { MessageChannel, Worker } from 'node:worker_threads';
import { stackOfThread } from '../../../engine/live/thread-stack.ts';
import type { AgentThreadStart } from '../agent/loop-start.ts';
import type { Channel } from '../channel/model.ts';
import { makePortChannel } from '../channel/port-channel.ts';
import type { AgentHandle, AgentHandleListener, AgentProgram } from './agent-handle.ts';

/**
 * Size of the young generation, MB: three semi-spaces of 32 MB instead of 16 MB. Every datagram leaves
 * a kilobyte of garbage, and half as many collections save a tenth of the processor time at 15,000
 * packets/s (docs/PERFORMANCE.md).
 */
const YOUNG_GENERATION_MB = 96;

/** An agent that was started on a worker thread, and the channel to it. */
export interface StartedAgentThread {
  readonly life: AgentHandle;
  readonly channel: Channel;
}

/** Starts an agent on a worker thread with an event loop of its own. */
export function startAgentThread(
  { entry, folder }: AgentProgram,
  hosts: readonly string[],
  listener: AgentHandleListener,
): StartedAgentThread {
  const { port1, port2 } = new MessageChannel();
  const start: AgentThreadStart = {
    hosts,
    port: port2,
    ...(folder === undefined ? {} : { prepared: folder }),
  };
  const worker = new Worker(new URL(entry), {
    workerData: start,
    transferList: [port2],
    // The thread must not inherit the start options of this process.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    // The thread's output on stderr goes to this process, not directly to the terminal.
    stderr: true,
    stdout: true,
  });
  return {
    life: new AgentThreadHandle(worker, listener),
    channel: makePortChannel(port1, hosts.join(', ')),
  };
}

class AgentThreadHandle implements AgentHandle {
  readonly noun = 'event loop';
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  #hasEnded = false;

  constructor(worker: Worker, { onWords, onEnd }: AgentHandleListener) {
    this.#worker = worker;
    worker.stderr.on('data', (chunk: Buffer) => onWords(chunk.toString()));
    worker.stdout.resume();
    worker.on('error', (error: unknown) => onWords(`${wordsOf(error)}\n`));
    this.ended = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#hasEnded = true;
        onEnd(`exit ${code}`);
        resolve();
      });
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  kill(): void {
    void this.#worker.terminate();
  }

  stack(): Promise<string | undefined> {
    return stackOfThread(this.#worker.threadId);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
