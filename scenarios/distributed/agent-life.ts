/**
 * What an agent runs in if the coordinator itself started it: a process, or a thread of this one
 * with its own event loop.
 *
 * @module
 */

/** See the module. */
export interface AgentLife {
  /** What it is, for people. */
  readonly noun: 'process' | 'event loop';
  readonly hasEnded: boolean;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Ends it without notice. */
  kill(): void;
  /** What it is doing while it does not answer; absent where nobody can look. */
  stack?(): Promise<string | undefined>;
}

/** How an agent starts. */
export interface AgentProgram {
  /** `file:` address of the module that loads the agent. */
  readonly entry: string;
  /** Folder with the prepared agent; if absent, its modules are loaded one by one. */
  readonly folder?: string;
}

/** Callbacks of whoever started it. */
export interface LifeListener {
  /** A piece of its output on stderr. */
  readonly onWords: (text: string) => void;
  /** It has ended, and all its output was passed on. */
  readonly onEnd: (why: string) => void;
}
