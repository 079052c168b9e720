/**
 * Finds out when a program waits on its UDP ports, by looking at the system's table of sockets.
 *
 * Linux shows it in /proc/net/udp; elsewhere the program gets half a second. Binding the port to see
 * whether it is taken would take it from the program.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';

/** What is waited for. */
export interface WaitOrder {
  readonly address: string;
  readonly ports: readonly number[];
  readonly limitMs: number;
  /** True when there is no point in waiting any more. */
  readonly isOver: () => boolean;
}

const POLL_MS = 10;
const WITHOUT_TABLE_MS = 500;
const ANY_ADDRESS = '00000000';

/** Resolves when all ports are bound; false when they were not within the limit. */
export async function untilBound({ address, ports, limitMs, isOver }: WaitOrder): Promise<boolean> {
  const own = hexOf(address);
  const endAt = performance.now() + limitMs;
  while (performance.now() < endAt && !isOver()) {
    const table = await readTable();
    if (table === undefined) {
      await pause(WITHOUT_TABLE_MS);
      return true;
    }
    const isBound = (port: number): boolean => {
      const hex = port.toString(16).toUpperCase().padStart(4, '0');
      return table.has(`${own}:${hex}`) || table.has(`${ANY_ADDRESS}:${hex}`);
    };
    if (ports.every(isBound)) return true;
    await pause(POLL_MS);
  }
  return false;
}

/** Local ends of all UDP sockets; undefined where the system has no such table. */
async function readTable(): Promise<ReadonlySet<string> | undefined> {
  const texts = await Promise.all(
    // A table that is not there, or that nobody may read, is an empty one.
    ['/proc/net/udp', '/proc/net/udp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  );
  if (texts[0] === '') return undefined;
  const rows = texts.join('\n').split('\n');
  // `12: 0100007F:1B5F 00000000:0000 07 ...`; of IPv6 only the wildcard matters here.
  const ends = rows.map((row) => row.trim().split(/\s+/)[1] ?? '');
  return new Set(ends.map((end) => end.replace(/^0{32}/, ANY_ADDRESS)));
}

/** `127.0.0.1` as the table writes it on machines of either byte order: `0100007F`. */
function hexOf(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const isLittle = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
  return (isLittle ? bytes.reverse() : bytes).join('').toUpperCase();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
