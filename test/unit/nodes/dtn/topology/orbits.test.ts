import { describe, expect, it } from 'vitest';
import { generating, windowsOf } from './generate.ts';

const load = generating();
const NS_PER_S = 1e9;
const DEGREE = Math.PI / 180;
const EARTH_M = 6_378_137;
const ORBIT_M = EARTH_M + 550_000;
const TURN = Math.sqrt(3.986004418e14 / ORBIT_M ** 3);
const LIGHT_MPS = 299_792_458;

describe('generate: { kind: orbits }', () => {
  it('lets an equatorial satellite pass a station on the equator as the angles say', () => {
    const station = 'stations: [{ name: quito, lat: 0, lon: 180 }]';
    const made = load(`{ kind: orbits, inclination: 0, elevation: 10, until: 1d, ${station} }`);
    const [windows = []] = windowsOf(made);
    // The satellite gains on the turning station.
    const relative = TURN - 7.292115e-5;
    const half = Math.acos((EARTH_M * Math.cos(10 * DEGREE)) / ORBIT_M) - 10 * DEGREE;
    expect(windows.length).toBe(Math.floor((86_400 * relative) / (2 * Math.PI) + 0.5));
    for (const [index, { startNs, endNs }] of windows.entries()) {
      const overhead = (Math.PI + 2 * Math.PI * index) / relative;
      expect(Math.abs(startNs / NS_PER_S - (overhead - half / relative))).toBeLessThan(1e-6);
      expect(Math.abs(endNs / NS_PER_S - (overhead + half / relative))).toBeLessThan(1e-6);
    }
    expect(made.links[0]?.forward.contacts?.windows[0]?.delayNs).toBe(
      Math.round((550_000 / LIGHT_MPS) * NS_PER_S),
    );
  });

  it('never shows a satellite over the equator to a station near the pole', () => {
    const station = 'stations: [{ name: alert, lat: 82.5, lon: -62.3 }]';
    expect(load(`{ kind: orbits, inclination: 0, ${station} }`).links).toEqual([]);
    expect(load(`{ kind: orbits, inclination: 90, ${station} }`).links).toHaveLength(1);
  });

  it('links satellites of one plane all the time, or never, by the angle between them', () => {
    // At 550 km, two see each other over the air up to 42.5 degrees.
    const ring = (satellites: number): string =>
      `{ kind: orbits, satellites: ${satellites}, between: true, until: 1h }`;
    expect(load(ring(8)).links).toEqual([]);
    const nine = load(ring(9));
    expect(nine.links).toHaveLength(9);
    expect(windowsOf(nine)[0]).toMatchObject([{ startNs: 0, endNs: 3_600 * NS_PER_S }]);
  });

  it('spreads planes and places as Walker did', () => {
    const made = load('{ kind: orbits, planes: 3, satellites: 4, phasing: 1 }');
    expect(made.hosts.map(({ name }) => name)).toEqual(
      [1, 2, 3].flatMap((plane) => [1, 2, 3, 4].map((place) => `satellite-${plane}-${place}`)),
    );
  });

  it('says at the parameter what is wrong', () => {
    expect(() => load('{ kind: orbits, altitude: 100km }')).toThrow(/generate\.altitude/);
    expect(() => load('{ kind: orbits, stations: [{ name: a, lat: 91, lon: 0 }] }')).toThrow(
      /generate\.stations\[0\]\.lat/,
    );
  });
});
