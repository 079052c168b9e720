import { describe, expect, it } from 'vitest';
import { FRAME_TYPE } from '../../../../../nodes/gateway/geometry.ts';
import { FrameCopies } from '../../../../../nodes/gateway/replay/frame-copies.ts';
import {
  EPIC_META_LENGTH,
  PATH_TYPE_EPIC,
  PATH_TYPE_SCION,
} from '../../../../../nodes/scion/index.ts';

type Path = Parameters<FrameCopies['taken']>[1];
type Frame = Parameters<FrameCopies['taken']>[0];

/** A packet whose path, behind four other bytes, is these bytes. */
function on(bytes: readonly number[], pathType: number = PATH_TYPE_SCION): Path {
  const buffer = Uint8Array.from([9, 9, 9, 9, ...bytes, 7]);
  return { buffer, start: 1, pathOffset: 4, headerLength: 3 + bytes.length, pathType };
}
const A = on([1, 2, 3]);
const B = on([1, 2, 4]);
const frame = (sequence: number, epoch = 1): Frame => ({ type: FRAME_TYPE.data, epoch, sequence });

describe('of a frame that the window took, a copy', () => {
  it('is a duplicate if it is the second and came on another path, and any further one a replay', () => {
    const copies = new FrameCopies(64);
    copies.taken(frame(5), A);
    expect(copies.nameRepeat(frame(5), A)).toBe('replay');
    expect(copies.nameRepeat(frame(5), B)).toBe('duplicate');
    expect(copies.nameRepeat(frame(5), B)).toBe('replay');
    expect(copies.nameRepeat(frame(5), on([8]))).toBe('replay');
  });

  it('is a replay if the first was never seen, was long ago, is of another epoch, or is no data', () => {
    const copies = new FrameCopies(64);
    expect(copies.nameRepeat(frame(5), B)).toBe('replay');
    copies.taken(frame(5), A);
    copies.taken(frame(5 + 64), A);
    expect(copies.nameRepeat(frame(5), B)).toBe('replay');
    expect(copies.nameRepeat(frame(5 + 64, 2), B)).toBe('replay');
    copies.taken({ ...frame(7), type: FRAME_TYPE.probe }, A);
    expect(copies.nameRepeat({ ...frame(7), type: FRAME_TYPE.probe }, B)).toBe('replay');
  });

  it('keeps its name while three epochs overlap, and the oldest is forgotten for a fourth', () => {
    const copies = new FrameCopies(64);
    for (const epoch of [1, 2, 3, 4]) copies.taken(frame(5, epoch), A);
    const names = [1, 2, 3, 4].map((epoch) => copies.nameRepeat(frame(5, epoch), B));
    expect(names).toEqual(['replay', 'duplicate', 'duplicate', 'duplicate']);
  });

  it('has a name as well if both waited for the window', () => {
    const copies = new FrameCopies(64);
    copies.taken(frame(5), A);
    copies.taken(frame(5), B);
    expect(copies.nameRepeat(frame(5), B)).toBe('replay');
    expect(copies.nameHeld(frame(5))).toBe('duplicate');
    expect(copies.nameHeld(frame(5))).toBe('replay');
    copies.taken(frame(6), A);
    copies.taken(frame(6), A);
    expect(copies.nameHeld(frame(6))).toBe('replay');
  });

  it('on an EPIC-HP path is compared by the path inside, since each packet has fields of its own', () => {
    const epic = (first: number, path: readonly number[]): Path =>
      on([...Array.from({ length: EPIC_META_LENGTH }, () => first), ...path], PATH_TYPE_EPIC);
    const copies = new FrameCopies(64);
    copies.taken(frame(5), epic(1, [1, 2]));
    expect(copies.nameRepeat(frame(5), epic(2, [1, 2]))).toBe('replay');
    expect(copies.nameRepeat(frame(5), epic(1, [1, 3]))).toBe('duplicate');
  });
});
