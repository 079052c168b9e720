/**
 * The legend of the network page: for each class of packets a switch and the shape of its marks,
 * and the colours of the flows.
 *
 * @module
 */
import type { TraceInfo } from '../../data/trace-answers.ts';
import { element, svgElement } from '../../kernel/element.ts';
import { HOLLOW_PACKET_CLASSES, packetMarkPath } from './marks.ts';

const FLOWS_SHOWN = 6;

/** Makes the legend; `toggle` is called when the reader shows or hides a class of packets. */
export function makeLegend(
  info: TraceInfo,
  toggle: (packetClass: number, isShown: boolean) => void,
): HTMLElement {
  const classes = info.classes.map((name, number) => {
    const box = element('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', () => toggle(number, box.checked));
    return element('label', {}, box, sign(name, 'text'), name);
  });
  const flows = info.flows
    .slice(1, FLOWS_SHOWN + 1)
    .map((name, at) => element('span', {}, sign('data', `c${at + 1}`), name.replace('->', '→')));
  const more = info.flows.length - 1 - FLOWS_SHOWN;
  return element(
    'div',
    { class: 'legend network-legend' },
    element(
      'fieldset',
      {},
      element('legend', { class: 'for-screen-readers' }, 'classes of packets'),
      classes,
    ),
    flows,
    more > 0 && element('span', {}, `and ${more} more flows, colours repeat`),
    info.flows.length > 1 && element('span', {}, sign('data', 'c6'), 'no flow'),
  );
}

function sign(packetClass: string, colour: string): SVGSVGElement {
  const isHollow = HOLLOW_PACKET_CLASSES.has(packetClass);
  const ink = `var(--${colour})`;
  return svgElement(
    'svg',
    { viewBox: '0 0 12 12', 'aria-hidden': 'true' },
    svgElement('path', {
      d: packetMarkPath(packetClass, 6, 6),
      fill: isHollow ? 'none' : ink,
      stroke: isHollow ? ink : 'none',
      'stroke-width': 1.5,
    }),
  );
}
