/**
 * What an agent runs in where the coordinator itself started it: a process, or a thread of this one
 * with an event loop of its own.
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
  /** Ends it without a word. */
  kill(): void;
}

/** Who started it hears of it. */
export interface LifeListener {
  /** A piece of what it wrote to stderr. */
  readonly onWords: (text: string) => void;
  /** It has ended, and all its words were told. */
  readonly onEnd: (why: string) => void;
}
