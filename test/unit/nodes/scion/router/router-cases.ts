/**
 * Acceptance cases of `tools/braccept/cases` of scionproto/scion, in the form of router.json.
 *
 * @module
 */
import { vectorSets } from '../../../../vectors-root.ts';
import type { RouterCases } from './test-router.ts';

const FIGURES: RouterCases = {
  now: 1700000000,
  key: { hopFieldKey: '1009878f5b2a8f571e2771369a06f65f' },
  router: {
    isdAs: '1-ff00:0:1',
    internal: '192.168.0.11:30001',
    external: {
      '121': { linkTo: 'PEER', isdAs: '1-ff00:0:2' },
      '131': { linkTo: 'PARENT', isdAs: '1-ff00:0:3' },
      '141': { linkTo: 'CHILD', isdAs: '1-ff00:0:4' },
      '151': { linkTo: 'CHILD', isdAs: '1-ff00:0:5' },
    },
    siblings: {
      brB: {
        internal: '192.168.0.12:30002',
        interfaces: { '171': { linkTo: 'PEER', isdAs: '2-ff00:0:7' } },
      },
      brC: {
        internal: '192.168.0.13:30003',
        interfaces: { '181': { linkTo: 'CHILD', isdAs: '1-ff00:0:8' } },
      },
      brD: {
        internal: '192.168.0.14:30004',
        interfaces: { '191': { linkTo: 'PARENT', isdAs: '1-ff00:0:9' } },
      },
    },
    services: { CS: ['192.168.0.71:20007'] },
  },
  cases: [
    {
      name: 'ParentToChild',
      arrivesOn: { external: 131 },
      packet:
        '0b80dead1115001a010000000001ff00000000040001ff0000000003ae100401ac1003010100300001000111' +
        '6553f10000000000013700000000000000000083008d2c5c7f6103bb0000019b00000000000000009caf9d1e' +
        '001a92ff61637475616c7061796c6f61646279746573',
      expect: {
        action: 'forward',
        leavesOn: { external: 141 },
        packet:
          '0b80dead1115001a010000000001ff00000000040001ff0000000003ae100401ac1003010200300001002d4d' +
          '6553f10000000000013700000000000000000083008d2c5c7f6103bb0000019b00000000000000009caf9d1e' +
          '001a92ff61637475616c7061796c6f61646279746573',
      },
    },
    {
      name: 'MalformedPathSingletonSegment',
      arrivesOn: { external: 151 },
      packet:
        '0b80dead111f001a010000000001ff00000000040001ff0000000005ae100401ac100501010020420000cb82' +
        '6553f100000003336553f100010002226553f100000001ff0000000000000000000000000097ca93126cd2e3' +
        '0000008d00005954e48b7dde00000000008d2f38ba0cf2610000019b00000000000000009caf9d1e001a90fd' +
        '61637475616c7061796c6f61646279746573',
      expect: { action: 'drop' },
    },
    {
      name: 'SCMPExpiredHop',
      arrivesOn: { external: 131 },
      packet:
        '0b80dead1115001a010000000001ff00000000040001ff0000000003ae100401ac1003010100300001000111' +
        '654d598000000000013700000000000000000083008d278318d57beb0000019b00000000000000009caf9d1e' +
        '001a92ff61637475616c7061796c6f61646279746573',
      expect: {
        action: 'scmp',
        leavesOn: { external: 131 },
        packet:
          '0b80deadca150076010000000001ff00000000030001ff0000000001ac100301c0a8000b0200300000000111' +
          '654d59800000019b000000000000000000000083008d278318d57beb0000000001370000000000000434de4b' +
          '0000003c0b80dead1115001a010000000001ff00000000040001ff0000000003ae100401ac10030101003000' +
          '01000111654d598000000000013700000000000000000083008d278318d57beb0000019b0000000000000000' +
          '9caf9d1e001a92ff61637475616c7061796c6f61646279746573',
        packetWithZeroedSpao:
          '0b80deadc9150096010000000001ff00000000030001ff0000000001ac100301c0a8000b0200300000000111' +
          '654d59800000019b000000000000000000000083008d278318d57beb000000000137000000000000ca07021c' +
          '000000010000000000000000000000000000000000000000000000000434de4b0000003c0b80dead1115001a' +
          '010000000001ff00000000040001ff0000000003ae100401ac1003010100300001000111654d598000000000' +
          '013700000000000000000083008d278318d57beb0000019b00000000000000009caf9d1e001a92ff61637475' +
          '616c7061796c6f61646279746573',
      },
    },
  ],
};

/** A few of the cases, and all of them if the file is installed. */
export const ROUTER_CASES = vectorSets('scion/router.json', FIGURES);
