/**
 * The folder of a break: the smallest file so far is always on the disk, and each smaller file is tried as a user would
 * run it.
 *
 * @module
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AttemptOutcome } from './attempt.ts';
import type { HuntPool } from './hunt-pool.ts';
import { makeNodeOpener } from './make-node-opener.ts';
import type { BreakFiles } from './shrink-break.ts';

/** Name of the file with the story of the break. */
const STORY = 'story.txt';

/** Makes the files of a break in its folder, and tries them on the threads of a pool. */
export function makeBreakFolder(path: string, pool: HuntPool): BreakFiles {
  const folder = dirname(path);
  let trials = 0;
  mkdirSync(folder, { recursive: true });
  return {
    name: path,
    keep: (text) => writeFileSync(path, text),
    try: async (text, how): Promise<AttemptOutcome | undefined> => {
      trials += 1;
      const trial = join(folder, `trial-${trials}.yaml`);
      writeFileSync(trial, text);
      try {
        return await pool.try({ kind: 'file', path: trial, set: {}, ...how });
      } finally {
        rmSync(trial, { force: true });
      }
    },
    tell: (lines): string => {
      const story = join(folder, STORY);
      writeFileSync(story, lines.join('\n'));
      return story;
    },
    nodes: async (): Promise<number> => {
      const { scenario } = await makeNodeOpener().open(path, {});
      return scenario.topology.hosts.length;
    },
  };
}
