/**
 * Builds the driver, a program in Go around the reference implementation of SCION, and exchanges lines of JSON with it.
 *
 * @module
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const OUTPUT_MAX = 1 << 30;

/** The reference implementation, asked through the driver program. */
export class ReferenceDriver {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  /** True if there is a Go toolchain. */
  static isPossible(): boolean {
    return spawnSync('go', ['version']).error === undefined;
  }

  /** Builds the program. @param folder Folder for its file. @throws Error with the message of the toolchain. */
  static build(folder: string): ReferenceDriver {
    const program = join(folder, 'reference-driver');
    build(program, '.');
    return new ReferenceDriver(program);
  }

  /** Sends a line for each question; returns the answers. */
  ask(command: readonly string[], questions: readonly unknown[] = []): readonly unknown[] {
    const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('');
    const options = { input, encoding: 'utf8', maxBuffer: OUTPUT_MAX } as const;
    const { stdout } = succeeded(spawnSync(this.#program, command, options));
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as unknown);
  }
}

/** Builds the command-line tool of the reference. @returns its path. @throws Error with what the toolchain says. */
export function buildReferenceTool(folder: string): string {
  const program = join(folder, 'scion');
  build(program, 'github.com/scionproto/scion/scion/cmd/scion');
  return program;
}

function build(program: string, importPath: string): void {
  const parts = ['build', '-C', SOURCES, '-o', program, importPath];
  succeeded(spawnSync('go', parts, { encoding: 'utf8' }));
}

function succeeded(ended: SpawnSyncReturns<string>): SpawnSyncReturns<string> {
  // If the program ended early, writing its input failed too; its own message explains more than that error.
  if (ended.status !== 0) throw ended.stderr ? new Error(ended.stderr) : ended.error;
  return ended;
}
