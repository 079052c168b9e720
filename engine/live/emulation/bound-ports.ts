/**
 * Detects when a program has bound its UDP ports, from the system's table of sockets. On systems without such a
 * table, the program gets half a second. Trying to bind a port ourselves would take it from the
 * program. One bound port is enough: a program may not bind all ports of its range.
 *
 * @module
 */
import { ANY_ADDRESS, readSocketTable, socketTableAddress } from './socket-table.ts';

/** Which ports to wait for, and for how long. */
export interface PortWaitOptions {
  readonly address: string;
  readonly ports: readonly number[];
  readonly limitMs: number;
  /** True once waiting is pointless, because the program has ended. */
  readonly isOver: () => boolean;
}

const POLL_MS = 10;
const WITHOUT_TABLE_MS = 500;

/** Resolves with true when one of the ports is bound, with false after the limit. */
export async function waitUntilPortBound({
  address,
  ports,
  limitMs,
  isOver,
}: PortWaitOptions): Promise<boolean> {
  const own = socketTableAddress(address);
  const endAt = performance.now() + limitMs;
  while (performance.now() < endAt && !isOver()) {
    const table = await readSocketTable();
    if (table === undefined) {
      await pause(WITHOUT_TABLE_MS);
      return true;
    }
    const mine = table.filter((row) => row.address === own || row.address === ANY_ADDRESS);
    const bound = new Set(mine.map(({ port }) => port));
    if (ports.some((port) => bound.has(port))) return true;
    await pause(POLL_MS);
  }
  return false;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
