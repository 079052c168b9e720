/**
 * What an agent's process is told at its start: one line of JSON on its standard input, so that the
 * key appears in no process list and no environment.
 *
 * @module
 */
import { createInterface } from 'node:readline';
import { fromHex } from '../../../nodes/_kit/bytes.ts';

/** The content of the line that starts an agent. */
export interface AgentBoot {
  readonly host: string;
  readonly port: number;
  /** The agent's secret key, 32 bytes in hexadecimal. */
  readonly key: string;
  /** The coordinator's public key. */
  readonly coordinator: string;
  readonly hosts: readonly string[];
}

/** The keys of a boot line as bytes, for the channel. */
export function channelKeys({ key, coordinator }: AgentBoot): {
  readonly key: Uint8Array;
  readonly listener: Uint8Array;
} {
  return { key: fromHex(key), listener: fromHex(coordinator) };
}

/** Reads the line and closes the input. */
export async function readBoot(): Promise<AgentBoot> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdin.destroy();
    return JSON.parse(line) as AgentBoot;
  }
  throw new Error('an agent is started only by its coordinator');
}
