/**
 * What control services trace: what they know, from whom, and since when. Nodes write these states,
 * drawings read them. Instants are those of the run, ns.
 *
 * @module
 */
import {
  anyTextFormat,
  countFormat,
  listFormat,
  oneOfFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../_kit/text-form.ts';
import type { SingleTraceState } from '../_kit/trace-state.ts';

/** The numbers of beacons and segments that a control service knows. */
export interface KnowledgeState {
  /** Beacons of neighbours. */
  readonly beacons: number;
  /** Segments that end in its AS. */
  readonly segments: number;
  /** The number of segments that other ASes registered. */
  readonly registered: number;
  /** The number of watched ASes to which a path was found. */
  readonly found: number;
  /** The number of all watched ASes. */
  readonly watched: number;
}

/**
 * The knowledge of a control service, such as `9 beacons, 4 segments, 0 registered, paths to 7 of
 * 15`.
 */
export const KNOWLEDGE_TRACE: SingleTraceState<KnowledgeState> = {
  machine: 'knowledge',
  state: textFormatFromTemplate(
    '{beacons} beacons, {segments} segments, {registered} registered, paths to {found} of {watched}',
    {
      beacons: countFormat,
      segments: countFormat,
      registered: countFormat,
      found: countFormat,
      watched: countFormat,
    },
  ),
};

/**
 * Largest number of entries in each traced list: interfaces, origins, revocations, changes and
 * renewals.
 */
export const TRACED_ENTRIES_MAX = 256;
const LIST = ', ';

/** The roles of a neighbour AS, as seen from this AS. */
export const TRACED_RELATIONS = ['parent', 'child', 'core', 'peer'] as const;

/** A link of an AS, by its interface. */
export interface TracedInterface {
  readonly ifId: number;
  /** The role of the neighbour, as seen from this AS. */
  readonly relation: (typeof TRACED_RELATIONS)[number];
  readonly neighbour: string;
  readonly neighbourIfId: number;
}

/**
 * The AS of a control service with its links, such as `1-ff00:0:110 core: 1 to child 1-ff00:0:111
 * 2`.
 */
export const AS_TRACE: SingleTraceState<{
  readonly isdAs: string;
  readonly kind: 'core' | 'other';
  readonly interfaces: readonly TracedInterface[];
}> = {
  machine: 'as',
  state: textFormatFromTemplate('{isdAs} {kind}: {interfaces}', {
    isdAs: wordFormat,
    kind: oneOfFormat(['core', 'other']),
    interfaces: listFormat(
      textFormatFromTemplate('{ifId} to {relation} {neighbour} {neighbourIfId}', {
        ifId: countFormat,
        relation: oneOfFormat(TRACED_RELATIONS),
        neighbour: wordFormat,
        neighbourIfId: countFormat,
      }),
      LIST,
    ),
  }),
};

/** An AS whose beacons arrived over an interface, and the instant of the first of them. */
export interface TracedOrigin {
  readonly isdAs: string;
  readonly ifId: number;
  readonly sinceNs: number;
}

/**
 * The origins of beacons with the interface over which they arrived: `1-ff00:0:110 on 1 since
 * 500000000`.
 */
export const ORIGINS_TRACE: SingleTraceState<readonly TracedOrigin[]> = {
  machine: 'origins',
  state: listFormat(
    textFormatFromTemplate('{isdAs} on {ifId} since {sinceNs}', {
      isdAs: wordFormat,
      ifId: countFormat,
      sinceNs: countFormat,
    }),
    LIST,
  ),
};

/** The numbers of watched ASes to which there was a path, each with the instant from which on it was this number. */
export const PATHS_TRACE: SingleTraceState<
  readonly { readonly found: number; readonly sinceNs: number }[]
> = {
  machine: 'paths to watched',
  state: listFormat(
    textFormatFromTemplate('{found} since {sinceNs}', { found: countFormat, sinceNs: countFormat }),
    LIST,
  ),
};

/**
 * The certificate with which a control service signs: its validity by the service's own clock, and
 * the instants of its renewals.
 */
export const CERTIFICATE_TRACE: SingleTraceState<{
  readonly ca: string;
  /** The instant from which on the certificate was used. */
  readonly sinceNs: number;
  /** The instant at which the certificate expires. */
  readonly untilNs: number;
  readonly renewedNs: readonly number[];
}> = {
  machine: 'certificate',
  state: textFormatFromTemplate('by {ca} since {sinceNs} until {untilNs}; renewed: {renewedNs}', {
    ca: wordFormat,
    sinceNs: countFormat,
    untilNs: countFormat,
    renewedNs: listFormat(countFormat, LIST),
  }),
};

/** An interface that is believed to be down. */
export interface TracedRevocation {
  readonly of: string;
  readonly by: string;
  readonly untilNs: number;
}

/**
 * The interfaces that are believed to be down: `1-ff00:0:110#2 by SCMP from 1-ff00:0:110 until
 * 31000000000`.
 */
export const REVOCATIONS_TRACE: SingleTraceState<readonly TracedRevocation[]> = {
  machine: 'revocations',
  state: listFormat(
    textFormatFromTemplate('{of} by {by} until {untilNs}', {
      of: wordFormat,
      by: anyTextFormat,
      untilNs: countFormat,
    }),
    LIST,
  ),
};
