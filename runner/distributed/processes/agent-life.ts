/**
 * What an agent runs in if the coordinator itself started it: a process, or a thread of this one
 * with its own event loop.
 *
 * @module
 */

/** A handle on a started agent, in a process or on an event loop: its end, and how to force it. */
export interface AgentHandle {
  /** The kind of the agent, as a word for messages. */
  readonly noun: 'process' | 'event loop';
  readonly hasEnded: boolean;
  /** Resolves when the agent has ended. */
  readonly ended: Promise<void>;
  /** Ends the agent without notice. */
  kill(): void;
  /** The call stack of an agent that does not answer; absent where it cannot be read. */
  stack?(): Promise<string | undefined>;
}

/** The program of an agent and its arguments. */
export interface AgentProgram {
  /** `file:` address of the module that loads the agent. */
  readonly entry: string;
  /** Folder with the prepared agent; if absent, its modules are loaded one by one. */
  readonly folder?: string;
}

/** Callbacks for the code that started the agent. */
export interface AgentHandleListener {
  /** Called with each piece of the agent's output on stderr. */
  readonly onWords: (text: string) => void;
  /** Called when the agent has ended and all its output has been passed on. */
  readonly onEnd: (why: string) => void;
}
