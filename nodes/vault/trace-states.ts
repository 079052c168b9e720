/**
 * What a replica traces of itself, with its text format: the node writes it, the browser view reads it.
 *
 * @module
 */
import {
  anyTextFormat,
  countFormat,
  listFormat,
  oneOfFormat,
  optionalFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../_kit/text-form.ts';

/**
 * A replica of a vault:
 * `state 1f0c33a9 has a=12 b=9; 1 erasures wait for b; clock 3600000 ms ahead`.
 */
export const REPLICA_TRACE = {
  machine: textFormatFromTemplate('replica of {vault}', { vault: anyTextFormat }),
  state: textFormatFromTemplate(
    'state {checksum} has {operations}; {erasures} erasures wait for {waiting}; clock {clock}',
    {
      /** CRC-32C of the state, 8 hexadecimal digits; null while a write to disk runs. */
      checksum: optionalFormat(wordFormat),
      /** The number of the last operation on disk, by actor. */
      operations: listFormat(
        textFormatFromTemplate('{actor}={last}', { actor: anyTextFormat, last: countFormat }),
        ' ',
      ),
      /** Own erasures that some replica has not confirmed, and the replicas that have not confirmed them all. */
      erasures: countFormat,
      waiting: listFormat(wordFormat, ' '),
      /** How far the clock was off when stamps began to follow the time of the others; null if they never did. */
      clock: optionalFormat(
        textFormatFromTemplate('{ms} ms {side}', {
          ms: countFormat,
          side: oneOfFormat(['ahead', 'behind']),
        }),
      ),
    },
  ),
};
/** A replica, as {@link REPLICA_TRACE} reads it from a trace. */
export type TracedReplica = NonNullable<ReturnType<(typeof REPLICA_TRACE)['state']['read']>>;
