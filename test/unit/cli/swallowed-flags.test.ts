import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addRunOptions } from '../../../cli/run-flags.ts';
import { refuseFlagsSwallowedByNpm } from '../../../cli/swallowed-flags.ts';

/** What npm 11 leaves of a command line: words, and the rest in its environment. */
function afterNpm(
  words: readonly string[],
  config: Readonly<Record<string, string>>,
  event = 'scenario',
): () => void {
  const program = new Command();
  addRunOptions(program.command('scenario'), 'scenario');
  const entries = Object.entries(config).map(([key, value]) => [`npm_config_${key}`, value]);
  const env = { npm_lifecycle_event: event, ...Object.fromEntries(entries) };
  return () => refuseFlagsSwallowedByNpm(program, ['scenario', ...words], env);
}

const hintOf = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    return (error as { readonly hint: string }).hint;
  }
  return 'nothing refused';
};

it.each([
  // npm run scenario failover.yaml --seeds 3
  [['failover.yaml', '3'], { seeds: 'true' }, 'failover.yaml -- --seeds 3'],
  // … --seeds=3 --json
  [['failover.yaml'], { seeds: '3', json: 'true' }, 'failover.yaml -- --seeds 3 --json'],
  // … --set a=1 --set b=2
  [['a.yaml', 'a=1', 'b=2'], { set: 'true\n\ntrue' }, 'a.yaml -- --set a=1 --set b=2'],
  // … --seed 7 --set a=1: which word is whose is not known
  [['a.yaml', '7', 'a=1'], { seed: 'true', set: 'true' }, 'a.yaml -- --seed N --set PATH=VALUE'],
  [['a.yaml'], { trace: '' }, 'a.yaml -- --no-trace'],
  [['a.yaml'], { trace: 'full' }, 'a.yaml -- --trace full'],
] as const)('%j with %j ran with one seed and passed', (words, config, command) => {
  expect(hintOf(afterNpm(words, config))).toBe(`flags go behind --: npm run scenario ${command}`);
});

it('lets what is of npm, or of another script, pass', () => {
  expect(afterNpm(['a.yaml'], { color: 'always', yes: '', cache: '/x' })).not.toThrow();
  expect(afterNpm(['a.yaml'], { seeds: 'true' }, 'test')).not.toThrow();
});
