/**
 * Groups: checks the names and texts that an application gives before they are encoded.
 *
 * @module
 */
import { MEMBER_NAME_BYTES_MAX, VOTE_TEXT_BYTES_MAX } from './geometry.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** True if the text can be the name of a node: not empty, within the limit, valid in UTF-8. */
export function isNodeName(name: string): boolean {
  return name !== '' && isWithin(name, MEMBER_NAME_BYTES_MAX);
}

/** True if the text can be that of a vote: within the limit and valid in UTF-8. */
export function isVoteText(text: string): boolean {
  return isWithin(text, VOTE_TEXT_BYTES_MAX);
}

/**
 * True if the text has at most `bytesMax` bytes and is unchanged by encoding and decoding in UTF-8,
 * which half a surrogate pair is not.
 */
function isWithin(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return false;
  const bytes = encoder.encode(text);
  return bytes.length <= bytesMax && decoder.decode(bytes) === text;
}
