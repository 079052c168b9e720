/**
 * What reports say about messages: what happened to each, or why that is unknown.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../../reports/html/html.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { renderMarkdown } from '../../../reports/markdown.ts';
import { messagesReportPart } from '../../../reports/messages.ts';
import type { SeedResult } from '../../../reports/model.ts';
import type { Report } from '../../../reports/report-schema.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { runInput, seedResult } from './fixture.ts';

const MESSAGES = {
  submitted: 20,
  delivered: 10,
  refused: { overload: 4 },
  givenUp: 0,
  lost: { 'node-crashed': 3, loss: 2 },
  open: 1,
};

function reportWith(part: Pick<SeedResult, 'messages' | 'messagesUntracked'>): Report {
  const input = runInput({ seeds: 1, slowdown: 1 });
  const seeds = input.seeds.map(({ messages: _, messagesUntracked: __, ...seed }) => seed);
  return judgeRun({ ...input, seeds: seeds.map((seed) => ({ ...seed, ...part })) });
}

const terminal = (report: Report): string =>
  renderTerminal(report, { width: 100, colour: false, unicode: true });

describe('messages in reports', () => {
  it('stand in terminal, HTML and Markdown with the reasons of those that did not arrive', () => {
    const report = reportWith({ messages: MESSAGES });
    const line = '20 submitted = 10 delivered + 4 refused + 0 given up + 5 lost + 1 open';
    expect(terminal(report)).toContain(line);
    expect(terminal(report)).toContain('lost: node-crashed 3 · loss 2');
    expect(renderMarkdown(report)).toContain('| lost: node-crashed | 3 |');
    const html = renderHtml(report).replaceAll('\u00a0', ' ');
    expect(html).toContain(line);
    expect(html).toContain('Drops: refused: overload 4, node-crashed 3, loss 2, open 1');
  });

  it('were passed over in silence where nobody keeps account: each report says why', () => {
    const report = reportWith({ messagesUntracked: 'protocol x does not report them' });
    const text = 'not tracked: protocol x does not report them';
    expect(terminal(report)).toContain(`Messages ${text}`);
    expect(renderMarkdown(report)).toContain(`Messages are ${text}.`);
    expect(renderHtml(report)).toContain(`<p>Messages are ${text}.</p>`);
    expect(report.messages).toBeUndefined();
  });

  it('add up over seeds, as long as one has an account', () => {
    const { messages } = messagesReportPart(
      [1, 2].map((seed) => ({ ...seedResult(seed, 1), messages: MESSAGES })),
    );
    expect(messages).toMatchObject({ submitted: 40, lost: { loss: 4, 'node-crashed': 6 } });
  });
});
