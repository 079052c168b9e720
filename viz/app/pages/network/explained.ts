/**
 * A select element with the few packets whose bytes the trace contains.
 *
 * @module
 */
import type { Capture } from '../../../format/captures.ts';
import { instantText } from '../../kernel/duration.ts';
import { element } from '../../kernel/element.ts';
import type { TracePageContext } from '../../kernel/page.ts';
import { findCaptureEnds } from './trail.ts';

/**
 * Makes the select element with the packets whose bytes the trace contains; it is hidden if there
 * are none.
 */
export function explainedPacketSelect({
  trace,
  view,
  signal,
  fail,
}: TracePageContext): HTMLElement {
  const select = element('select', { 'aria-label': 'explained packets' });
  const label = element('label', { hidden: true }, 'explained', select);
  if ((trace.info.counts['packet'] ?? 0) === 0) return label;
  trace.ask('trails', {}).then((trails) => {
    if (signal.aborted || trails.length === 0) return;
    label.hidden = false;
    select.append(element('option', { value: '' }, 'choose a packet'));
    for (const capture of trails) select.append(option(capture, trace.info));
    select.addEventListener('change', () => {
      const chosen = trails.find(({ packet }) => String(packet) === select.value);
      if (chosen === undefined) return;
      view.time.moveTo(chosen.timeNs);
      view.selection.value = { kind: 'packet', name: select.value };
    });
    view.selection.watch(signal, (selection) => {
      const name = selection?.kind === 'packet' ? selection.name : '';
      const isListed = trails.some(({ packet }) => String(packet) === name);
      select.value = isListed ? name : '';
    });
  }, fail);
  return label;
}

function option(capture: Capture, info: TracePageContext['trace']['info']): HTMLElement {
  const { from, to } = findCaptureEnds(capture, info);
  const text = `${instantText(capture.timeNs, 1e9)} ${from} → ${to ?? 'its application'}`;
  return element('option', { value: capture.packet }, text);
}
