/**
 * What can be wrong with a trace, as data: a name for programs, and a sentence for people that
 * names the place in the file. Readers return failures; no function of viz/format throws at its
 * callers.
 *
 * @module
 */

/** Kinds of failures. */
export type FailureName =
  /** The file does not begin like a trace. */
  | 'not-a-trace'
  /** The file was written by a later version of the format. */
  | 'newer-version'
  /** The file ends too early. */
  | 'truncated'
  /** The header is not valid JSON or lacks required parts. */
  | 'bad-header'
  /** The index at the end contradicts the file. */
  | 'bad-index'
  /** A block header contradicts itself, its table or the file. */
  | 'bad-block'
  /** A payload does not inflate to the size that its header states. */
  | 'bad-payload'
  /** The source could not be read. */
  | 'unreadable';

/** A failure to read a trace. */
export interface TraceFailure {
  readonly kind: 'failure';
  readonly name: FailureName;
  /** One sentence for people, as plain text. */
  readonly message: string;
  /** Offset in the file. */
  readonly at: number;
}

/** The sentence of a failure, with the offset added unless the sentence names an offset. */
export function sentenceWithOffset({ message, at }: TraceFailure): string {
  return /\bbyte \d/.test(message) ? message : `${message} (byte ${at})`;
}

/** True if a value is a failure. */
export function isFailure(value: unknown): value is TraceFailure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure';
}

/** A failure on its way to {@link traceFailureAsValue}; never thrown out of this folder. */
export class TraceProblem extends Error {
  readonly failure: TraceFailure;

  constructor(failure: Omit<TraceFailure, 'kind'>, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'TraceProblem';
    this.failure = { kind: 'failure', ...failure };
  }
}

/** Makes a {@link TraceProblem} that has no underlying error; `at` is an offset in the file. */
export function makeTraceProblem(name: FailureName, message: string, at: number): TraceProblem {
  return new TraceProblem({ name, message, at });
}

/** Runs `read` and returns a thrown problem as a value. */
export async function traceFailureAsValue<T>(read: () => Promise<T>): Promise<T | TraceFailure> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TraceProblem) return error.failure;
    throw error;
  }
}
