/** Links of the Lab: what is written is read, and what strangers write is refused by name. @module */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type LabLink,
  LINK_BYTES_MAX,
  LINK_CHARS_MAX,
  LINK_FILES_MAX,
  LINK_ITEMS_MAX,
  readLabLink,
  writeLabLink,
} from '../../../lab/link/lab-link.ts';
import { ROOT } from '../../architecture/files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const NOTHING: LabLink = { files: new Map(), scenario: 'hello.yaml', seeds: null, set: [] };

/** A link with any content, made without the writer. */
const linkOf = (text: string | Buffer): string =>
  `1.${deflateRawSync(text, { level: 9 }).toString('base64url')}`;
const linkOfHead = (head: unknown): string => linkOf(`${JSON.stringify(head)}\n`);
const withFiles = (...names: readonly string[]): string =>
  linkOfHead({ s: 'hello.yaml', f: names.map((name) => [name, 0]) });

async function faultOf(text: string): Promise<string> {
  const read = await readLabLink(text);
  return read.kind === 'refused' ? read.fault : read.kind;
}

describe('a link', () => {
  it('says again what was written: files of text and of bytes, seeds, changed values', async () => {
    const link: LabLink = {
      files: new Map([
        ['mine.yaml', bytes('\ufeffname: mine\r\nquestion: Ω?\r\n')],
        ['captures/office.pcapng', Uint8Array.of(0, 255, 128, 10)],
      ]),
      scenario: 'mine.yaml',
      seeds: [0, 7, Number.MAX_SAFE_INTEGER],
      set: ['duration=1s', 'events=[]'],
    };
    const text = await writeLabLink(link, new Map());
    expect(text).toMatch(/^1\.[\w-]+$/);
    expect(await readLabLink(text)).toEqual({ kind: 'link', link });
  });

  it('leaves out shipped files, except those of which a byte differs', async () => {
    const shipped = new Map([
      ['hello.yaml', bytes('name: hello')],
      ['b.yaml', bytes('b: 1')],
    ]);
    const files = new Map([
      ['hello.yaml', bytes('name: hello')],
      ['b.yaml', bytes('b: 2')],
    ]);
    const read = await readLabLink(await writeLabLink({ ...NOTHING, files }, shipped));
    expect(read).toMatchObject({ link: { files: new Map([['b.yaml', bytes('b: 2')]]) } });
  });

  it('takes at most 8 kB with any shipped scenario and its topology changed', async () => {
    const load = (folder: string): [string, Uint8Array][] =>
      readdirSync(join(ROOT, folder))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => [name, bytes(`${readFileSync(join(ROOT, folder, name), 'utf8')}# mine\n`)]);
    const topologies = new Map(load('topologies'));
    const lengths = await Promise.all(
      load('scenarios').map(async ([name, text]) => {
        const used = /^topology: (\S+\.yaml)$/m.exec(new TextDecoder().decode(text))?.[1] ?? '';
        const topology = topologies.get(used);
        const files = new Map([[name, text]]);
        if (topology !== undefined) files.set(`topologies/${used}`, topology);
        return (await writeLabLink({ ...NOTHING, files, seeds: [1, 2, 3] }, new Map())).length;
      }),
    );
    expect(lengths.length).toBeGreaterThan(60);
    process.stdout.write(`longest link ${Math.max(...lengths)} characters\n`);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(8_000);
  });
});

describe('a link of a stranger is refused by name', () => {
  it('if it is longer than any link, before it is looked at', async () => {
    expect(await faultOf('!'.repeat(LINK_CHARS_MAX + 1))).toBe('too-long');
  });

  it('if a newer version wrote it', async () => {
    expect(await faultOf('2.abcd')).toBe('unknown-version');
  });

  it.each(['', '1', '1.', '1.????', '1.AAAA', 'x.AAAA', '1.A', '<img src=x>'])(
    'if it is damaged: %j',
    async (text) => {
      expect(await faultOf(text)).toBe('damaged');
    },
  );

  it('if it is cut off at any character', async () => {
    const text = linkOfHead({ s: 'hello.yaml', v: ['a=b'] });
    for (let end = 0; end < text.length; end += 1) {
      expect(await faultOf(text.slice(0, end))).toBe('damaged');
    }
  });

  it('if it inflates to more than 10 MB, of which it inflates no more than a chunk too much', async () => {
    const bomb = linkOf(Buffer.alloc(300_000_000));
    expect(bomb.length).toBeLessThan(LINK_CHARS_MAX);
    const before = process.memoryUsage.rss();
    expect(await faultOf(bomb)).toBe('too-large');
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
  });

  it('but not if it inflates to exactly 10 MB', async () => {
    const head = `${JSON.stringify({ s: 'a', f: [['a', LINK_BYTES_MAX - 30]] })}\n`;
    expect(head).toHaveLength(30);
    const full = head + 'x'.repeat(LINK_BYTES_MAX - 30);
    expect(await faultOf(linkOf(full))).toBe('link');
    expect(await faultOf(linkOf(`${full} `))).toBe('too-large');
  });

  it.each([
    ['no line', '{"s":"a"}'],
    ['no object', 'null\n'],
    ['no JSON', '{\n'],
    ['no scenario', '{}\n'],
    ['a scenario of another type', '{"s":1}\n'],
    ['a seed that is none', '{"s":"a","n":[-1]}\n'],
    ['seeds of another type', '{"s":"a","n":{"length":1e9}}\n'],
    ['a value without a name', '{"s":"a","v":["=1"]}\n'],
    ['a file without a length', '{"s":"a","f":[["a"]]}\n'],
    ['a file of a length that is none', '{"s":"a","f":[["a",1.5]]}\nxx'],
    ['more bytes than its files', '{"s":"a","f":[["a",1]]}\nxx'],
    ['fewer bytes than its files', '{"s":"a","f":[["a",3]]}\nxx'],
    ['nesting without end', '['.repeat(9_000_000)],
    ['nesting to the end of a line', `${'['.repeat(90_000)}\n`],
    ['no UTF-8', Buffer.of(0x22, 0xff, 0x22, 0x0a)],
  ])('if it holds %s', async (_what, content) => {
    expect(await faultOf(linkOf(content))).toBe('damaged');
  });

  it('if it has too many files, seeds or changed values', async () => {
    const names = Array.from({ length: LINK_FILES_MAX + 1 }, (_, at) => `${at}.yaml`);
    const seeds = Array.from({ length: LINK_ITEMS_MAX + 1 }, (_, at) => at);
    expect(await faultOf(withFiles(...names))).toBe('too-many');
    expect(await faultOf(withFiles(...names.slice(1)))).toBe('link');
    expect(await faultOf(linkOfHead({ s: 'a', n: seeds }))).toBe('too-many');
    const set = seeds.map((at) => `a=${at}`);
    expect(await faultOf(linkOfHead({ s: 'a', v: set }))).toBe('too-many');
  });

  it.each([
    ...['', '../a.yaml', 'a/../b.yaml', '/a.yaml', 'a//b.yaml', '.hidden', 'a\\b'],
    ...['__proto__', 'a/__proto__', '<img src=x onerror=alert(1)>.yaml', 'a\u0000', 'a\nb', '-a'],
    // The download has results of these names, and nobody can tell whose they are.
    ...['results/report.html', 'Results/a.yaml', 'results', 'README.txt', 'readme.TXT'],
    ...['a/b.html', 'a.HTM', 'a.xhtml', 'a.svg'],
    'x'.repeat(201),
  ])('if a file is named %j', async (name) => {
    expect(await faultOf(withFiles(name))).toBe('bad-name');
    expect(await faultOf(linkOfHead({ s: name }))).toBe('bad-name');
  });

  it('names of properties that every object has are plain names of files', async () => {
    const read = await readLabLink(withFiles('constructor', 'toString', 'hasOwnProperty'));
    expect(read).toMatchObject({ kind: 'link' });
    expect(({} as Record<string, unknown>)['f']).toBeUndefined();
    const nested = linkOf('{"s":"a","__proto__":{"f":[["..",0]]}}\n');
    expect(await faultOf(nested)).toBe('link');
  });

  it.each(['x.tsx', 'nodes/x.JSX', 'x.wasm'])(
    'if it holds code that no run takes: %s',
    async (name) => {
      expect(await faultOf(withFiles(name))).toBe('code');
    },
  );

  it('if nobody can be asked to read its code', async () => {
    const head = (bytes: number): string => `{"s":"a.yaml","f":[["a.ts",${bytes}]]}\n`;
    expect(await faultOf(linkOf(head(300_001) + ' '.repeat(300_001)))).toBe('too-large');
    expect(await faultOf(linkOf(head(300_000) + ' '.repeat(300_000)))).toBe('link');
  });
});
