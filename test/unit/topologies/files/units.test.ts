import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, readQuantity } from '../../../../topologies/files/units.ts';

describe('quantities with units', () => {
  it.each([
    ['250ms', 'time', 250_000_000],
    ['60s', 'time', 60e9],
    ['2min', 'time', 120e9],
    ['2m', 'time', 120e9],
    ['1.5h', 'time', 5_400e9],
    ['1d', 'time', 86_400e9],
    ['0.1us', 'time', 100],
    ['7ns', 'time', 7],
    ['3µs', 'time', 3_000],
    ['10mbit', 'rate', 10e6],
    ['10Mbit/s', 'rate', 10e6],
    ['1Gbit/s', 'rate', 1e9],
    ['64kbps', 'rate', 64e3],
    ['9600bit/s', 'rate', 9_600],
    ['10000/s', 'packet-rate', 10_000],
    ['500000/min', 'packet-rate', 8_333.333333333334],
    ['5/ms', 'packet-rate', 5_000],
    ['1000B', 'size', 1_000],
    ['1_000B', 'size', 1_000],
    ['64KiB', 'size', 65_536],
    ['5MB', 'size', 5e6],
    ['99.9%', 'ratio', 0.999],
    ['5 %', 'ratio', 0.05],
    ['50ppm', 'drift', 50],
    ['1000packets', 'packets', 1_000],
    ['240uJ', 'energy', 240],
    ['1.5mJ', 'energy', 1_500],
    ['24J', 'energy', 24e6],
    ['2kWh', 'energy', 7.2e12],
    ['0.3g', 'mass', 300_000],
    ['2kg', 'mass', 2e9],
    ['400gCO2/kWh', 'intensity', 400e6],
    ['780gCO2/TB', 'traffic-carbon', 780],
    ['0.5gCO2/GB', 'traffic-carbon', 500],
    ['60', 'number', 60],
    ['1e3', 'number', 1_000],
    ['.5', 'number', 0.5],
  ])('reads %s as %s', (text, kind, value) => {
    expect(readQuantity(text)).toEqual({ kind, value });
  });

  it.each(['', 'ms', '10 mm', '5x', '1__000B', '1_B', '--5s', '10MB/s', '5/d', '1.2.3s', '0x10s'])(
    'does not read %s',
    (text) => {
      expect(readQuantity(text)).toBeUndefined();
    },
  );

  it('words a time so that it reads back to the same number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 104 * 86_400_000_000_000 }), (ns) => {
        expect(readQuantity(formatTime(ns))).toEqual({ kind: 'time', value: ns });
      }),
    );
    const words = [60e9, 75e9, 2.45e6, 100_000, 1, 3_600e9, 5_400e9, 1_800e9, 172_800e9];
    expect(words.map(formatTime)).toEqual([
      '60s',
      '75s',
      '2.45ms',
      '100us',
      '1ns',
      '1h',
      '90min',
      '30min',
      '2d',
    ]);
  });
});
