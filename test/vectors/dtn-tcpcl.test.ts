/**
 * Published messages and a session of the TCP convergence layer, version 4 (RFC 9174).
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { TcpclReader } from '../../nodes/dtn/layer/tcpcl-reader.ts';
import { TcpclSession } from '../../nodes/dtn/layer/tcpcl-session.ts';
import { encodeContactHeader, encodeTcpclMessage } from '../../nodes/dtn/layer/tcpcl-wire.ts';
import { vectorSets } from '../vectors-root.ts';

interface File {
  readonly messages: readonly { readonly name: string; readonly hex: string }[];
  readonly session: readonly { readonly dir?: string; readonly hex?: string }[];
}

/** Written from the layouts of RFC 9174 sections 4.2, 4.6, 5.1, 5.2 and 6.1. */
const FIGURES: File = {
  messages: [
    { name: 'contact-no-tls', hex: '64746e210400' },
    { name: 'keepalive', hex: '04' },
    { name: 'sess-term-busy', hex: '050003' },
  ],
  session: [
    { dir: 'A>B', hex: '64746e210400' },
    { dir: 'B>A', hex: '64746e210400' },
    { dir: 'A>B', hex: '07003c00000000000100000000000000100000000769706e3a312e3000000000' },
    { dir: 'B>A', hex: '07001e00000000000080000000000000100000000769706e3a322e3000000000' },
    {
      dir: 'A>B',
      hex:
        '010300000000000000000000000000000000000000549f89070001820282020182028201018202820100821b' +
        '000000ba43b74000011a0036ee80423ab585070200004100860a030001448218200042dd8086010100024d48' +
        '656c6c6f2c20576f726c642144cfd3f293ff',
    },
    { dir: 'B>A', hex: '020300000000000000000000000000000054' },
    { dir: 'A>B', hex: '050000' },
    { dir: 'B>A', hex: '050100' },
  ],
};
const CONTACT = encodeContactHeader(false);
/** Messages with extensions that this codec reads, and never writes. */
const READ_ONLY = ['sess-init-critical-extension'];

const SETS = vectorSets('dtn/tcpclv4.json', FIGURES);

describe.each(SETS)('published TCPCL, $set', ({ file }) => {
  const { messages, session } = file;

  it.each(messages)('message $name', ({ name, hex }) => {
    const bytes = fromHex(hex);
    const reader = new TcpclReader(1_000);
    const isContact = name.startsWith('contact');
    if (!isContact) {
      reader.add(CONTACT);
      expect(reader.next().kind).toBe('contact');
    }
    // One octet at a time: nothing is read before the last.
    for (const octet of bytes) {
      expect(reader.next()).toEqual({ kind: 'nothing' });
      reader.add(Uint8Array.of(octet));
    }
    const read = reader.next();
    expect(read.kind).toBe(isContact ? 'contact' : 'message');
    if (read.kind === 'contact') {
      expect([read.version, read.canTls]).toEqual([4, name === 'contact-tls']);
      expect(toHex(encodeContactHeader(read.canTls))).toBe(hex);
    }
    if (read.kind === 'message' && !READ_ONLY.includes(name)) {
      expect(toHex(encodeTcpclMessage(read.message))).toBe(hex);
    }
    expect(reader.next()).toEqual({ kind: 'nothing' });
  });

  it('session: both ends say the published octets, but for what they wish', () => {
    const hexOf = (from: string): string =>
      session
        .flatMap(({ dir, hex = '' }) => (dir?.startsWith(from) === true ? [hex] : []))
        .join('');
    const passive = new TcpclSession({
      role: 'passive',
      ownId: 'ipn:2.0',
      peerId: 'ipn:1.0',
      keepAliveS: 30,
      tls: 'off',
    });
    const written: Uint8Array[] = [];
    const bundles: Uint8Array[] = [];
    const take = (input: Parameters<TcpclSession['step']>[1]): void => {
      for (const effect of passive.step(0, input)) {
        if (effect.kind === 'write') written.push(effect.bytes);
        if (effect.kind === 'bundle') {
          bundles.push(effect.bundle);
          take({ kind: 'kept' });
        }
      }
    };
    take({ kind: 'opened' });
    for (const octet of fromHex(hexOf('A'))) take({ kind: 'bytes', bytes: Uint8Array.of(octet) });
    expect(bundles.map(({ length }) => length)).toEqual([84]);
    const said = toHex(concatBytes(...written));
    // Its segments and transfers are not as long as ours.
    const published = hexOf('B').replace(
      '00000000000080000000000000100000',
      '00000000000100000000000001000000',
    );
    expect(said).toBe(published);
  });
});
