/**
 * The port to the machine: everything that loading and running scenarios in virtual time uses of
 * the platform on which it runs. The caller passes it together with the registry of protocols.
 * Types only; there is one implementation for Node (scenarios/open/node-machine.ts) and one for a
 * browser's tab in lab/run.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { PackageFile } from '../../engine/host/protocol.ts';

/** Everything that the loader and the runner use of the machine. */
export interface Machine {
  readonly files: MachineFiles;
  /** Finds a file of a package that the user has installed. */
  packageFile(file: PackageFile): LocatedFile;
  /**
   * Contents of a file of a package that the user has installed.
   * @throws Error saying how to install it.
   */
  readPackageFile(file: PackageFile): Uint8Array;
  /**
   * The provider of cryptography with that name, for simulated secrets.
   * @throws Error if the machine has none.
   */
  crypto(name: string): CryptoProvider;
  /** CRC-32 (RFC 1952 section 8). */
  readonly crc32: (bytes: Uint8Array) => number;
  /** Absent where the memory of a thread cannot be read. */
  readonly memory?: MachineMemory;
  /** Begins a file that is written during a run. */
  record(path: string): OutputFile;
  /** Compresses bytes to a gzip member; absent on machines that can do this only asynchronously. */
  readonly compress?: (bytes: Uint8Array) => Uint8Array;
  /**
   * Keeps the nodes of a run from reading clocks and random numbers.
   * @returns a function that ends this.
   */
  guardClocks(run: GuardedCode): () => void;
  /** The next message that has come over a port from another thread; undefined if there is none. */
  nextMessage(port: ThreadPort): { readonly message: unknown } | undefined;
}

/** The end of a channel to another thread, with the methods that a run uses. */
export interface ThreadPort {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', take: (message: unknown) => void): void;
  unref(): void;
  close(): void;
}

/** The files of a machine. Paths are absolute, with `/` between folders. */
export interface MachineFiles {
  /** The folder to which relative paths refer. */
  readonly folder: string;
  exists(path: string): boolean;
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
  /** Names of the files in a folder; none if there is no such folder. */
  namesIn(folder: string): readonly string[];
  /** True if the run may open a file. */
  mayOpen(path: string): boolean;
  /** The path without symbolic links; the given path if there is no such file. */
  realPath(path: string): string;
  /** True if a file lies below a folder, after following symbolic links. */
  isBelow(path: string, folder: string): boolean;
  /**
   * Reads a file.
   * @param check Called, perhaps repeatedly, with a lower bound on the length of the file, in
   * bytes; it throws if the file is too long.
   * @returns undefined if the path names something other than a file.
   * @throws the system's error if there is nothing at this path.
   */
  read(path: string, check: (bytes: number) => void): Uint8Array | undefined;
  /** SHA-256 of bytes, lower-case hex. */
  sha256(bytes: Uint8Array): string;
}

/** Where a file is, or why it is not there and what to do. */
export type LocatedFile =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly message: string; readonly hint: string };

/** The memory of the calling thread. */
export interface MachineMemory {
  held(): HeldMemory;
  limits(): MemoryLimits;
}

/** The memory that a thread holds. */
export interface HeldMemory {
  /** Objects that are not young, bytes. */
  readonly heap: number;
  /** Bytes of typed arrays, which are outside the heap. */
  readonly arrays: number;
}

/** Limits on the memory of a thread. */
export interface MemoryLimits {
  /** Largest size of the thread's heap, bytes. */
  readonly heap: number;
  /** Free memory of the machine, for objects and arrays that are still to be made, bytes. */
  readonly free: number;
}

/** A file that is written during a run; removed as a whole if a part cannot be written. */
export interface OutputFile {
  write(bytes: Uint8Array): void;
  /** Why there is no file; undefined if there is one. */
  warning(): string | undefined;
  close(): void;
}

/** Code of nodes that must not read clocks. */
export interface GuardedCode {
  /** True while code of a node runs. */
  readonly isNodeCode: () => boolean;
  readonly owners: CodeOwners;
}

/** Determines who wrote the code in a file. */
export interface CodeOwners {
  /** True for this program's own source. */
  isOurs(file: string): boolean;
  /** True for code that a user wrote. */
  isTheirs(file: string): boolean;
}
