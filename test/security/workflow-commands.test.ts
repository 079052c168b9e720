/**
 * GitHub's runner interprets lines of a step's output that begin with `::`, and `##[` anywhere, as
 * commands. The question of an untrusted scenario used to be printed unchanged, so it could put an
 * error on any file or hide the log in a group.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filterWorkflowCommands, WorkflowCommandFilter } from '../../cli/workflow-commands.ts';
import { COMMAND_LINE } from '../command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/**
 * The lines that the runner interprets: both forms in ActionCommand.cs, including the blanks that
 * .NET trims.
 */
function commandsIn(text: string): readonly string[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter((line) => /^[\s\u0085]*::/.test(line) || /##\[[^\]]*\]/.test(line));
}

const through = (...pieces: readonly string[]): string => {
  const filter = new WorkflowCommandFilter();
  return pieces.map((piece) => filter.next(piece)).join('');
};

describe('a filter for the log of a workflow', () => {
  it('leaves no command, wherever it stands and however it is cut', () => {
    const hostile = [
      '::error file=README.md::owned\n',
      'fine\r\n \t\u00a0::add-mask::a\n',
      'progress\r::group::x\n',
      'a ##[error]b ###[group]c\n',
      '##[##[debug]\n',
      '::stop-commands::x\n::x::\n',
    ].join('');
    expect(commandsIn(hostile)).toHaveLength(7);
    expect(commandsIn(through(hostile))).toEqual([]);
    for (let cut = 1; cut < hostile.length; cut += 1) {
      expect(commandsIn(through(hostile.slice(0, cut), hostile.slice(cut)))).toEqual([]);
    }
    expect(commandsIn(through(...hostile))).toEqual([]);
  });

  it('changes nothing else: not a colon within a line, not a heading, not a list', () => {
    const text = 'a::b\n# head\n## head [x]\n#[a]\n- x: 1\n  y :: z\n';
    expect(through(text)).toBe(text);
  });

  it('leaves JSON the same document', () => {
    const value = { '::error::': ['::a', '##[b]', 'c\n::d'], n: 1 };
    const text = JSON.stringify(value, null, 2);
    expect(commandsIn(text)).toHaveLength(1);
    expect(commandsIn(through(text))).toEqual([]);
    expect(JSON.parse(through(text))).toEqual(value);
  });

  it('does nothing outside of a workflow', () => {
    const write = (): boolean => true;
    const stream = { write } as unknown as NodeJS.WriteStream;
    filterWorkflowCommands({}, stream);
    filterWorkflowCommands({ GITHUB_ACTIONS: 'false' }, stream);
    expect(stream.write).toBe(write);
  });
});

describe('the command line in a workflow', () => {
  const HOSTILE = `
name: hostile
question: "::error file=cli/main.ts,line=1::this is not an error of ours ##[group]x"
topology: { name: t, nodes: [{ name: a, run: ping }, { name: b, run: ping }], links: [{ ends: a <-> b, rate: 1Mbit/s, delay: 1ms }] }
duration: 1s
traffic: [{ from: a, to: b, kind: constant, rate: 10/s, size: 100B }]
kpis: { ping.rtt: { p50: ">= 1h" } }
`;
  const BROKEN = '::error::x: 1\n"##[error]y": 2\n';

  const run = (text: string, actions: string, ...flags: readonly string[]): string => {
    const file = join(folder, 'hostile.yaml');
    writeFileSync(file, text);
    const summary = join(folder, 'summary.md');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [COMMAND_LINE, 'scenario', file, '--out', join(folder, flags.join() || 'out'), ...flags],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          CI: 'true',
          NO_COLOR: '1',
          GITHUB_ACTIONS: actions,
          GITHUB_STEP_SUMMARY: summary,
        },
      },
    );
    return `${stdout}${stderr}`;
  };

  it('prints a foreign scenario, its verdict and its mistakes without a command', () => {
    for (const text of [HOSTILE, BROKEN]) {
      const words = run(text, 'true');
      expect(words).toContain('error');
      expect(commandsIn(words)).toEqual([]);
    }
    // Outside GitHub, the text is printed unchanged, which shows that it is hostile.
    expect(commandsIn(run(HOSTILE, ''))).not.toEqual([]);
  });

  it('prints JSON that is the report', () => {
    const words = run(HOSTILE, 'true', '--json');
    expect(commandsIn(words)).toEqual([]);
    const written = readFileSync(join(folder, '--json/hostile/1/report.json'), 'utf8');
    expect(written).toContain('##[group]');
    const report: unknown = JSON.parse(words.slice(words.indexOf('{'), words.lastIndexOf('}') + 1));
    expect(report).toEqual(JSON.parse(written));
  });
});
