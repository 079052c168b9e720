/**
 * Prepares the programs of worker threads and agents once for a whole run of tests (ADR 0030), so that no
 * test translates some two hundred modules again in each thread that it starts.
 *
 * @module
 */
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the prepared programs; empty if there is none. */
    readonly prepared: string;
  }
}

const STORE: string = new URL('../cli/prepared-store.mjs', import.meta.url).href;

/** Runs before the first test. */
export async function setup(project: TestProject): Promise<void> {
  const { preparedFolder } = (await import(STORE)) as { preparedFolder: () => string | undefined };
  // While vitest watches, sources change under the folder.
  const folder = project.config.watch ? undefined : preparedFolder();
  project.provide('prepared', folder ?? '');
}
