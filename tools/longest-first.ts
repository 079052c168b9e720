/**
 * The order of test files: those that take longest come first, as a long file that begins last would delay the end.
 *
 * vitest orders files by the durations of its last run, which it keeps in node_modules. A fresh clone and `npm ci` have
 * none; then the listed files come first.
 *
 * @module
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { LONG_TESTS } from './long-tests.ts';

/** Sorts by the durations of the last run; if they are not known, the listed files come first. */
export class LongestFirstSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    if (sorted.every((file) => this.#isMeasured(file))) return sorted;
    return sorted.sort((a, b) => placeOf(a) - placeOf(b));
  }

  #isMeasured({ project, moduleId }: TestSpecification): boolean {
    const path = relative(this.ctx.config.root, moduleId);
    return this.ctx.cache.getFileTestResults(`${project.name}:${path}`) !== undefined;
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONG_TESTS.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
  return place < 0 ? LONG_TESTS.length : place;
}
