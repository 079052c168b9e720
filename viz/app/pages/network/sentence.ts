/**
 * Describes the network in text: the title of the drawing, its summary for screen readers, the
 * table of packets, and a line about the latest fault.
 *
 * @module
 */
import { countWithNoun, quantityText } from '../../../../reports/format.ts';
import type { ChartContent } from '../../chart/chart-frame.ts';
import type { HopColumns, TraceInfo } from '../../data/trace-answers.ts';
import { type Disruption, linkText } from '../../data/truth.ts';
import { instantText } from '../../kernel/duration.ts';
import type { DrawnPacket } from './packet-layer.ts';
import type { VisiblePackets } from './packets.ts';
import type { FaultWithEffects } from './world.ts';

/** The state of the network at one instant, as it is drawn. */
export interface NetworkSnapshot {
  readonly info: TraceInfo;
  readonly timeNs: number;
  readonly rangeNs: readonly [number, number];
  readonly disruptions: ReadonlyMap<string, Disruption>;
  /** For each link with contacts, by its id, whether it can send. */
  readonly contacts: ReadonlyMap<string, boolean>;
  readonly inSight: VisiblePackets;
  readonly drawn: readonly DrawnPacket[];
  readonly hops: HopColumns | undefined;
}

/** Largest number of faults that the title names; the title counts further faults. */
const AILMENTS_SHOWN = 2;

/** Makes the title, the caption, the summary and the table of the drawing. */
export function networkChartContent(moment: NetworkSnapshot): ChartContent {
  const { info, timeNs, disruptions, contacts, inSight, rangeNs } = moment;
  const at = instantText(timeNs, rangeNs[1] - rangeNs[0]);
  const packets = `${countWithNoun(inSight.total, 'packet')} under way`;
  const down = [...disruptions].map(
    ([target, { state, sinceNs }]) =>
      `${linkText(target)} ${state} since ${instantText(sinceNs, 1e9)}`,
  );
  const more = down.length > AILMENTS_SHOWN ? `, and ${down.length - AILMENTS_SHOWN} more` : '';
  const finding =
    down.length === 0 ? soundText(contacts) : down.slice(0, AILMENTS_SHOWN).join(', ') + more;
  const shown =
    inSight.marks.length < inSight.total
      ? ` 1 of ${Math.ceil(inSight.total / Math.max(1, inSight.marks.length))} packets shown.`
      : '';
  const count = `${countWithNoun(info.nodes.length, 'node')}, ${countWithNoun(new Set(info.links.map(({ id }) => id)).size, 'link')}`;
  return {
    title: `${packets}, ${finding}`,
    caption: `${count}; width of a link by its use around the cursor.${shown}`,
    summary: `At ${at}: ${packets}, ${finding}.`,
    table: () => ({
      columns: ['packet', 'class', 'flow', 'link', 'bytes', 'depart ns', 'arrive ns', 'queue ns'],
      rows: moment.hops === undefined ? [] : rowsOf(info, moment.hops, moment.drawn),
    }),
  };
}

/**
 * Describes the links of a network without faults: that all are up, or, with contacts, how many
 * links can send now.
 */
function soundText(contacts: ReadonlyMap<string, boolean>): string {
  if (contacts.size === 0) return 'every link is up';
  const open = [...contacts.values()].filter((isOpen) => isOpen).length;
  return `${open} of ${countWithNoun(contacts.size, 'link')} with contacts can send`;
}

/**
 * Describes the latest fault as in `core-110--core-310 down at 3.916 s: detected +63.9 ms ·
 * switched +63.9 ms`; empty without a fault.
 */
export function faultEffectsText(story: FaultWithEffects | undefined, timeNs: number): string {
  if (story === undefined) return '';
  const { text, target, beginNs, endNs, effects } = story;
  const parts = effects.map(({ name, afterNs }) => `${name} +${quantityText(afterNs, 'ns')}`);
  if (endNs !== undefined) parts.push(`over after ${quantityText(endNs - beginNs, 'ns')}`);
  else parts.push(`${quantityText(timeNs - beginNs, 'ns')} ago`);
  return `${text.replace(target, linkText(target))} at ${instantText(beginNs, 1e9)}: ${parts.join(' · ')}`;
}

function rowsOf(
  info: TraceInfo,
  hops: HopColumns,
  drawn: readonly DrawnPacket[],
): readonly (readonly (string | number | null)[])[] {
  return drawn.map(({ row, packetClass }) => [
    hops.packet[row] ?? null,
    packetClass,
    info.flows[hops.flow[row] ?? 0] ?? '',
    info.links[hops.link[row] ?? 0]?.name ?? '',
    hops.bytes[row] ?? null,
    hops.departNs[row] ?? null,
    hops.arriveNs[row] ?? null,
    hops.queueNs[row] ?? null,
  ]);
}
