/** Frames of a stream, whatever the pieces in which they arrive. */
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../../nodes/_kit/frame-reader.ts';

/** A header of two bytes: a mark, and the length of the body, at most 9. */
const FORM = {
  headerBytes: 2,
  bodyBytes: (buffer: Uint8Array, offset: number): number | undefined => {
    const length = buffer[offset + 1] ?? 0;
    return buffer[offset] === 7 && length <= 9 ? length : undefined;
  },
};
const STREAM = [7, 3, 1, 2, 3, 7, 0, 7, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 7, 1, 0];
const FRAMES = [
  [7, 3, 1, 2, 3],
  [7, 0],
  [7, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1],
  [7, 1, 0],
];

function collected(): { readonly reader: FrameReader; readonly frames: number[][] } {
  const frames: number[][] = [];
  const reader = new FrameReader(FORM, (buffer, offset, length) =>
    frames.push([...buffer.subarray(offset, offset + length)]),
  );
  return { reader, frames };
}

describe('a frame reader', () => {
  it.each(STREAM.map((_, index) => index + 1))('reads a stream in pieces of %i', (size) => {
    const { reader, frames } = collected();
    for (let at = 0; at < STREAM.length; at += size) {
      // Surrounded by other bytes, to which an offset error would lead.
      const piece = Uint8Array.of(255, 255, ...STREAM.slice(at, at + size), 255);
      expect(reader.read(piece, 2, piece.length - 3)).toBe(true);
    }
    expect(frames).toEqual(FRAMES);
    expect(reader.isBetweenFrames).toBe(true);
  });

  it('knows at each byte whether the stream may end there', () => {
    const { reader, frames } = collected();
    const ends = STREAM.map((byte) => {
      const before = frames.length;
      reader.read(Uint8Array.of(byte), 0, 1);
      expect(reader.isBetweenFrames).toBe(frames.length > before);
      return reader.isBetweenFrames;
    });
    expect(ends.filter(Boolean)).toHaveLength(FRAMES.length);
  });

  it.each([1, 2, 30])('reads nothing after an invalid header, in pieces of %i', (size) => {
    const { reader, frames } = collected();
    const bytes = Uint8Array.of(7, 1, 5, 7, 10, ...STREAM);
    let isGood = true;
    for (let at = 0; at < bytes.length; at += size) {
      isGood = reader.read(bytes, at, Math.min(size, bytes.length - at));
    }
    expect([isGood, frames, reader.isBetweenFrames]).toEqual([false, [[7, 1, 5]], false]);
  });

  it('copies no frame that lies in one piece, and holds no more than one', () => {
    const seen: Uint8Array[] = [];
    const reader = new FrameReader(FORM, (buffer) => seen.push(buffer));
    const bytes = Uint8Array.of(7, 1, 5, 7, 2, 1);
    reader.read(bytes, 0, bytes.length);
    reader.read(Uint8Array.of(2), 0, 1);
    expect(seen[0]).toBe(bytes);
    expect(seen[1]).toEqual(Uint8Array.of(7, 2, 1, 2));
  });

  it('can be used again by the handler that it calls', () => {
    const frames: number[] = [];
    const reader: FrameReader = new FrameReader(FORM, (_buffer, _offset, length) => {
      frames.push(length);
      if (frames.length === 1) reader.read(Uint8Array.of(7, 0), 0, 2);
    });
    reader.read(Uint8Array.of(7), 0, 1);
    reader.read(Uint8Array.of(1, 5), 0, 2);
    expect(frames).toEqual([3, 2]);
    expect(reader.isBetweenFrames).toBe(true);
  });
});
