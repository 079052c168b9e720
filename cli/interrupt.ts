/**
 * Ctrl-C: the first asks the run to stop, the second ends the process immediately.
 *
 * @module
 */

/** A running watch for SIGINT and SIGTERM; the first of them aborts `signal`. */
export interface InterruptWatch {
  readonly signal: AbortSignal;
  dispose(): void;
}

/**
 * Starts watching SIGINT and SIGTERM.
 * @param follows The part of the message after the first signal that says what the command still
 * does.
 */
export function watchInterrupts(follows = 'a report of the run so far follows'): InterruptWatch {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\nstopping: ${follows}; a second signal skips it\n`);
    controller.abort();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    dispose: (): void => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
