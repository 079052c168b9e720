/** Reads hostile texts as scenario files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario } from '../../scenarios/files/load.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { ROOT } from '../architecture/files.ts';

const registry = new ProtocolRegistry();
const folders = { scenarios: join(ROOT, 'scenarios'), topologies: join(ROOT, 'topologies') };

/** A temporary folder for the files of a test. */
export class HostileFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'orrery-loader-'));

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Writes another file into the folder of the scenario. */
  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  /** The mistakes in a file as the command line would print them; empty if there are none. */
  mistakesOf(text: string): string {
    return this.#mistakesIn('hostile.yaml', text);
  }

  /** The same for a file of JSON. */
  mistakesOfJson(text: string): string {
    return this.#mistakesIn('hostile.json', text);
  }

  #mistakesIn(name: string, text: string): string {
    const path = join(this.path, name);
    writeFileSync(path, text);
    try {
      loadScenario({ path, folders, registry });
      return '';
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.message;
    }
  }
}

export function scenario(more: string, topology = 'two-nodes.yaml'): string {
  return `name: x\nquestion: q\nduration: 10s\ntopology: ${topology}\n${more}`;
}
