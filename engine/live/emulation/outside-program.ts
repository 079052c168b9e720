/**
 * An outside program that is started and stopped with a run.
 *
 * The program gets no shell and no standard input, and writes into two files. It leads a process group, so
 * that processes that it has started end with it. If this process ends in any way except SIGKILL, the
 * group ends too. Does not know networks.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';

/** The command of an outside program, its folder, and the files for its output. */
export interface ProgramStartOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Working directory; relative paths in the command start here. */
  readonly folder: string;
  readonly outFile: string;
  readonly errFile: string;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Exit code as a shell shows it: the program's own, or 128 + the signal's number. */
  readonly code: number;
  /** False if the program ended because {@link OutsideProgram.stop} asked it to. */
  readonly byItself: boolean;
}

/** Time between SIGTERM and SIGKILL, ms. */
const GRACE_MS = 2_000;
const SIGNAL_BASE = 128;
const LIVING = new Set<number>();
let isWatching = false;

/** A process of an outside program with its process group, started and stopped with a run. */
export class OutsideProgram {
  readonly ended: Promise<ProgramEnd>;
  /** How the program ended; undefined while it runs. */
  end: ProgramEnd | undefined;
  /** Process number of the program, which leads its process group. */
  readonly pid: number;
  #isTold = false;

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    killProgramAtExit(pid);
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        // Processes that the program has started may still exist.
        signalGroup(pid, 'SIGKILL');
        forgetProgram(pid);
        const number = signal === null ? 0 : constants.signals[signal];
        this.end = { code: code ?? SIGNAL_BASE + number, byItself: !this.#isTold };
        resolve(this.end);
      });
    });
  }

  /** Starts the program; if that fails, the `code` of the error says why, for example `ENOENT`. */
  static start({
    command,
    folder,
    outFile,
    errFile,
  }: ProgramStartOptions): Promise<OutsideProgram> {
    const [name = '', ...args] = command;
    const [out, err] = [openSync(outFile, 'w'), openSync(errFile, 'w')];
    try {
      const stdio = ['ignore', out, err] as const;
      const child = spawn(name, args, { cwd: folder, detached: true, stdio: [...stdio] });
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('spawn', () => resolve(new OutsideProgram(child, child.pid ?? 0)));
      });
    } finally {
      closeSync(out);
      closeSync(err);
    }
  }

  /** Asks the program to end, and kills it if it does not. */
  async stop(): Promise<ProgramEnd> {
    if (this.end !== undefined) return this.end;
    this.#isTold = true;
    signalGroup(this.pid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(this.pid, 'SIGKILL'), GRACE_MS);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }
}

/**
 * Kills a program when this process exits, even by two Ctrl-C. Must be called for programs of threads, too.
 */
export function killProgramAtExit(pid: number): void {
  if (!isWatching) process.once('exit', killRemainingPrograms);
  isWatching = true;
  LIVING.add(pid);
}

/** Called when a program has ended: it need not be killed any more. */
export function forgetProgram(pid: number): void {
  LIVING.delete(pid);
}

/** Kills the programs that still run, because nothing else would end them. */
export function killRemainingPrograms(): void {
  for (const pid of LIVING) signalGroup(pid, 'SIGKILL');
  LIVING.clear();
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The process has already ended; macOS answers EPERM for a group whose members have ended.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
