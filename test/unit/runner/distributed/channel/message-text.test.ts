import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasMoreValues,
  messageFromText,
  messageToText,
} from '../../../../../runner/distributed/channel/message-text.ts';

function roundTrip(message: object): unknown {
  return messageFromText(messageToText(message));
}

describe('a message as text', () => {
  it('is plain JSON where JSON is enough', () => {
    expect(messageToText({ kind: 'ready', nodes: ['a', null, true, 1.5] })).toBe(
      '{"kind":"ready","nodes":["a",null,true,1.5]}',
    );
  });

  it('carries bytes, floats, big integers and numbers that JSON has not', () => {
    const message = {
      bytes: Uint8Array.of(0, 255, 128),
      floats: Float64Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY, -0),
      instant: 2n ** 63n,
      numbers: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
      empty: { bytes: new Uint8Array(0), floats: new Float64Array(0), list: [], plain: {} },
    };
    expect(roundTrip(message)).toEqual(message);
    expect(messageToText({ b: Uint8Array.of(1) })).toBe('{"b":{"$bytes":"AQ=="}}');
    expect(messageToText({ f: Float64Array.of(1) })).toBe('{"f":{"$f64":"AAAAAAAA8D8="}}');
  });

  it('carries a view of part of a buffer, and gives plain arrays of its own', () => {
    const view = Buffer.from('0123456789').subarray(3, 6);
    const { view: got } = roundTrip({ view }) as { view: Uint8Array };
    expect(got).toEqual(new Uint8Array([0x33, 0x34, 0x35]));
    expect(got.constructor).toBe(Uint8Array);
    expect(got.buffer.byteLength).toBe(3);
  });

  it('mistakes no object of the owner for one of its own', () => {
    for (const message of [
      { $bytes: 'AQ==' },
      { $object: { $object: 1 } },
      { $number: 'NaN' },
      { deep: [{ $f64: { $bytes: Uint8Array.of(1) } }] },
      { $: Number.NaN },
      { $a: 1, $b: 2 },
    ]) {
      expect(roundTrip(message)).toEqual(message);
    }
  });

  it('leaves out what is undefined, and changes no prototype', () => {
    expect(roundTrip({ a: undefined, b: 1 })).toEqual({ b: 1 });
    const message = JSON.parse('{"__proto__":{"isAdmin":true},"b":1}') as object;
    const got = roundTrip(message) as object;
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    expect(JSON.stringify(got)).toBe('{"__proto__":{"isAdmin":true},"b":1}');
  });

  it('has a file of the user once, however many hosts name it', () => {
    const [list, other] = ['bread,20\n'.repeat(1_000), 'milk,12\n'.repeat(1_000)];
    const nodes = Array.from({ length: 18 }, (_, number) => ({
      options: { prices: { file: './my.csv', text: number === 7 ? other : list } },
    }));
    const message = { type: 'load', nodes, $texts: [0], own: [{ $text: 0 }, { $texts: [[]] }] };
    expect(roundTrip(message)).toEqual(message);
    expect(roundTrip({ $texts: message })).toEqual({ $texts: message });
    expect(messageToText(message).length).toBeLessThan(21_000);
  });

  it('counts values, and not the commas and brackets of texts', () => {
    const bytes = (message: object): Buffer => Buffer.from(messageToText(message));
    const quoted = bytes({ text: '\\",[{,"'.repeat(200), list: [1, 2, 3] });
    // The list of texts, the message and its parts.
    expect(hasMoreValues(quoted, 10)).toBe(false);
    expect(hasMoreValues(quoted, 9)).toBe(true);
    expect(hasMoreValues(bytes({ list: Array.from({ length: 99 }, () => []) }), 100)).toBe(true);
  });

  it('gives back whatever data a property test finds', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.constant('long'.repeat(300)),
      fc.double(),
      fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n }),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array(),
      fc.float64Array(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(
          fc.oneof(fc.string(), fc.constantFrom('$bytes', '$object', '$x')),
          tie('tree'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(roundTrip({ value })).toEqual({ value });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [{ when: new Date(0) }, 'message.when: an object of class Date is not data'],
    [{ table: { rows: [new Map()] } }, 'message.table.rows[0]: an object of class Map is not data'],
    [{ list: [undefined] }, 'message.list[0]: undefined is not data'],
    [{ call: (): void => undefined }, 'message.call: function is not data'],
    [
      { floats: new Float32Array(1) },
      'message.floats: an object of class Float32Array is not data',
    ],
  ])('refuses what is not data and names its place: %o', (message, expected) => {
    expect(() => messageToText(message)).toThrow(new TypeError(expected));
  });

  it('refuses a cycle', () => {
    const ring: { next?: object } = {};
    ring.next = ring;
    expect(() => messageToText(ring)).toThrow(/nested deeper than 200 levels/);
  });

  it.each([
    ['{', SyntaxError],
    ['{"$what":"1"}', TypeError],
    ['{"$bytes":1}', TypeError],
    ['{"$f64":"AAAA"}', TypeError],
    ['{"$bigint":"0x10"}', TypeError],
    [`{"$bigint":"${'9'.repeat(41)}"}`, TypeError],
    ['{"$number":"toString"}', TypeError],
    ['{"$texts":[]}', TypeError],
    ['{"$texts":{"0":[]}}', TypeError],
    ['{"$texts":[["a"],{"b":{"$text":1}}]}', TypeError],
    ['{"$texts":[["a"],{"b":{"$text":"0"}}]}', TypeError],
    ['{"$texts":[[["a"]],{"b":{"$text":0}}]}', TypeError],
    ['{"a":{"$texts":[["a"],{}]}}', TypeError],
    ['['.repeat(100_000) + ']'.repeat(100_000), RangeError],
  ])('refuses text that it has not written: %.30s', (text, error) => {
    expect(() => messageFromText(text)).toThrow(error);
  });
});
