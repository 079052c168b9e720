/**
 * Groups: which names and texts of an application can be written.
 *
 * @module
 */
import { MEMBER_NAME_BYTES_MAX, VOTE_TEXT_BYTES_MAX } from './geometry.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** True for the name of a node. */
export function isNodeName(name: string): boolean {
  return name !== '' && isWithin(name, MEMBER_NAME_BYTES_MAX);
}

/** True for the text of a vote. */
export function isVoteText(text: string): boolean {
  return isWithin(text, VOTE_TEXT_BYTES_MAX);
}

/** True if the text is short and survives UTF-8: half a surrogate pair becomes another one. */
function isWithin(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return false;
  const bytes = encoder.encode(text);
  return bytes.length <= bytesMax && decoder.decode(bytes) === text;
}
