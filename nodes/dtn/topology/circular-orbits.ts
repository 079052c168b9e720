/**
 * Generates satellites on circular orbits and stations on the ground: a satellite is linked with a
 * station while it is higher above the horizon than the elevation mask, and with another satellite
 * while the Earth is not between them. Orbits are spread as in a Walker delta constellation (Walker
 * 1984, "Satellite constellations").
 *
 * The Earth is a rotating sphere, and orbits are not perturbed. Passes, and gaps between two
 * passes, of less than a second are left out.
 *
 * @module
 */
import { z } from 'zod';
import type {
  GeneratedNode,
  GeneratedTopology,
  TopologyGenerator,
} from '../../../engine/host/generator.ts';
import { cosine, sine } from '../../../engine/pure/sine.ts';
import { durationNsSchema, metresSchema } from '../../_kit/options.ts';
import { wholeNumberSchema } from '../../_kit/whole-number.ts';
import {
  buildMeetingNetwork,
  eachNodePair,
  type MeetingPair,
  meetingParameters,
} from './meeting-network.ts';
import { meetingsOfBodies, type SightedBody, type SightLimits } from './sight.ts';

/**
 * The Earth according to WGS 84: equatorial radius, m; gravitational parameter, m^3/s^2; speed of
 * rotation, rad/s.
 */
const EARTH_M = 6_378_137;
const EARTH_GM = 3.986004418e14;
const EARTH_TURN = 7.292115e-5;
/**
 * A signal between satellites that comes closer to the ground than this height, m, is absorbed by
 * the air.
 */
const AIR_M = 80_000;
const DEGREE = 0.017453292519943295;
const ROUND = 360;
const MINUTE_NS = 60e9;
const DAY_NS = 86_400e9;

const angle = (min: number, max: number): z.ZodNumber => z.number().min(min).max(max);

const { until: _until, rate } = meetingParameters;
const parameters = z.strictObject({
  planes: wholeNumberSchema('a number of orbital planes such as 3', { min: 1, max: 100 }).default(
    1,
  ),
  satellites: wholeNumberSchema('satellites of each plane such as 4', { min: 1, max: 100 }).default(
    1,
  ),
  phasing: wholeNumberSchema('a phasing such as 1', { min: 0, max: 99 })
    .default(0)
    .meta({ description: 'How far a plane is ahead of the one before, in 360 / all satellites.' }),
  altitude: metresSchema()
    .refine((m) => m >= 160_000 && m <= 40_000_000, { message: 'is not between 160 and 40,000 km' })
    .default(550_000),
  inclination: angle(0, 180).default(53).meta({ description: 'Degrees.' }),
  stations: z
    .array(z.strictObject({ name: z.string(), lat: angle(-90, 90), lon: angle(-180, 180) }))
    .max(100)
    .default([]),
  elevation: angle(0, 89).default(10).meta({ description: 'Mask of the stations, degrees.' }),
  between: z.boolean().default(false).meta({ description: 'Links between satellites.' }),
  until: durationNsSchema()
    .refine((ns) => ns >= MINUTE_NS && ns <= 104 * DAY_NS, { message: 'is not 1min to 104 days' })
    .default(DAY_NS)
    .meta({ description: 'Passes are computed up to this time of the run. Default 1d.' }),
  rate,
});
type Parameters = z.output<typeof parameters>;

/** Generates a network of satellites and stations, by `generate: { kind: orbits }`. */
export const orbitsGenerator: TopologyGenerator<Parameters> = {
  name: 'orbits',
  parameters,
  size: ({ planes, satellites, stations, between }) => {
    const flying = planes * satellites;
    const links = between ? (flying * (flying - 1)) / 2 : 0;
    return { nodes: flying + stations.length, links: links + flying * stations.length };
  },
  generate,
};

function generate(own: Parameters): GeneratedTopology {
  const satellites = satellitesOf(own);
  const stations = own.stations.map(stationOf);
  const pairs: MeetingPair[] = [];
  const toGround = groundSight(own);
  for (const station of stations) {
    for (const satellite of satellites) pairs.push(pairOf(station, satellite, toGround));
  }
  if (own.between) {
    const toEachOther = spaceSight(own);
    for (const [a, b] of eachNodePair(satellites.length)) {
      pairs.push(pairOf(satellites[a] as Named, satellites[b] as Named, toEachOther));
    }
  }
  const ground = own.stations.map(({ name, lat, lon }) => ({ name, place: { lat, lon } }));
  const nodes: GeneratedNode[] = [...ground, ...satellites.map(({ name }) => ({ name }))];
  return buildMeetingNetwork(nodes, pairs, { rate: own.rate, delay: 0 });
}

type Named = SightedBody & { readonly name: string };

function pairOf(a: Named, b: Named, sight: SightLimits): MeetingPair {
  return { ends: [a.name, b.name], meetings: meetingsOfBodies(a, b, sight) };
}

/** All satellites. Names are `satellite-1-1`: number of the plane, number in the plane. */
function satellitesOf({
  planes,
  satellites,
  phasing,
  altitude,
  inclination,
}: Parameters): readonly Named[] {
  const radius = EARTH_M + altitude;
  const turn = Math.sqrt(EARTH_GM / radius) / radius;
  return Array.from({ length: planes * satellites }, (_, index): Named => {
    const plane = Math.floor(index / satellites);
    const place = index % satellites;
    const ahead = place / satellites + (phasing * plane) / (planes * satellites);
    const node = (plane / planes) * ROUND * DEGREE;
    const name = `satellite-${plane + 1}-${place + 1}`;
    const orbit = { node, inclination: inclination * DEGREE, start: ahead * ROUND * DEGREE, turn };
    return { name, radius, turn, at: (seconds) => directionOnOrbit(orbit, seconds) };
  });
}

interface Orbit {
  /** The ascending node, the inclination, and the place on the orbit at time 0, all in radians. */
  readonly node: number;
  readonly inclination: number;
  readonly start: number;
  /** Angular speed of the satellite, radians per second. */
  readonly turn: number;
}

/**
 * The direction of a satellite from the centre of the Earth at an instant, in axes that do not turn
 * with the Earth.
 */
function directionOnOrbit(
  { node, inclination, start, turn }: Orbit,
  seconds: number,
): Float64Array {
  const along = start + turn * seconds;
  const [c, s] = [cosine(along), sine(along)];
  const tilt = cosine(inclination);
  return Float64Array.of(
    cosine(node) * c - sine(node) * s * tilt,
    sine(node) * c + cosine(node) * s * tilt,
    s * sine(inclination),
  );
}

function stationOf({ name, lat, lon }: Parameters['stations'][number]): Named {
  const [c, s] = [cosine(lat * DEGREE), sine(lat * DEGREE)];
  const at = (seconds: number): Float64Array => {
    const along = lon * DEGREE + EARTH_TURN * seconds;
    return Float64Array.of(c * cosine(along), c * sine(along), s);
  };
  return { name, radius: EARTH_M, turn: EARTH_TURN, at };
}

/** A satellite is above the mask if the angle at the Earth's centre is at most acos(q) - mask. */
function groundSight({ altitude, elevation, until }: Parameters): SightLimits {
  const mask = elevation * DEGREE;
  const q = (EARTH_M * cosine(mask)) / (EARTH_M + altitude);
  const nearest = q * cosine(mask) + Math.sqrt(1 - q * q) * sine(mask);
  return { cosineLeast: nearest, until };
}

/** Two satellites see each other if the line between them stays above the air. */
function spaceSight({ altitude, until }: Parameters): SightLimits {
  const q = (EARTH_M + AIR_M) / (EARTH_M + altitude);
  return { cosineLeast: 2 * q * q - 1, until };
}
