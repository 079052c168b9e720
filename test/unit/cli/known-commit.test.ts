/** What git does not tell of a checkout of another owner, as containers have them. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { warnIfCommitUnknown } from '../../../cli/known-commit.ts';
import { explainUnknownCommit, readCommit } from '../../../runner/run/commit.ts';
import { PROJECT_ROOT } from '../../../scenarios/folders.ts';

beforeEach(() => {
  // git's own switch for its tests (git, setup.c), without what this machine allows.
  vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1');
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  vi.stubEnv('GIT_CONFIG_SYSTEM', '/dev/null');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('the commit of a checkout of another owner was unknown without a word', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(warnIfCommitUnknown(readCommit())).toBe('unknown');
  const allow = `git config --global --add safe.directory ${PROJECT_ROOT}`;
  expect(stderr.mock.calls.flat()).toEqual([
    `orrery: the commit is unknown, because the checkout belongs to another user: ${allow}\n`,
  ]);
});

it('of an own checkout nothing is said', () => {
  vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '0');
  expect(explainUnknownCommit()).toBeUndefined();
});
