/**
 * Reads the states that nodes reported from the trace of a run.
 *
 * @module
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure, type TraceFailure } from '../viz/format/failure.ts';
import { inflateGzip } from '../viz/format/inflate.ts';
import { openTrace } from '../viz/format/trace-file.ts';
import { FlagError } from './exit.ts';

/**
 * The states of all nodes at the end of a run, by name of the state; if several nodes have a state of the same
 * name, only one of them is kept.
 * @throws FlagError if the folder has no trace that can be read.
 */
export async function readFinalNodeStates(folder: string): Promise<ReadonlyMap<string, string>> {
  const path = join(folder, 'trace.orr');
  if (!existsSync(path)) {
    throw new FlagError(`--run: ${folder} has no trace.orr`, folder, 'name the folder of a run');
  }
  const file = openSync(path, 'r');
  try {
    const trace = good(path, await openTrace(sourceOf(file), inflateGzip));
    const states = good(path, await trace.stateAt(Number.MAX_SAFE_INTEGER));
    return new Map([...states.values()].flatMap((own) => [...own]));
  } finally {
    closeSync(file);
  }
}

function sourceOf(file: number): Parameters<typeof openTrace>[0] {
  return {
    size: fstatSync(file).size,
    read: (offset, length): Uint8Array => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    },
  };
}

function good<Value>(path: string, answer: Value | TraceFailure): Exclude<Value, TraceFailure> {
  if (isFailure(answer)) {
    throw new FlagError(`--run: ${path}: ${answer.message}`, path, 'run the scenario again');
  }
  return answer as Exclude<Value, TraceFailure>;
}
