/**
 * Records on streams: they read the same however the stream is cut, and a record that the peer must
 * not send ends the reading.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  type AuthorityRecordType,
  createAuthorityRecordReader,
  decodeDocumentRecord,
  decodeDocumentRequest,
  encodeAuthorityRecord,
  encodeDocumentRecord,
  encodeDocumentRequest,
} from '../../../../nodes/mixnet/records.ts';

const ALL: readonly AuthorityRecordType[] = ['upload', 'accepted', 'refused', 'ask', 'document'];

/** Reads pieces; returns the records, or undefined if the reader failed. */
function read(pieces: readonly Uint8Array[], allowed = ALL): (readonly string[])[] | undefined {
  const seen: (readonly string[])[] = [];
  const reader = createAuthorityRecordReader(allowed, (type, body) =>
    seen.push([type, toHex(body)]),
  );
  const isSound = pieces.every((piece) => reader.read(piece, 0, piece.length));
  return isSound ? seen : undefined;
}

describe('records', () => {
  const bytes = concatBytes(
    encodeDocumentRequest(0x0102_0304_0506),
    encodeAuthorityRecord('accepted', new Uint8Array(0)),
    encodeAuthorityRecord('upload', fromHex('aabbcc')),
    encodeDocumentRecord('here', fromHex('dd')),
  );
  const expected = [
    ['ask', '010203040506'],
    ['accepted', ''],
    ['upload', 'aabbcc'],
    ['document', '00dd'],
  ];

  it('are read the same wherever the stream cuts them', () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('say whether the stream may end here', () => {
    const reader = createAuthorityRecordReader(ALL, () => undefined);
    const ask = encodeDocumentRequest(7);
    expect(reader.isBetweenFrames).toBe(true);
    reader.read(ask, 0, 3);
    expect(reader.isBetweenFrames).toBe(false);
    reader.read(ask, 3, ask.length - 3);
    expect(reader.isBetweenFrames).toBe(true);
  });

  it('of an unknown type, of a length above their bound, or not for this side break the reader', () => {
    expect(read([fromHex('0000000000')])).toBeUndefined();
    expect(read([fromHex('12000000ff')])).toBeUndefined();
    expect(read([fromHex('20ffffffff')])).toBeUndefined();
    expect(read([encodeDocumentRequest(1)], ['document'])).toBeUndefined();
    const reader = createAuthorityRecordReader(ALL, () => undefined);
    reader.read(fromHex('0000000000'), 0, 5);
    expect(reader.isBetweenFrames).toBe(false);
    expect(reader.read(encodeDocumentRequest(1), 0, 11)).toBe(false);
  });

  it('carry epochs and answers, and nothing else passes for one', () => {
    expect(decodeDocumentRequest(fromHex('010203040506'))).toBe(0x0102_0304_0506);
    expect(decodeDocumentRequest(fromHex('0102030405'))).toBeUndefined();
    expect(decodeDocumentRecord(fromHex('01'))?.status).toBe('not-yet');
    expect(decodeDocumentRecord(fromHex('02'))?.status).toBe('gone');
    expect(decodeDocumentRecord(fromHex('0355'))).toBeUndefined();
    expect(decodeDocumentRecord(new Uint8Array(0))).toBeUndefined();
  });
});
