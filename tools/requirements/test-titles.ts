/**
 * Finds the test files that name requirements in their titles, without running them.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const TITLE =
  /\b(?:it|test|describe)(?:\.\w+(?:\([^()]*\))?)*\s*\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g;
const EACH_TITLE = /\)\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*R-\d{3}(?:\\.|(?!\1)[\s\S])*)\1/g;
const NUMBER = /R-\d{3}/g;

/** The test files below `root` that name a requirement, sorted, by the number of the requirement. */
export function filesByRequirement(root: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const file of testFiles(join(root, 'test'))) {
    const path = relative(root, file).replaceAll('\\', '/');
    for (const id of requirementNumbersIn(readFileSync(file, 'utf8'))) {
      found.set(id, (found.get(id) ?? new Set()).add(path));
    }
  }
  return new Map([...found].map(([id, paths]) => [id, [...paths].sort()]));
}

/** The requirement numbers in the titles of a test file, given its text. */
export function requirementNumbersIn(text: string): readonly string[] {
  const titles = [...text.matchAll(TITLE), ...text.matchAll(EACH_TITLE)];
  return [...new Set(titles.flatMap(([, , title = '']) => title.match(NUMBER) ?? []))];
}

function testFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return /\.(test|suite)\.ts$/.test(entry.name) ? [path] : [];
  });
}
