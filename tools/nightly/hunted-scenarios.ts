/**
 * The scenarios in which defects of each protocol are hunted: with a few attempts in the slow tests, and for
 * an hour each in `npm run nightly`.
 *
 * @module
 */

/**
 * For each scenario, the protocols in which it looks for defects, and how many attempts the slow tests make
 * (`npm run nightly` hunts for an hour instead).
 */
export const HUNTED_SCENARIOS: Readonly<
  Record<string, { readonly protocols: readonly string[]; readonly attempts: number }>
> = {
  hello: { protocols: ['ping'], attempts: 200 },
  'file-transfer': { protocols: ['bulk'], attempts: 24 },
  'live-crash': { protocols: ['gateway', 'scion'], attempts: 24 },
  'mixnet-crashes': { protocols: ['mixnet'], attempts: 24 },
  'dtn-crash': { protocols: ['dtn', 'datagram'], attempts: 40 },
  'fabric-outage': { protocols: ['fabric', 'dtn'], attempts: 60 },
  'federated-hello': { protocols: ['federated', 'fabric'], attempts: 8 },
  'vault-hello': { protocols: ['vault'], attempts: 12 },
  'navigator-hello': { protocols: ['navigator'], attempts: 12 },
  'scion-beaconing': { protocols: ['control-service'], attempts: 12 },
};
