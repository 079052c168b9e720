/**
 * Bytes in hex, eight a line, with their offset and what is printable.
 *
 * @module
 */
import { element } from '../../kernel/element.ts';

const PER_LINE = 8;

/** Makes it. */
export function hexView(bytes: Uint8Array): HTMLElement {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part
      .map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·'))
      .join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(3 * PER_LINE - 1)}  ${text}`);
  }
  return element('pre', { class: 'mono hex', tabindex: 0 }, lines.join('\n'));
}
