/**
 * Counts datagrams that the kernel lost because a receive buffer was full: of our sockets, or of the sockets of outside
 * programs. No link counts them, because the kernel lost them before or after the links.
 *
 * A socket's counter disappears with the socket, so it is polled; losses between the last poll and
 * the close go unseen. Counts nothing if the system shows no counters.
 *
 * @module
 */
import { readSocketTable, type SocketRow, socketTableAddress } from './socket-table.ts';

/** Numbers of lost datagrams, by the process that did not read fast enough. */
export interface KernelLosses {
  /** Number of datagrams that programs sent and that were lost before we read them. */
  readonly ours: number;
  /** Number of datagrams that we wrote to programs and that were lost before they read them. */
  readonly theirs: number;
}

/**
 * Counts datagrams that the kernel lost in full receive buffers: of this process, and of outside programs.
 */
export class KernelLossWatch {
  readonly #hosts: ReadonlySet<string>;
  readonly #programs: ReadonlySet<string>;
  readonly #ours = new Map<string, number>();
  readonly #theirs = new Map<string, number>();

  /** @param addresses Addresses of hosts, which our sockets use, and of programs. */
  constructor(addresses: {
    readonly hosts: readonly string[];
    readonly programs: readonly string[];
  }) {
    this.#hosts = new Set(addresses.hosts.map(socketTableAddress));
    this.#programs = new Set(addresses.programs.map(socketTableAddress));
  }

  get losses(): KernelLosses {
    return { ours: total(this.#ours), theirs: total(this.#theirs) };
  }

  /** Reads the loss counters of all sockets once. */
  async poll(): Promise<void> {
    for (const row of (await readSocketTable()) ?? []) this.#note(row);
  }

  #note({ address, inode, drops }: SocketRow): void {
    if (drops === 0) return;
    if (this.#hosts.has(address)) this.#ours.set(inode, drops);
    else if (this.#programs.has(address)) this.#theirs.set(inode, drops);
  }
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
