/**
 * Failures to read a trace, as plain data: a name for programs, and a sentence for people that
 * names the offset in the file. The functions of `TraceFile` return failures and never throw.
 *
 * @module
 */

/** The kinds of failures. */
export type FailureName =
  /** The file does not begin with the magic of a trace. */
  | 'not-a-trace'
  /** The file was written by a later version of the format. */
  | 'newer-version'
  /** The file ends before its content is complete. */
  | 'truncated'
  /** The header is not valid JSON or lacks required parts. */
  | 'bad-header'
  /** The index at the end of the file contradicts the rest of the file. */
  | 'bad-index'
  /** A block header contradicts itself, its table or the file. */
  | 'bad-block'
  /** The payload of a block does not inflate to the length that the block's header states. */
  | 'bad-payload'
  /** The source could not be read. */
  | 'unreadable';

/** A failure to read a trace. */
export interface TraceFailure {
  readonly kind: 'failure';
  readonly name: FailureName;
  /** One sentence for people, as plain text. */
  readonly message: string;
  /** Offset in the file, bytes. */
  readonly at: number;
}

/**
 * Returns the sentence of a failure, with the offset added unless the sentence already names an
 * offset.
 */
export function sentenceWithOffset({ message, at }: TraceFailure): string {
  return /\bbyte \d/.test(message) ? message : `${message} (byte ${at})`;
}

/** True if a value is a failure. */
export function isFailure(value: unknown): value is TraceFailure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure';
}

/**
 * An error that carries a failure; {@link traceFailureAsValue} turns it back into a value. No
 * public function of `TraceFile` throws it.
 */
export class TraceProblem extends Error {
  readonly failure: TraceFailure;

  constructor(failure: Omit<TraceFailure, 'kind'>, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'TraceProblem';
    this.failure = { kind: 'failure', ...failure };
  }
}

/**
 * Makes a {@link TraceProblem} that has no other error as its cause; `at` is an offset in the file,
 * bytes.
 */
export function makeTraceProblem(name: FailureName, message: string, at: number): TraceProblem {
  return new TraceProblem({ name, message, at });
}

/**
 * Calls `read`; if it throws a {@link TraceProblem}, returns the failure as a value. Other errors
 * are thrown on.
 */
export async function traceFailureAsValue<T>(read: () => Promise<T>): Promise<T | TraceFailure> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TraceProblem) return error.failure;
    throw error;
  }
}
