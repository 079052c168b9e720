/**
 * The machine of a browser's tab: files and recordings in memory, and cryptography without Node's modules.
 *
 * @module
 */
import { createModelledCrypto } from '../../engine/crypto/modelled.ts';
import { nobleCrypto } from '../../engine/crypto/noble.ts';
import { tabCrypto } from '../../engine/crypto/tab.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { guardRun } from '../../engine/live/ambient-guard.ts';
import { crc32 } from '../../engine/pure/crc32.ts';
import { joinBytes } from '../../engine/pure/join-bytes.ts';
import { fileNameOfPath } from '../../engine/pure/paths.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import type {
  LocatedFile,
  Machine,
  MachineFiles,
  OutputFile,
} from '../../topologies/files/machine.ts';

const PROVIDERS: Readonly<Record<string, CryptoProvider>> = {
  node: tabCrypto,
  noble: nobleCrypto,
  modelled: createModelledCrypto(tabCrypto),
};
const NO_PACKAGE = 'needs a file of a package, which a tab does not have';
const NO_THREADS = 'a run in a tab has no port to other threads';

/** A machine whose files are given, and whose recordings stay in memory. */
export class TabMachine implements Machine {
  readonly files: MachineFiles;
  readonly crc32 = crc32;
  readonly guardClocks = guardRun;
  readonly #recordBytesMax: number;
  readonly #records = new Map<string, Recording>();

  /** @param recordBytesMax Largest recording; a longer one is removed. */
  constructor(files: MachineFiles, recordBytesMax: number) {
    this.files = files;
    this.#recordBytesMax = recordBytesMax;
  }

  packageFile(): LocatedFile {
    return { kind: 'missing', message: NO_PACKAGE, hint: 'run it with npx orrery scenario' };
  }

  readPackageFile(): never {
    throw new Refusal(NO_PACKAGE);
  }

  crypto(name: string): CryptoProvider {
    const found = PROVIDERS[name];
    if (found === undefined) throw new Refusal(`crypto: ${name} is not in a tab`);
    return found;
  }

  record(path: string): OutputFile {
    const recording = new Recording(path, this.#recordBytesMax);
    this.#records.set(path, recording);
    return recording;
  }

  /** The recording at a path; null if there is none, or it was too long. */
  recorded(path: string): Uint8Array | null {
    return this.#records.get(path)?.bytes() ?? null;
  }

  nextMessage(): never {
    throw new Error(NO_THREADS);
  }
}

/** A file in memory. */
class Recording implements OutputFile {
  readonly #path: string;
  readonly #bytesMax: number;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(path: string, bytesMax: number) {
    this.#path = path;
    this.#bytesMax = bytesMax;
  }

  write(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length <= this.#bytesMax) this.#parts.push(bytes.slice());
    else this.#parts = [];
  }

  warning(): string | undefined {
    if (this.#length <= this.#bytesMax) return undefined;
    const most = `${Math.floor(this.#bytesMax / 1e6)} MB`;
    return `${fileNameOfPath(this.#path)}: a tab keeps at most ${most}; the recording is removed`;
  }

  close(): void {
    // Nothing holds a file open.
  }

  bytes(): Uint8Array | null {
    return this.#length > this.#bytesMax ? null : joinBytes(this.#parts);
  }
}
