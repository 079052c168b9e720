/**
 * Bundles the programs of worker threads and agents once for a whole test run (ADR 0030), so that
 * tests do not translate some two hundred modules again in each thread that they start.
 *
 * @module
 */
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the bundled programs; empty if there is none. */
    readonly prepared: string;
  }
}

const STORE: string = new URL('../cli/prepared-store.mjs', import.meta.url).href;

/** Runs before the first test. */
export async function setup(project: TestProject): Promise<void> {
  const { preparedFolder } = (await import(STORE)) as { preparedFolder: () => string | undefined };
  // When vitest watches files, the sources change, so that bundles would be outdated.
  const folder = project.config.watch ? undefined : preparedFolder();
  project.provide('prepared', folder ?? '');
}
