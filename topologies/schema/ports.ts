/**
 * Ports of outside programs as people write them: `7007`, or a range `30000-30099`.
 *
 * @module
 */
import {
  type Leaf,
  type LeafResult,
  leafMistakeResult,
  makeLeafSchema,
  shorten,
  wrongShapeResult,
} from '../files/leaf.ts';

/** Ports from `first` to `last`, inclusive. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const EXPECTS = 'a UDP port such as 7007 or a range such as 30000-30099';
const FORM = /^(\d{1,5})(?:-(\d{1,5}))?$/;
const PORT_MAX = 65_535;

/** Schema of one entry of `ports`. */
export function portRangeLeaf(): Leaf<PortRange> {
  return makeLeafSchema(EXPECTS, { type: ['integer', 'string'], pattern: FORM.source }, read);
}

function read(value: unknown): LeafResult<PortRange> {
  if (typeof value !== 'number' && typeof value !== 'string')
    return wrongShapeResult(value, EXPECTS);
  const match = FORM.exec(String(value));
  if (match === null)
    return leafMistakeResult('E103', `"${shorten(String(value))}" is not ${EXPECTS}`);
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > PORT_MAX)
    return leafMistakeResult('E104', `${value} is outside 1-${PORT_MAX}`);
  if (last < first) return leafMistakeResult('E104', `${value} ends before it begins`);
  return { value: { first, last } };
}
