/**
 * Reports which tests passed only on a second attempt, and why they had failed. A test that depends on the
 * wall clock may run twice, because other work on the machine can make it fail; every second attempt is
 * reported. This reporter does not affect the result.
 *
 * @module
 */
import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** A test that passed on its second attempt, and why the first one failed. */
export interface SecondAttempt {
  readonly where: string;
  readonly title: string;
  readonly why: string;
}

/** The lines to print after a run; none if every test passed at the first attempt. */
export function secondAttemptsText(tests: readonly SecondAttempt[]): string {
  if (tests.length === 0) return '';
  const lines = tests.map(({ where, title, why }) => `  ${where} > ${title}\n      ${why}`);
  const what = tests.length === 1 ? '1 test' : `${tests.length} tests`;
  return `\n${what} passed at the second attempt only:\n${lines.join('\n')}\n`;
}

/** The reporter that vitest loads by `--reporter`. */
class SecondAttempts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const again = modules.flatMap((module) =>
      [...module.children.allTests('passed')].flatMap(told),
    );
    process.stdout.write(secondAttemptsText(again));
  }
}

function told(test: TestCase): SecondAttempt[] {
  if (test.diagnostic()?.flaky !== true) return [];
  const [first] = test.result().errors ?? [];
  const why = first?.message.split('\n')[0] ?? 'for a reason that was not kept';
  return [{ where: relative('.', test.module.moduleId), title: test.fullName, why }];
}

// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its file's default export.
export default SecondAttempts;
