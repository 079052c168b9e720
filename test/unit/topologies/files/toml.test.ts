/** TOML files: values as TOML v1.0.0 defines them, and mistakes with line, column and caret. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, type ConfigIssue } from '../../../../topologies/files/config-error.ts';
import { readToml } from '../../../../topologies/files/toml.ts';

const table = z.strictObject({
  port: z.number(),
  title: z.string().optional(),
  enabled: z.boolean().optional(),
});
const schema = z.strictObject({
  node: table,
  sphinx: z.strictObject({ hops: z.int().max(5) }).optional(),
  peers: z.array(z.strictObject({ name: z.string() })).optional(),
});

function refused(text: string): ConfigError {
  try {
    readToml('a.toml', text, schema);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the text was read');
}

/** The first mistake: its code, its place, and the text above the carets. */
function firstOf(text: string): readonly [string, number, number, string] {
  const { code, line, column, endColumn, sourceLine = '' } = refused(text).issues[0] as ConfigIssue;
  return [code, line, column, sourceLine.slice(column - 1, endColumn - 1)];
}

describe('a TOML text', () => {
  it('is read with its tables, arrays of tables, dotted keys and values', () => {
    const text = `
# a comment with [ and "
top.inner.deep = +1_000
"quoted key" = 'a\\path'
list = [ 0x1F, [ -0.5, { x = true, y.z = "é\\u00e9\\n" } ], # and so on
]
text = """
one \\
   line"""
[top.other]
raw = '''it's''''
[[hop]]
name = "a"
[hop.key]
file = "k"
[[hop]]
name = "b"
[hop.key]
file = "l"
`;
    expect(readToml('a.toml', text, z.unknown())).toEqual({
      top: { inner: { deep: 1_000 }, other: { raw: "it's'" } },
      'quoted key': 'a\\path',
      list: [31, [-0.5, { x: true, y: { z: 'éé\n' } }]],
      text: 'one line',
      hop: [
        { name: 'a', key: { file: 'k' } },
        { name: 'b', key: { file: 'l' } },
      ],
    });
  });

  it('may be empty, and may begin with a byte order mark', () => {
    expect(readToml('a.toml', '', z.strictObject({}))).toEqual({});
    expect(readToml('a.toml', '\ufeffx = 1', z.unknown())).toEqual({ x: 1 });
    expect(firstOf('\ufeffnode = 1')).toEqual(['E103', 1, 8, '1']);
  });

  it('is refused in the form of our own files, all mistakes together', () => {
    const text = '[node]\nprot = 9_001\ntitle = 5\n\n[sphinx]\r\nhops = 6\r\n';
    expect(refused(text).message).toBe(`a.toml:2:1  node.prot: unknown key
   2 | prot = 9_001
     | ^^^^
   hint: did you mean port?
a.toml:3:9  node.title: the number 5, expected a text
   3 | title = 5
     |         ^
a.toml:6:8  sphinx.hops: 6 is above the maximum 5
   6 | hops = 6
     |        ^`);
  });

  it.each([
    ['a text for a number', '[node]\nport = "x"', ['E103', 2, 8, '"x"']],
    ['a value for a table', 'node = 5', ['E103', 1, 8, '5']],
    ['an array for a table', '[[node]]\nport = 1', ['E103', 1, 3, 'node']],
    ['a missing key', '\n[node]\ntitle = "x"', ['E121', 2, 2, 'node']],
    ['a missing key of a table in line', 'node = { title = "x" }', ['E121', 1, 1, 'node']],
    ['a missing table', 'sphinx.hops = 1', ['E121', 1, 1, '']],
    [
      'a missing key of the second table of an array',
      '[[peers]]\nname="a"\n[[peers]]\n[node]\nport=1',
      ['E121', 3, 3, 'peers'],
    ],
    ['a wrong value below a dotted key', 'node."port" = []', ['E103', 1, 15, '[]']],
    ['a key twice', '[node]\nport = 1\n\nport = 2', ['E114', 4, 1, 'port']],
    ['a key twice, once dotted', 'node.port = 1\nnode = {}', ['E114', 2, 1, 'node']],
    ['a table twice', '[node]\nport = 1\n[node]', ['E114', 3, 2, 'node']],
    [
      'a date for a number',
      '[node]\nport = 1979-05-27 07:32:00Z',
      ['E103', 2, 8, '1979-05-27 07:32:00Z'],
    ],
    ['a time for a text', '[node]\ntitle = 07:32:00', ['E103', 2, 9, '07:32:00']],
    [
      'a number that a double cannot hold',
      '[node]\nport = 9007199254740993',
      ['E104', 2, 8, '9007199254740993'],
    ],
    ['a number that is infinite', '[node]\nport = -inf', ['E115', 2, 8, '-inf']],
    ['the name of the prototype', '[node.__proto__]\nport = 1', ['E101', 1, 7, '__proto__']],
    ['the name of a method', 'node.port = 1\ntoString = 5', ['E101', 2, 1, 'toString']],
    ['no equals sign', '[node]\nport 9001', ['E119', 2, 6, '9001']],
    ['no value', '[node]\nport =', ['E119', 2, 7, '']],
    ['no value, and a newline', '[node]\nport = \n\n', ['E119', 2, 7, ' ']],
    ['a zero at its end', 'node = 0', ['E103', 1, 8, '0']],
    ['a rest after a date at its end', 'node = 1979-05-27 0', ['E119', 1, 19, '0']],
    ['no value, and more lines', '[node]\nport = # 9001\n[sphinx]', ['E119', 3, 1, '[']],
    ['no quotes', '[node]\ntitle = middle-1', ['E119', 2, 9, 'middle-1']],
    ['no quotes around an address', '[node]\ntitle = 127.0.0.1', ['E119', 2, 14, '.0.1']],
    ['a value that goes on', '[node]\nport = 1 title = "x"', ['E119', 2, 10, 'title']],
    ['an open quote', '[node]\ntitle = "x\nport = 1\n[sphinx]', ['E119', 2, 9, '"']],
    ['three open quotes', '[node]\ntitle = """x"\n# ""', ['E119', 2, 9, '"""']],
    ['an open list', 'list = [ 1,\n\n[node]\nport = 1', ['E119', 1, 8, '[']],
    ['a mistake in a list that is closed', 'list = [\n1,\nx ]', ['E119', 3, 1, 'x']],
    ['an open table in line', 'node = { port = 1\n[sphinx]', ['E119', 1, 8, '{']],
    ['a mistake before an open list', 'port 1\nlist = [', ['E119', 1, 6, '1']],
    ['a mistake below a text that ends in a quote', 'x = """y""""\nport 1', ['E119', 2, 6, '1']],
    ['an open header', '[node\nport = 1', ['E119', 1, 1, '[']],
    ['a path of Windows', '[node]\ntitle = "ab\\Users"', ['E119', 2, 13, 'Users']],
    ['a control character', '[node]\ntitle = "\u0000"', ['E119', 2, 10, '\u0000']],
    ['a leading zero', '[node]\nport = 09', ['E119', 2, 8, '09']],
    ['what only TOML 1.1 has', 'node = { port = 1, }', ['E119', 1, 20, '}']],
  ] as const)('is refused where it has %s', (_what, text, place) => {
    expect(firstOf(text)).toEqual(place);
  });

  it.each([
    ['[node]\ntitle = """x', 'hint: add """ at its end'],
    ['[node]\nenabled = True', 'true and false begin with a small letter'],
    ['[node]\ntitle = 10.0.0.1', 'hint: put texts in quotes; write one key on each line'],
    ['[node]\nport 1', 'expected equal (=) token'],
    ['[node]\ntitle = "\\q"', 'hint: use single quotes, or \\\\ for a backslash'],
    ['[node]\nport = 1\nport = 2', 'defining a key multiple times is invalid'],
  ])('is refused in plain words: %j', (text, words) => {
    expect(refused(text).message).toContain(words);
  });

  it.each([
    ['lists', (levels: number): string => `x = ${'['.repeat(levels)}${']'.repeat(levels)}`],
    [
      'tables in line',
      (levels: number): string => `x = ${'{x='.repeat(levels)}1${'}'.repeat(levels)}`,
    ],
    ['dotted keys', (levels: number): string => `x${'.x'.repeat(levels)} = 1`],
    ['headers', (levels: number): string => `[x${'.x'.repeat(levels - 1)}]\nx = 1`],
  ])('is refused where %s are nested too deep', (_what, nested) => {
    const depth = 'lists and maps are nested more than 64 deep here';
    expect(() => readToml('a.toml', nested(63), z.unknown())).not.toThrow();
    expect(() => readToml('a.toml', nested(65), z.unknown())).toThrow(depth);
    expect(refused(nested(10_000)).message).toContain(depth);
  });

  it('may have any number of brackets in texts and comments', () => {
    const brackets = '['.repeat(1_000);
    const text = `# '${brackets}\na = "\\"${brackets}"\nb = '\\${brackets}'\nc = """"\n"${brackets}"""""\n`;
    expect(Object.keys(readToml('a.toml', text, z.looseObject({})))).toEqual(['a', 'b', 'c']);
  });

  it('is refused unread when it is too long', () => {
    expect(firstOf(`#${'x'.repeat(64_000)}`)).toEqual(['E117', 1, 1, '#']);
    expect(readToml('a.toml', `a = "${'x'.repeat(63_994)}"`, z.unknown())).toBeDefined();
  });

  it.each([
    ['brackets', '['],
    ['braces', '{a='],
    ['keys', 'a.'],
    ['double quotes', '"'],
    ['single quotes', "'"],
    ['backslashes in quotes', '"\\'],
    ['digits', 'a=9'],
    ['headers', '[[a]]\n'],
    ['headers below each other', '[a.a]\n'],
    ['lines', '\n'],
  ])('is read, or refused by name, where it is full of %s', (_what, part) => {
    for (const before of ['', 'a = ', 'a = [', 'a = """', "a = '", 'a = 1']) {
      const text = `${before}${part.repeat(64_000)}`.slice(0, 64_000);
      try {
        readToml('a.toml', text, z.unknown());
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }
  });
});
