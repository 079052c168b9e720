/** The reference's tools in virtual time. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addCommands } from '../../../cli/commands.ts';
import { FlagError } from '../../../cli/exit.ts';
import { makeProgram } from '../../../cli/program.ts';

const FROM = '1-ff00:0:111';
const TO = '2-ff00:0:211';
const SMALL = [
  'scion-16.yaml',
  '--set',
  'generate={ kind: scion, isds: 1, cores: 1, parents: 1, leaves: 3, control: true }',
];

/** Certificates, and a TRC that is proposed after 20 s. */
const WITH_TRC = [
  ...['traffic=[]', 'kpis={ control.beacons_sent: { count: ">= 1" } }'],
  'topology.generate={ kind: scion, isds: 1, cores: 1, parents: 1, leaves: 3, control: true }',
  'options={ control-service: { signatures: real }, control-1-1: { trcUpdate: { at: 20s, grace: 10min } } }',
].flatMap((set) => ['--set', set]);

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: unknown;
  readonly error: unknown;
}

/** Runs the command in this process. */
async function scion(...words: readonly string[]): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  }
  const program = makeProgram();
  await addCommands(program, (name) => name === 'scion');
  let error: unknown;
  try {
    await program.parseAsync(['node', 'orrery', 'scion', ...words]);
  } catch (thrown) {
    error = thrown;
  }
  vi.restoreAllMocks();
  const code = process.exitCode;
  process.exitCode = undefined;
  return { ...written, code, error };
}

function linesOf({ stdout }: Ran): readonly string[] {
  return stdout.trimEnd().split('\n');
}

afterEach(() => vi.restoreAllMocks());

describe('orrery scion', () => {
  it('pings as the reference does, in 80 columns, and the same each time', async () => {
    const words = ['ping', 'scion-default.yaml', FROM, TO, '-c', '2', '--interval', '100ms'];
    const ran = await scion(...words);
    expect(ran).toMatchObject({ code: 0, stderr: '', error: undefined });
    expect(linesOf(ran)).toEqual([
      'Using path:',
      '  Hops: [1-ff00:0:111 1>1 1-ff00:0:110 2>1 3-ff00:0:310 2>1 2-ff00:0:210',
      '         2>1 2-ff00:0:211]',
      '  MTU: 1472 NextHop: 127.1.0.1:30042',
      '',
      'PING 2-ff00:0:211,127.1.4.111 pld=8B scion_pkt=164B',
      '164 bytes from 2-ff00:0:211,127.1.4.111: scmp_seq=0 time=20.016ms',
      '164 bytes from 2-ff00:0:211,127.1.4.111: scmp_seq=1 time=20.016ms',
      '',
      '--- 2-ff00:0:211,127.1.4.111 statistics ---',
      '2 packets transmitted, 2 received, 0% packet loss, time 120.016ms',
      'rtt min/avg/max/mdev = 20.016/20.016/20.016/0.000 ms',
    ]);
    expect(await scion(...words)).toEqual(ran);
  });

  it('traces a path over the AS that a sequence names', async () => {
    const sequence = ['--sequence', '0* 3-ff00:0:320 0*'];
    const ran = await scion('traceroute', 'scion-default.yaml', 'gateway-111', TO, ...sequence);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const traced = linesOf(ran).slice(5);
    expect(traced).toHaveLength(8);
    expect(traced[0]).toMatch(/^0 1-ff00:0:111,127\.1\.0\.2 IfID=2 0\.20\dms 0\.20\dms 0\.20\dms$/);
    expect(traced[7]).toMatch(/^7 2-ff00:0:211,127\.1\.4\.2 IfID=2 23\.8\d\dms/);
  });

  it('lists paths, and which of them work', async () => {
    const ran = await scion('paths', 'scion-default.yaml', FROM, TO);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const lines = linesOf(ran);
    expect(lines.slice(0, 8)).toEqual([
      'Available paths to 2-ff00:0:211',
      '5 Hops:',
      '[0] Hops: [1-ff00:0:111 1>1 1-ff00:0:110 2>1 3-ff00:0:310 2>1 2-ff00:0:210',
      '           2>1 2-ff00:0:211]',
      '    MTU: 1472',
      '    NextHop: 127.1.0.1:30042',
      expect.stringMatching(/^ {4}Expires: 2026-01-01 05:59:50 UTC \(5h59m\d+s\)$/),
      '    Status: alive',
    ]);
    expect(lines.filter((line) => line === '    Status: alive')).toHaveLength(3);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('ends with 1 if no path works, or a packet is lost', async () => {
    const cut = [
      '--at',
      '4s',
      '--set',
      'events=[{ at: 2s, link: "br-111-* <-> core-*", set: { up: false } }]',
      ...['--set', 'traffic.0.rate=1/s'],
    ];
    const short = ['--timeout', '100ms', '--interval', '10ms', ...cut];
    const pinged = await scion('ping', 'failover.yaml', FROM, TO, ...short);
    expect(pinged).toMatchObject({
      code: 1,
      stderr: 'orrery: scion ping: no reply packet received\n',
    });
    expect(pinged.stdout).toContain('3 packets transmitted, 0 received, 100% packet loss');
    expect(pinged.stdout).toContain('ERROR: external-interface-down, code 0, from 1-ff00:0:111,');
    const listed = await scion('paths', 'failover.yaml', FROM, TO, ...short);
    expect(listed).toMatchObject({ code: 1, stderr: 'orrery: scion paths: no path alive\n' });
    expect(listed.stdout).toContain('Status: timeout');
    const traced = await scion('traceroute', 'failover.yaml', FROM, TO, ...short);
    expect(traced).toMatchObject({
      code: 1,
      stderr: 'orrery: scion traceroute: packets were lost\n',
    });
    expect(traced.stdout).toContain('\n7 ?? * * *\n');
  });

  it('pings on an EPIC-HP path, or says that the far end announces none', async () => {
    const epic = (own: string): string[] => [
      ...['ping', 'scion-failover.yaml', FROM, TO, '--epic', '-c', '2'],
      ...['--set', `options={ control-service: { epic: true }${own} }`, '--set', 'events=[]'],
      ...['--set', 'kpis={ gateway.delivery: { value: ">= 0" } }', '--set', 'traffic.0.rate=1/s'],
    ];
    const pinged = await scion(...epic(''));
    expect(pinged).toMatchObject({ code: 0, stderr: '' });
    // 16 bytes more than on a SCION path, on which the answers return.
    expect(pinged.stdout).toContain('pld=8B scion_pkt=180B');
    expect(pinged.stdout).toContain('164 bytes from 2-ff00:0:211');
    expect(pinged.stdout).toContain('2 packets transmitted, 2 received');
    const refused = await scion(...epic(', control-211: { epic: false }'));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`of no path to ${TO} the last two ASes announce`);
    const computed = await scion('ping', 'scion-default.yaml', FROM, TO, '--epic');
    expect(computed).toMatchObject({ code: 1, stderr: refused.stderr });
  });

  it('waits until control services have found paths, and lists their beacons', async () => {
    const pinged = await scion('ping', ...SMALL, '1-ff00:1:2', '1-ff00:1:4');
    expect(pinged).toMatchObject({ code: 0, stderr: '' });
    expect(pinged.stdout).toContain('3 packets transmitted, 3 received, 0% packet loss');
    const beacons = await scion('beacons', ...SMALL, '1-ff00:1:2');
    expect(beacons).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(beacons)).toEqual([
      '1 beacon at 1-ff00:1:2',
      'From 1-ff00:1:1:',
      '[0] Hops: [1-ff00:1:1 1>1 1-ff00:1:2]',
      expect.stringMatching(/^ {4}Expires: 2026-01-01 0\d:\d\d:\d\d UTC \(\dh\d+m\d+s\)$/),
    ]);
  });

  it('prints the TRCs that an AS knows, as they were voted on, or those of one ISD', async () => {
    const of = ['trc', 'scion-beaconing.yaml', '1-ff00:1:2'];
    const trcs = await scion(...of, ...WITH_TRC, '--at', '40s');
    expect(trcs).toMatchObject({ code: 0, stderr: '' });
    const [count, ...lines] = linesOf(trcs);
    expect(count).toBe('2 TRCs at 1-ff00:1:2');
    const second = lines.indexOf('TRC ISD1-B1-S1:');
    expect(lines.slice(0, 8)).toEqual([
      'TRC ISD1-B1-S2:',
      '  description: ISD 1',
      expect.stringMatching(/^ {2}validity: 2026-01-01T00:00:2\dZ to 2027-01-01T00:00:00Z$/),
      '  grace_period: 600s',
      '  no_trust_reset: false',
      '  votes: [1]',
      '  voting_quorum: 1',
      '  core_ases:',
    ]);
    expect(lines.slice(second, second + 6)).toContain('  votes: []');
    const asked = await scion(...of, '1', ...WITH_TRC, '--at', '9s', '--json');
    expect(JSON.parse(asked.stdout)).toMatchObject([
      { id: { isd: 1, base_number: 1, serial_number: 1 }, core_ases: ['1-ff00:1:1'] },
    ]);
    const other = await scion(...of, '7', ...WITH_TRC, '--at', '9s');
    expect(other).toMatchObject({
      code: 1,
      stderr: 'orrery: scion trc: no TRC of ISD 7; there are those of 1\n',
    });
  });

  it('says that there is no TRC where signatures are modelled', async () => {
    const [file = '', ...more] = SMALL;
    expect(await scion('trc', file, '1-ff00:1:2', ...more)).toMatchObject({
      code: 1,
      stderr: 'orrery: scion trc: there is no TRC without the option `signatures: real`\n',
    });
  });

  it('prints JSON with the names of the reference', async () => {
    const { stdout } = await scion('ping', 'scion-default.yaml', FROM, TO, '-c', '1', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      path: { next_hop: '127.1.0.1:30042', local_ip: '127.1.0.111' },
      replies: [{ scmp_seq: 0, state: 'success' }],
      statistics: { sent: 1, received: 1, packet_loss: 0 },
    });
  });

  it.each([
    [
      ['ping', 'scion-default.yaml', '1-ff00:0:11', TO],
      'there is no AS 1-ff00:0:11',
      'did you mean 1-ff00:0:111?',
    ],
    [['pnig', 'scion-default.yaml', FROM, TO], 'there is no tool pnig', 'did you mean ping?'],
    [['trc', 'scion-16.yaml', '1-ff00:1:2', 'one'], '"one" is no ISD', 'such as 1'],
    [['pings'], 'there is no tool pings', 'did you mean ping?'],
    [['ping'], 'in which network?', 'name a scenario or a topology'],
    [['traceroute', 'scion-default.yaml', FROM, TO, '--epic'], '--epic is for ping', 'leave'],
    [['ping', 'scion-default.yaml'], 'in which AS?', 'after the file'],
    [['ping', 'scion-default.yaml', FROM], 'to which AS?', 'name the other AS'],
    [
      ['ping', 'scion-default.yaml', '1-ff00:0:110', TO],
      'no host of 1-ff00:0:110 answers ping',
      'run: gateway',
    ],
    [['ping', 'two-nodes.yaml', FROM, TO], 'the network has no ASes', 'scion-default.yaml'],
    [
      ['ping', 'scion-default.yaml', FROM, TO, '--interval', 'often'],
      '"often" is no time',
      '500ms',
    ],
    [
      ['ping', 'scion-default.yaml', FROM, TO, '--path', 'xyz'],
      '"xyz" is no fingerprint',
      'scion paths',
    ],
    [['ping', 'scion-default.yaml', FROM, TO, '--sequence', '(('], 'the sequence', ''],
  ])('refuses %j with a hint', async (words, message, hint) => {
    const { error } = await scion(...words);
    expect(error).toBeInstanceOf(FlagError);
    expect((error as FlagError).message).toContain(message);
    expect((error as FlagError).hint).toContain(hint);
  });
});
