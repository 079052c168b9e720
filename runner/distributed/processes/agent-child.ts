/**
 * Starts an agent in a child process.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AgentHandle, AgentHandleListener, AgentProgram } from './agent-handle.ts';
import type { AgentStartLine } from './agent-start-line.ts';

/** Starts an agent in a child process, which reads `start` from stdin; `listener` gets its stderr and its end. */
export function startChild(
  { entry, folder }: AgentProgram,
  start: AgentStartLine,
  listener: AgentHandleListener,
): AgentHandle {
  const words = [fileURLToPath(entry), ...(folder === undefined ? [] : [folder])];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'ignore', 'pipe'] });
  // The error of writing to a child that died immediately is ignored, because its exit is reported.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${JSON.stringify(start)}\n`);
  child.stderr.on('data', (chunk: Buffer) => listener.onWords(chunk.toString()));
  child.on('error', (error) => listener.onEnd(error.message));
  // Uses `close` instead of `exit`, because the last output arrives before `close`.
  child.on('close', (code, signal) => {
    listener.onEnd(signal === null ? `exit ${code}` : `${signal}`);
  });
  return new ForkedAgentHandle(child);
}

class ForkedAgentHandle implements AgentHandle {
  readonly noun = 'process';
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
