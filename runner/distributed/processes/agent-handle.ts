/**
 * What an agent runs in if the coordinator itself started it: a child process, or a thread of this
 * process with its own event loop.
 *
 * @module
 */

/** A handle on a started agent, in a process or on an event loop: its end, and how to force it. */
export interface AgentHandle {
  /** What the agent runs in, as a word for messages. */
  readonly noun: 'process' | 'event loop';
  readonly hasEnded: boolean;
  /** Resolves when the agent has ended. */
  readonly ended: Promise<void>;
  /** Ends the agent at once, without giving it time to finish. */
  kill(): void;
  /** Reads the call stack of an agent that does not answer; absent if stacks cannot be read. */
  stack?(): Promise<string | undefined>;
}

/** The program of an agent and its arguments. */
export interface AgentProgram {
  /** `file:` address of the module that loads the agent. */
  readonly entry: string;
  /** Folder with the compiled program of agents; if absent, its modules are loaded one by one. */
  readonly folder?: string;
}

/** Callbacks for the code that started the agent. */
export interface AgentHandleListener {
  /** Called with each piece of the agent's output on stderr. */
  readonly onWords: (text: string) => void;
  /** Called when the agent has ended and all its output has been passed on. */
  readonly onEnd: (why: string) => void;
}
