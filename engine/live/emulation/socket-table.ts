/**
 * The system's table of UDP sockets: to which addresses and ports they are bound, and how many datagrams their receive
 * buffers lost.
 *
 * On Linux the table is /proc/net/udp (proc(5)); on other systems there is none.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';

/** One socket in the kernel's table of UDP sockets. */
export interface SocketRow {
  /** The address in the form of {@link socketTableAddress}; {@link ANY_ADDRESS} if bound to all addresses. */
  readonly address: string;
  readonly port: number;
  /** Identifies the socket while it exists. */
  readonly inode: string;
  /** Number of datagrams that were lost because the receive buffer was full. */
  readonly drops: number;
}

/** Address of a socket that is bound to all addresses of the system. */
export const ANY_ADDRESS = '00000000';

const HEX = 16;
const [LOCAL, INODE, DROPS] = [1, 9, 12];
const ANY_OF_IPV6 = /^0{32}$/;

/** All sockets; undefined if the system has no such table or does not show it. */
export async function readSocketTable(): Promise<readonly SocketRow[] | undefined> {
  const [udp = '', udp6 = ''] = await Promise.all(
    ['/proc/net/udp', '/proc/net/udp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  );
  if (udp === '') return undefined;
  return [...rowsOf(udp), ...rowsOf(udp6)];
}

/** An IPv4 address as the table writes it: `127.0.0.1` is `0100007F` on little-endian machines, `7F000001` on others. */
export function socketTableAddress(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(HEX).padStart(2, '0'));
  const isLittle = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
  return (isLittle ? bytes.reverse() : bytes).join('').toUpperCase();
}

/** Reads rows like `12: 0100007F:1B5F 00000000:0000 07 ... inode ref pointer drops`, below a line of titles. */
function rowsOf(text: string): readonly SocketRow[] {
  const lines = text.split('\n').slice(1);
  return lines.flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [address, port] = words[LOCAL]?.split(':') ?? [];
    if (address === undefined || port === undefined) return [];
    return [
      {
        address: ANY_OF_IPV6.test(address) ? ANY_ADDRESS : address,
        port: Number.parseInt(port, HEX),
        inode: words[INODE] ?? '',
        drops: Number(words[DROPS] ?? 0),
      },
    ];
  });
}
