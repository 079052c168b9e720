import { expect, it } from 'vitest';
import { linkDirectionInfos } from '../../../engine/measure/trace/link-info.ts';
import { listDirections } from '../../../runner/recording/directions.ts';
import { assembleSeed } from '../../../runner/run/assemble-seed.ts';
import { load, registry } from './fixture.ts';

/** Links with impairments and contacts, a segment, a cloud. */
const FILES = ['failover.yaml', 'dtn-mesh.yaml', 'cloud.yaml', 'dtn-conjunction.yaml'];

it.each(FILES)('a trace of processes named other links than the network has: %s', (file) => {
  const scenario = load(file);
  const { network } = assembleSeed({ scenario, registry, seed: 1 }).world.sim;
  const own = linkDirectionInfos(listDirections(scenario.topology));
  expect(own).toEqual(linkDirectionInfos(network.directions));
});
