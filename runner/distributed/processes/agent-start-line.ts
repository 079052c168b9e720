/**
 * What an agent's process gets at its start: one line of JSON on its standard input, so that its key
 * appears in no list of processes and no environment.
 *
 * @module
 */
import { createInterface } from 'node:readline';
import { fromHex } from '../../../nodes/_kit/bytes.ts';

/**
 * The line that the coordinator writes to an agent's process: where to connect, the keys, and the
 * hosts that it runs.
 */
export interface AgentStartLine {
  readonly host: string;
  readonly port: number;
  /** The agent's secret key, 32 bytes in hexadecimal. */
  readonly key: string;
  /** The coordinator's public key, 32 bytes in hexadecimal. */
  readonly coordinator: string;
  readonly hosts: readonly string[];
}

/** The keys of a start line as bytes, for the channel. */
export function channelKeys({ key, coordinator }: AgentStartLine): {
  readonly key: Uint8Array;
  readonly listener: Uint8Array;
} {
  return { key: fromHex(key), listener: fromHex(coordinator) };
}

/** Reads the start line from the standard input, and closes the input. */
export async function readStartLine(): Promise<AgentStartLine> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdin.destroy();
    return JSON.parse(line) as AgentStartLine;
  }
  throw new Error('an agent is started only by its coordinator');
}
