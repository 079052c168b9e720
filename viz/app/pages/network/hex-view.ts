/**
 * Shows bytes in hex, eight per line, with their offset and printable characters, and a list of
 * their fields. If the pointer or the focus is on a field, its bytes are highlighted.
 *
 * @module
 */

import type { PacketField } from '../../../format/packet-fields.ts';
import { type Child, element } from '../../kernel/element.ts';
import type { PacketLayer } from './fields.ts';

const PER_LINE = 8;

/**
 * Returns how many bytes of a field have changed since the previous hop; undefined if there is no
 * previous hop to compare with.
 */
export type ChangedByteCounter = (field: PacketField) => number | undefined;

/** Makes the view of a packet's bytes in hexadecimal, with the fields of its layers. */
export function hexView(
  bytes: Uint8Array,
  layers: readonly PacketLayer[] = [],
  newBytes: ChangedByteCounter = () => undefined,
): HTMLElement {
  const cells = [...bytes].map((value) => element('span', {}, value.toString(16).padStart(2, '0')));
  const hex = element('pre', { class: 'mono hex', tabindex: 0 }, linesOf(bytes, cells));
  const mark = (from: number, to: number): void => {
    for (const [at, cell] of cells.entries())
      cell.classList.toggle('marked', at >= from && at < to);
    const top = to > from ? cells[from]?.offsetTop : undefined;
    // Only the list of bytes is scrolled, so that the fields do not move away under the pointer.
    if (top !== undefined) hex.scrollTop = top - hex.clientHeight / 3;
  };
  return element(
    'div',
    { class: 'packet-bytes' },
    layers.map((layer) => layerElement(layer, mark, newBytes)),
    hex,
  );
}

function linesOf(bytes: Uint8Array, cells: readonly HTMLElement[]): readonly Child[] {
  const lines: Child[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)];
    const text = part
      .map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·'))
      .join('');
    const row = cells.slice(at, at + PER_LINE).flatMap((cell) => [cell, ' ']);
    const gap = ' '.repeat(3 * (PER_LINE - part.length));
    lines.push(`${at.toString(16).padStart(4, '0')}  `, row, `${gap} ${text}\n`);
  }
  return lines;
}

function layerElement(
  { name, fields }: PacketLayer,
  mark: (from: number, to: number) => void,
  newBytes: ChangedByteCounter,
): HTMLElement {
  const none = (): void => mark(0, 0);
  return element(
    'section',
    { class: 'packet-layer' },
    element('h4', {}, name),
    fields.map((field) => {
      const show = (): void => mark(field.offset, field.offset + field.length);
      const listeners = { pointerenter: show, focus: show, pointerleave: none, blur: none };
      return element(
        'button',
        { type: 'button', class: 'packet-field', 'data-field': field.name, ...listeners },
        element('span', {}, field.name, newElement(field, newBytes(field))),
        element('span', { class: 'mono' }, field.value),
      );
    }),
  );
}

function newElement({ length }: PacketField, count: number | undefined): Child {
  if (count === undefined || count === 0) return undefined;
  const text = count === length ? 'new' : `${count} of ${length} B new`;
  return element('span', { class: 'new-bytes' }, ` ${text}`);
}
