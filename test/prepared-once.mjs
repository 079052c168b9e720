/**
 * Bundles the programs of worker threads and agents once for a whole test run (ADR 0030), so that
 * tests do not translate some two hundred modules again in each thread that they start. Plain JavaScript,
 * because vitest loads it without its own translator where tests run in modules of Node (vitest.config.ts).
 *
 * @module
 */
import { preparedFolder } from '../cli/prepared-store.mjs';

/**
 * Runs before the first test.
 * @param {import('vitest/node').TestProject} project
 */
export function setup(project) {
  // When vitest watches files, the sources change, so that bundles would be outdated.
  const folder = project.config.watch ? undefined : preparedFolder();
  project.provide('prepared', folder ?? '');
}
