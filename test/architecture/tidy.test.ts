/**
 * Applies the tidy rules to every file of the repository. A message names the place and what to
 * write instead.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { isSource, repositoryFiles, type TextFile } from './files.ts';
import * as rules from './tidy-rules.ts';

const files = repositoryFiles();
const sources = files.filter((file) => isSource(file) && !file.path.endsWith('.d.ts'));
const typescript = files.filter(({ path }) => path.endsWith('.ts'));
/** Product code: everything that runs when a user runs a scenario or a node. */
const product = sources.filter(({ path }) => !/^(bench|tools)\//.test(path));
/** All files except planted violations, generated schemas and third-party text. */
const ours = files.filter(
  ({ path }) => !/^(test\/rules\/|schemas\/|LICENSE|package-lock)/.test(path),
);
/** The files that contain the forbidden words themselves. */
const RULES = /^test\/architecture\/tidy/;

function broken(rule: rules.TidyRule, some: readonly TextFile[]): readonly string[] {
  return some.flatMap(rule);
}

/** What loads modules anew, by itself or with test/unit/engine/crypto/support.ts. */
const RELOADS = /\bvi\.(mock|doMock|resetModules)\(|\bwatchWasmMemory\(/;

describe('every file', () => {
  it('begins with a module block when it is source', () => {
    expect(broken(rules.hasModuleBlock, sources)).toEqual([]);
  });

  it('R-077: contains no word that announces unfinished work', () => {
    expect(product.length).toBeGreaterThan(200);
    expect(broken(rules.hasNoUnfinishedWord, product)).toEqual([]);
  });

  it('keeps no code in comments', () => {
    expect(broken(rules.hasNoDeadCode, typescript)).toEqual([]);
  });

  it('names no path of a machine', () => {
    expect(
      broken(
        rules.hasNoMachinePath,
        ours.filter(({ path }) => !RULES.test(path)),
      ),
    ).toEqual([]);
  });

  it('has no trailing blanks, tabs or control characters, and one newline at its end', () => {
    expect(broken(rules.hasNoTrailingBlanks, ours)).toEqual([]);
    expect(broken(rules.hasCleanCharacters, ours)).toEqual([]);
  });

  it('is named after what it exports', () => {
    const named = sources.filter(({ path }) => !path.startsWith('bench/'));
    expect(broken(rules.isNamedAfterExport, named)).toEqual([]);
  });

  it('names the actions of a workflow by their commits', () => {
    const workflows = files.filter(({ path }) => path.startsWith('.github/'));
    expect(workflows.flatMap(({ text }) => text.match(/\buses:/g) ?? []).length).toBeGreaterThan(5);
    expect(broken(rules.pinsItsActions, workflows)).toEqual([]);
  });

  it('judges no pace of the machine when it is a test', () => {
    const tests = typescript.filter(
      ({ path }) => /^test\/(?!rules)/.test(path) && !RULES.test(path),
    );
    expect(tests.length).toBeGreaterThan(300);
    expect(broken(rules.judgesNoPace, tests)).toEqual([]);
  });

  it('replaces modules in a test only where their users are loaded anew', () => {
    expect(broken(rules.mocksFreshModules, typescript)).toEqual([]);
  });

  it('loads modules anew in a test only where vitest loads them', () => {
    const native = typescript.filter(({ path }) => /^[^.]+(\.slow)?\.test\.ts$/.test(path));
    expect(native.length).toBeGreaterThan(400);
    const reloading = native.filter(({ path, text }) => !RULES.test(path) && RELOADS.test(text));
    expect(reloading.map(({ path }) => path)).toEqual([]);
  });

  it('gives a reason for each rule that it switches off', () => {
    expect(broken(rules.hasReasonForIgnore, typescript)).toEqual([]);
    const count = typescript.flatMap(
      ({ text }) => text.match(/^.*\/\/ biome-ignore.*$/gm) ?? [],
    ).length;
    process.stdout.write(`rules switched off with a reason: ${count}\n`);
  });

  it('R-245: documents every export', () => {
    const exported = product.flatMap(({ text }) => text.match(/^export /gm) ?? []).length;
    expect(broken(rules.hasDocumentedExports, product)).toEqual([]);
    process.stdout.write(`documented exports: ${exported}\n`);
    expect(exported).toBeGreaterThan(1_000);
  });

  it('is short: median below 120 lines, none above 500', () => {
    const sizes = sources
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .sort((a, b) => b.lines - a.lines);
    const median = sizes[Math.floor(sizes.length / 2)]!.lines;
    const longest = sizes.slice(0, 5).map(({ path, lines }) => `  ${lines}  ${path}`);
    process.stdout.write(
      `${sizes.length} source files, median ${median} lines, longest:\n${longest.join('\n')}\n`,
    );
    expect(median).toBeLessThan(120);
    expect(sizes.filter(({ lines }) => lines > 500)).toEqual([]);
  });
});

describe('a tidy rule', () => {
  const bad: readonly (readonly [rule: rules.TidyRule, text: string])[] = [
    [rules.hasModuleBlock, 'export const a = 1;\n'],
    [rules.hasModuleBlock, '/** What it is. */\nexport const a = 1;\n'],
    [rules.hasNoUnfinishedWord, '// TODO: later\n'],
    [rules.hasNoUnfinishedWord, 'const key = placeholder;\n'],
    [rules.hasNoUnfinishedWord, '/** Simulates the handshake. */\n'],
    [rules.hasNoUnfinishedWord, "throw new Error('not implemented');\n"],
    [rules.hasNoUnfinishedWord, '// simplified for now\n'],
    [rules.hasNoDeadCode, '  // const a = 1;\n'],
    [rules.hasNoDeadCode, '// if (a > b) {\n'],
    [rules.hasNoMachinePath, "const root = '/home/me/orrery';\n"],
    [rules.judgesNoPace, 'expect(performance.now() - began).toBeLessThan(500);\n'],
    [rules.judgesNoPace, 'expect(Date.now() - this.began).toBeLessThanOrEqual(1_999.9);\n'],
    [rules.judgesNoPace, 'expect((performance.now() - before) / 200).toBeLessThan(34.5);\n'],
    [rules.judgesNoPace, "import { cpuTimeUs } from '../../bench/bench-result.ts';\n"],
    [rules.mocksFreshModules, "vi.mock('./a.ts', () => ({}));\nimport { b } from './b.ts';\n"],
    [rules.hasNoTrailingBlanks, 'a \n'],
    [rules.hasCleanCharacters, 'a\tb\n'],
    [rules.hasCleanCharacters, 'a\n\n'],
    [rules.hasCleanCharacters, 'a'],
    [rules.hasReasonForIgnore, '// biome-ignore lint/style/noEnum: x\n'],
    [rules.hasReasonForIgnore, '// biome-ignore it: all of it is bad\n'],
    [rules.hasDocumentedExports, 'const a = 1;\n\nexport function b(): void {}\n'],
    [rules.pinsItsActions, '      - uses: actions/checkout@v4\n'],
    [rules.pinsItsActions, '        uses: "actions/cache/save@main"\n'],
    [rules.pinsItsActions, `      - uses: actions/checkout@${'a'.repeat(40)}\n`],
    [rules.pinsItsActions, `      - uses: actions/checkout@${'a'.repeat(39)} # v4.3.1\n`],
    [rules.isNamedAfterExport, 'export function somethingElse(): void {}\n'],
  ];

  it.each(bad)('%o refuses %j', (rule, text) => {
    expect(rule({ path: 'nodes/x/replay-window.ts', text })).not.toEqual([]);
  });

  it('accepts what is tidy', () => {
    const text = '/** The window.\n * @module\n */\n/** One. */\nexport class ReplayWindow {}\n';
    const watchdog = 'expect(performance.now() - began).toBeLessThan(2_000);\n';
    expect(rules.judgesNoPace({ path: 'test/a.test.ts', text: watchdog })).toEqual([]);
    const all = Object.values(rules) as readonly rules.TidyRule[];
    expect(all.flatMap((rule) => rule({ path: 'nodes/x/replay-window.ts', text }))).toEqual([]);
  });
});
