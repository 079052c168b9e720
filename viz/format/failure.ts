/**
 * What can be wrong with a trace, as data: names for programs and a sentence for people that says
 * where. Readers hand failures back; nothing in viz/format throws at its callers.
 *
 * @module
 */

/** Kinds of failures. */
export type FailureName =
  /** The first bytes are not those of a trace. */
  | 'not-a-trace'
  /** Written by a later version of the format. */
  | 'newer-version'
  /** The file ends before something that should be there. */
  | 'truncated'
  /** The header is not the JSON that it should be. */
  | 'bad-header'
  /** The index at the end contradicts the file. */
  | 'bad-index'
  /** A block's header contradicts itself, its table or the file. */
  | 'bad-block'
  /** A payload does not inflate to what its header says. */
  | 'bad-payload'
  /** The source could not be read. */
  | 'unreadable';

/** One failure. */
export interface TraceFailure {
  readonly kind: 'failure';
  readonly name: FailureName;
  /** One sentence for people; plain text. */
  readonly message: string;
  /** Byte of the file. */
  readonly at: number;
}

/** The sentence with its place, where it does not name one itself. */
export function placed({ message, at }: TraceFailure): string {
  return /\bbyte \d/.test(message) ? message : `${message} (byte ${at})`;
}

/** True for a failure. */
export function isFailure(value: unknown): value is TraceFailure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure';
}

/** A failure on its way to {@link guarded}; it never leaves this folder. */
export class TraceProblem extends Error {
  readonly failure: TraceFailure;

  constructor(failure: Omit<TraceFailure, 'kind'>, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'TraceProblem';
    this.failure = { kind: 'failure', ...failure };
  }
}

/** A problem without a cause. */
export function problem(name: FailureName, message: string, at: number): TraceProblem {
  return new TraceProblem({ name, message, at });
}

/** Runs `read`; a problem becomes a value. */
export async function guarded<T>(read: () => Promise<T>): Promise<T | TraceFailure> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TraceProblem) return error.failure;
    throw error;
  }
}
