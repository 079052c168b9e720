/**
 * The states that nodes trace about SCION: the BFD sessions of routers, and the paths and segments
 * that a gateway or another user of paths has found. Nodes write these states, drawings read them.
 *
 * @module
 */
import {
  anyTextFormat,
  countFormat,
  listFormat,
  oneOfFormat,
  type TextFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../_kit/text-form.ts';
import {
  declareStatePerPath,
  declareStatePerPeer,
  type KeyedTraceState,
} from '../_kit/trace-state.ts';
import { BFD_STATES } from './bfd/packet.ts';

/** The state of each BFD session (RFC 5880, section 6.2), by the id of its link. */
export const BFD_TRACE = {
  machine: textFormatFromTemplate('bfd {link}', { link: anyTextFormat }),
  state: textFormatFromTemplate('{state}', { state: oneOfFormat(BFD_STATES) }),
} as const;

/** ASes in the order in which packets or beacons pass them, with the interfaces between them. */
export interface AsSequence {
  readonly origin: string;
  readonly steps: readonly AsSequenceStep[];
}

/** A link between two ASes, and the AS at its far end. */
export interface AsSequenceStep {
  /** Interface of the link in the previous AS. */
  readonly out: number;
  /** Interface of the link in the AS `isdAs`. */
  readonly into: number;
  readonly isdAs: string;
}

const STEP = textFormatFromTemplate('{out}>{into} {isdAs}', {
  out: countFormat,
  into: countFormat,
  isdAs: wordFormat,
});

/** Format of a sequence of ASes as text: `1-ff00:0:111 41>1 1-ff00:0:110 2>7 2-ff00:0:210`. */
export const AS_SEQUENCE_FORM: TextFormat<AsSequence> = {
  write: ({ origin, steps }) =>
    [wordFormat.write(origin), ...steps.map((step) => STEP.write(step))].join(' '),
  read: (text): AsSequence | undefined => {
    const [origin = '', ...words] = text.split(' ');
    if (origin === '' || words.length % 2 !== 0) return undefined;
    const steps: AsSequenceStep[] = [];
    for (let at = 0; at < words.length; at += 2) {
      const step = STEP.read(`${words[at]} ${words[at + 1]}`);
      if (step === undefined) return undefined;
      steps.push(step);
    }
    return { origin, steps };
  },
};

/** The roles of segments in the order of travel. */
export const SEGMENT_ROLES = ['up', 'core', 'down'] as const;
/** The role of a segment. */
export type SegmentRole = (typeof SEGMENT_ROLES)[number];

/** A segment that may be part of a path. */
export interface TracedSegment {
  readonly role: SegmentRole;
  /** The ASes and interfaces of the segment, in the direction of beaconing. */
  readonly walk: AsSequence;
}

/**
 * The ASes and interfaces of each path to a peer, in the direction of travel, by name of the path.
 */
export const ROUTE_TRACE = declareStatePerPath('route {path} to {peer}', AS_SEQUENCE_FORM);

/** The segments between a node and its peer: `up A 1>2 B, down A 3>1 C`. */
export const SEGMENTS_TRACE: KeyedTraceState<{ readonly peer: string }, readonly TracedSegment[]> =
  declareStatePerPeer(
    'segments to {peer}',
    listFormat(
      textFormatFromTemplate('{role} {walk}', {
        role: oneOfFormat(SEGMENT_ROLES),
        walk: AS_SEQUENCE_FORM,
      }),
      ', ',
    ),
  );
