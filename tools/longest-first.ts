/**
 * The order of test files: those that take longest come first, as a long file that begins last would delay the end.
 *
 * vitest orders files by the durations of its last run, which it keeps in node_modules. A fresh clone and `npm ci` have
 * none; then the files listed here come first.
 *
 * @module
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take half a minute or more each, on two cores. */
const LONGEST = [
  'scenarios/doubles.slow',
  'how-to/commands-long.slow',
  'live/fabric-kills.slow-wall',
  'live/dtn-kills.slow-wall',
  'emulate/gateways.slow-wall',
  'live/federated-kills.slow-wall',
  'live/signals.slow-wall',
  'live/ask.wall',
  'live/fabric-face.wall',
  'conformance/live-account.wall',
  'live/alone.wall',
  'how-to/commands',
  'scenarios/doubles-federated.slow',
  'property/http-sockets-fuzz.slow',
  'unit/cli/start.slow',
  'scenarios/verify.slow',
  'property/tcp-listeners-fuzz.slow',
  'scenarios/verify-mutations.slow',
  'architecture/new-protocol.slow',
  'unit/cli/sweep-resume.slow',
  'scenarios/fabric-ways.slow',
  'scenarios/golden-seeds.slow',
  'scenarios/federated-compression.slow',
  'scenarios/genuine-packets.slow',
  'scenarios/overload.slow',
];

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
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
  return place < 0 ? LONGEST.length : place;
}
