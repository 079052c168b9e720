/**
 * Makes a job definition from a byte job (engine/host/compute.ts): derives `run`, which hosts
 * without shared memory call.
 *
 * @module
 */
import type {
  ByteJob,
  ByteJobInput,
  ByteJobOutput,
  JobDefinition,
} from '../../engine/host/compute.ts';

/**
 * Makes the definition of a byte job for a protocol's `jobs`.
 * @param costNs Cost of a call on the modelled processor, nanoseconds, by the number of bytes of the call.
 */
export function byteJobDefinition(
  bytes: ByteJob,
  costNs?: (length: number) => number,
): JobDefinition {
  return {
    bytes,
    run(input, crypto): ByteJobOutput {
      const call = input as ByteJobInput;
      const record = new Uint8Array(bytes.recordLength);
      const open = bytes.open(call.setup.slice(), crypto);
      open.run(call.bytes, record);
      open.close();
      return { bytes: call.bytes, record };
    },
    ...(costNs === undefined
      ? {}
      : { costNs: (input): number => costNs((input as ByteJobInput).bytes.length) }),
  };
}
