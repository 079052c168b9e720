/**
 * Failures of the machine on which this program runs: a port that another program holds, a full disk, too many
 * open files. This file has all messages that users read about them.
 *
 * Knows no command and no exit code: cli/exit.ts ends with 2 for them.
 *
 * @module
 */

/** Thrown if the machine, and not this program, is at fault; the message is one line. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** The meaning of the error codes of the system, for users (errno(3)). */
const ERROR_MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'the system does not allow it',
  EADDRINUSE: 'another program holds it',
  EADDRNOTAVAIL: 'this machine has no such address, or no free port for it',
  EAGAIN: 'the system has no process or memory left for it',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the device reports an input or output error',
  EMFILE: 'too many open files in this process, `ulimit -n` is the limit',
  ENFILE: 'too many open files on this machine',
  ENOBUFS: 'the system has no buffers left',
  ENOMEM: 'the system has no memory left',
  ENOSPC: 'no space left on the device',
  EPERM: 'the system does not allow it',
  EROFS: 'the file system is read-only',
};
/** Further error codes for paths that the user named; with any other path, such an error is a bug of Orrery. */
const PATH_ERROR_MEANINGS: Readonly<Record<string, string>> = {
  EEXIST: 'a file is where a folder should be',
  EISDIR: 'a folder is where a file should be',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'it does not exist and cannot be created',
  ENOTDIR: 'a file is where a folder should be',
};
/** Node's error code if the system did not let it start a thread. */
const THREAD_START_FAILED = 'ERR_WORKER_INIT_FAILED';
/** Error codes of a full disk, which may have free space again later. */
const DISK_FULL_CODES: readonly string[] = ['ENOSPC', 'EDQUOT'];

/** The meaning of a system code, with the code; the code alone if it is unknown. */
export function systemErrorText(code: string): string {
  const words = ERROR_MEANINGS[code] ?? PATH_ERROR_MEANINGS[code];
  return words === undefined ? code : `${words} (${code})`;
}

/** The system's code of an error, e.g. `ENOSPC`. */
export function systemErrorCode(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  if (code === THREAD_START_FAILED)
    return /E[A-Z]{3,}/.exec(message?.replace(THREAD_START_FAILED, '') ?? '')?.[0];
  return typeof code === 'string' ? code : undefined;
}

/** True if an error says that the disk is full, which may change. */
export function isDiskFullError(error: unknown): boolean {
  return DISK_FULL_CODES.includes(systemErrorCode(error) ?? '');
}

/**
 * Converts an error that a failure of the machine has caused; undefined for other errors.
 * @param about What was attempted, e.g. `alice: store main`; the error's path or address follows.
 */
export function findEnvironmentError(error: unknown, about?: string): EnvironmentError | undefined {
  if (error instanceof EnvironmentError) return error;
  const code = systemErrorCode(error);
  // The user chooses the folder for temporary files by TMPDIR, so its errors count like those of a
  // named path.
  const isTemporary = (error as NodeJS.ErrnoException | undefined)?.syscall === 'mkdtemp';
  const words =
    code === undefined
      ? undefined
      : (ERROR_MEANINGS[code] ?? (isTemporary && PATH_ERROR_MEANINGS[code]));
  return code === undefined || !words ? undefined : describe(error, code, about);
}

/**
 * Like {@link findEnvironmentError}, for a path that the user named: it may also not exist, or not be a folder.
 * @param path The path to report; by default the error's own path.
 */
export function findPathError(error: unknown, path?: string): EnvironmentError | undefined {
  if (error instanceof EnvironmentError) return error;
  const code = systemErrorCode(error);
  if (code === undefined || (ERROR_MEANINGS[code] ?? PATH_ERROR_MEANINGS[code]) === undefined)
    return undefined;
  const words = path === undefined ? undefined : `${path}: ${systemErrorText(code)}`;
  return words === undefined
    ? describe(error, code, undefined)
    : new EnvironmentError(words, { cause: error });
}

function describe(error: unknown, code: string, about: string | undefined): EnvironmentError {
  const { path, address, port } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
  };
  const place = path ?? (address === undefined ? undefined : `${address}:${port}`);
  const parts = [about, place, systemErrorText(code)].filter((part) => part !== undefined);
  return new EnvironmentError(parts.join(': '), { cause: error });
}
