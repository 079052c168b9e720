/**
 * Starts the outside programs of an emulated run, waits until they have bound their ports, and stops
 * them.
 *
 * @module
 */
import { dirname, resolve } from 'node:path';
import { waitUntilPortBound } from '../../../engine/live/emulation/bound-ports.ts';
import { OutsideProgramError } from '../../../engine/live/emulation/outside-error.ts';
import { OutsideProgram, type ProgramEnd } from '../../../engine/live/emulation/outside-program.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { outsideHosts } from '../../../scenarios/open/outside.ts';
import type { HostSpec } from '../../../topologies/model.ts';

/** What is needed to run the outside programs. */
export interface ProgramOptions {
  readonly scenario: Scenario;
  /** Gives the start of the paths of the files for the output of a host's program. */
  readonly fileOf: (host: string) => string;
  /** Ends the waiting for programs to bind their ports. */
  readonly signal: AbortSignal | undefined;
  /** Called when a program begins and when it ends, with its process group. */
  readonly onProgram?: ((pid: number, isLiving: boolean) => void) | undefined;
}

/** Longest wait for a program to bind its ports, ms. */
const READY_MAX_MS = 10_000;

/** Starts the outside programs of an emulated run, waits until they are bound, and stops them. */
export class OutsidePrograms {
  readonly warnings: string[] = [];
  readonly #options: ProgramOptions;
  readonly #hosts: readonly HostSpec[];
  readonly #programs = new Map<string, OutsideProgram>();

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#hosts = outsideHosts(options.scenario);
  }

  /** True if the topology names outside programs. */
  get isNeeded(): boolean {
    return this.#hosts.length > 0;
  }

  /**
   * Starts the programs. Those that receive from others start first, so that no packet is lost
   * because its receiver does not run yet.
   */
  async start(): Promise<void> {
    const waits = (host: HostSpec): boolean => (host.outside?.ports.length ?? 0) > 0;
    for (const host of this.#hosts.filter(waits)) {
      await this.#startOne(host);
      await this.#untilBound(host);
    }
    await Promise.all(
      this.#hosts.filter((host) => !waits(host)).map((host) => this.#startOne(host)),
    );
  }

  async #startOne({ name, outside }: HostSpec): Promise<void> {
    const { scenario, fileOf, onProgram } = this.#options;
    const { command } = outside ?? {};
    if (command === undefined) return;
    const file = fileOf(name);
    try {
      const program = await OutsideProgram.start({
        command,
        folder: dirname(resolve(scenario.file)),
        outFile: `${file}.out.log`,
        errFile: `${file}.err.log`,
      });
      this.#programs.set(name, program);
      onProgram?.(program.pid, true);
      void program.ended.then(() => onProgram?.(program.pid, false));
    } catch (error) {
      throw new OutsideProgramError(startText(command, error), { host: name, cause: error });
    }
  }

  async #untilBound({ name, outside }: HostSpec): Promise<void> {
    const { signal } = this.#options;
    const program = this.#programs.get(name);
    if (program === undefined || outside === undefined) return;
    const { program: address, ports } = outside;
    const isOver = (): boolean => signal?.aborted === true || program.end !== undefined;
    const isBound = await waitUntilPortBound({ address, ports, limitMs: READY_MAX_MS, isOver });
    if (isBound || signal?.aborted === true) return;
    const { end } = program;
    const why =
      end === undefined
        ? `${name}: not bound to any of its ports after ${READY_MAX_MS / 1000} s`
        : `${name}: ended with exit code ${end.code} before it was bound to a port of its own`;
    this.warnings.push(`${why}, see ${name}.err.log`);
  }

  /** Stops the programs that still run; returns how each program has ended. */
  async stop(): Promise<ReadonlyMap<string, ProgramEnd>> {
    const programs = [...this.#programs];
    const ends = await Promise.all(programs.map(([, program]) => program.stop()));
    return new Map(ends.map((end, index) => [programs[index]?.[0] ?? '', end]));
  }
}

function startText(command: readonly string[], error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const name = command[0] ?? '';
  switch (code) {
    case 'ENOENT':
      return `command "${name}" was not found`;
    case 'EACCES':
      return `command "${name}" is not allowed to run`;
    default:
      return `command "${name}" cannot be started: ${code ?? String(error)}`;
  }
}
