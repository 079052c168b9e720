/**
 * Traces of any size, written by the engine's recorder: packets on a row of links, losses, states,
 * faults. @module
 */
import { TraceLab } from '../unit/viz/format/trace-lab.ts';

/** The size of the trace. */
export interface BigTrace {
  /** Number of rows in the hop table. */
  readonly hops: number;
  readonly lastsNs: number;
  /** Time of a packet on its link, ns; it determines how many are under way at a time. */
  readonly transitNs: number;
}

const LINKS = 24;
const STATES = 20_000;
const LOST_EACH = 97;

/** Makes a trace, which is the same in every run. */
export function bigTrace({ hops, lastsNs, transitNs }: BigTrace): Uint8Array {
  const lab = new TraceLab(LINKS, 'full', 'gzip', lastsNs);
  const stepNs = Math.floor(lastsNs / hops);
  const fault = { id: 'cut#1', text: 'link-3 down', targets: ['link-3'] };
  const underWay: { readonly packet: number; readonly dueNs: number; readonly at: number }[] = [];
  let first = 0;
  for (let at = 0; at < hops; at += 1) {
    if (at === Math.floor(hops / 3)) lab.recorder.faultBegan(fault, lab.clock.now);
    if (at === Math.floor(hops / 2)) lab.recorder.faultEnded(fault, lab.clock.now);
    if (at % Math.ceil(hops / STATES) === 0) {
      lab.recorder.state(lab.clock.now, at % LINKS, `machine ${at % 5}`, `state ${at % 7}`);
    }
    // Half of the packets belong to a flow: they are data, not control.
    lab.network.flow = at % 2;
    underWay.push({ packet: lab.send(at % LINKS, 200), dueNs: lab.clock.now + transitNs, at });
    lab.advance(stepNs);
    for (; first < underWay.length && underWay[first]!.dueNs <= lab.clock.now; first += 1) {
      const { packet, at: sent } = underWay[first]!;
      if (sent % LOST_EACH === 0) lab.lose(packet, 2);
      else lab.arrive(packet);
    }
    if (first > 10_000) {
      underWay.splice(0, first);
      first = 0;
      // Only tests of the format need the model of each packet.
      lab.hops.length = 0;
    }
  }
  return lab.finish();
}
