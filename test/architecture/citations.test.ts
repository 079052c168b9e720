/**
 * Every citation in source, documents and YAML points to something that a reader of the repository
 * can open.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { citesNothingElsewhere, citesWhatExists, linksDecisions } from './citation-rules.ts';
import { repositoryFiles } from './files.ts';

/**
 * Files whose citations do not count: generated or third-party files, planted violations, and
 * history.
 */
const NOT_OURS =
  /^(schemas\/|LICENSE|package-lock|CHANGELOG|bench\/history\/|docs\/(nightly\.json|REQUIREMENTS|requirements)|test\/rules\/|test\/architecture\/citation)/;
const files = repositoryFiles().filter(({ path }) => !NOT_OURS.test(path));

describe('citations', () => {
  it('name no document outside the repository', () => {
    expect(files.length).toBeGreaterThan(1_000);
    expect(files.flatMap(citesNothingElsewhere)).toEqual([]);
  });

  it('name documents, headings, decision records and source files that exist', () => {
    expect(files.flatMap(citesWhatExists)).toEqual([]);
  });

  it('lead from a decision record in a document to its heading', () => {
    expect(files.flatMap(linksDecisions)).toEqual([]);
  });

  it.each([
    'ADR 0003',
    '[the queue](adr/engine.md), ADR 0003',
    '[ADR 0003](adr/engine.md)',
    '[ADR 0003](adr/engine.md#0065-one-simulation-stays-on-one-thread)',
  ])('refuse %j in a document, where a reader wants a link', (text) => {
    const found = linksDecisions({ path: 'docs/planted.md', text: `# One\n\n${text}\n` });
    expect(found).toEqual(['docs/planted.md:3: link ADR 0003 to its heading']);
  });

  it.each([
    '[ADR 0003](adr/engine.md#0003-the-event-queue)',
    '[ADR\n0003](#0003-the-event-queue)',
    'code cites `ADR 0003`',
  ])('accept %j in a document', (text) => {
    expect(linksDecisions({ path: 'docs/planted.md', text })).toEqual([]);
  });

  it.each([
    '(DESIGN 3)',
    '(DESIGN 5, "link tap")',
    'STYLE 21: our own mistake',
    'Spec: issue 2 section 4.',
    'Issue 16',
    '(project spec mixnet 3.6)',
    '(spec/dependencies 4.4)',
    'measured, spec 6.6',
    'docs/adr/0003',
  ])('refuse %j as a document elsewhere', (text) => {
    const planted = { path: 'engine/net/planted.ts', text: `// One.\n// ${text}\n` };
    const found = citesNothingElsewhere(planted);
    expect(found.map((one) => one.split(': ')[0])).toEqual(['engine/net/planted.ts:2']);
  });

  it.each([
    ['(simulation.md 2.1)', 'simulation.md'],
    ['(spec/ux.md 4.0)', 'spec/ux.md'],
    ['docs/spec/no-such-page.md', 'no-such-page'],
    ['docs/spec/link-model.md#no-such-heading', '#no-such-heading'],
    ['docs/VERIFICATION.md, "Must be able to fail"', 'Must be able to fail'],
    ['ADR 0999', '0999'],
    ['ADR\n * 0999', '0999'],
    ['docs/adr/no-such-page.md', 'no-such-page'],
    ['docs/adr/engine.md#0999-no-such-record', '#0999-no-such-record'],
    ['engine/net/no-such-file.ts', 'no-such-file'],
  ])('refuse %j, which does not exist', (text, named) => {
    const planted = { path: 'engine/net/planted.ts', text: `/** ${text} */\n` };
    const [found = '', ...more] = citesWhatExists(planted);
    expect(found).toContain(named);
    expect(more).toEqual([]);
  });

  it.each([
    'RFC 8289 section 5.3',
    'nodejs/node#26578',
    'scionproto/scion issue 1390',
    '[Event order](docs/spec/event-order.md)',
    'docs/spec/link-model.md#conservation',
    'ADR 0003',
    'docs/adr/engine.md#0003-the-event-queue',
    'docs/VERIFICATION.md, "It can fail"',
    'docs/spec/fingerprint.md (see engine/core/fingerprint.ts)',
    'writes report.md',
    'the BLAKE3 specification, section 2.3',
  ])('accept %j', (text) => {
    const planted = { path: 'engine/net/planted.ts', text: `// ${text}\n` };
    expect([...citesNothingElsewhere(planted), ...citesWhatExists(planted)]).toEqual([]);
  });
});
