import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../virtual-clock.js';
import { stringsIn } from './rules.js';
import type { Action, WireChange, WireSet } from './wire-set.js';
import { parseXml, printXml } from './xml.js';
import { HostedZone } from './zone.js';

const APEX = 'lab.example.';
const set = (of: Partial<WireSet> = {}): WireSet => ({
  name: `kafka.${APEX}`,
  type: 'A',
  ttl: 5,
  values: ['192.0.2.1'],
  ...of,
});
const weighted = (setIdentifier: string, of: Partial<WireSet> = {}) => set({ setIdentifier, weight: 1, ...of });
const alias = (of: Partial<WireSet> = {}): WireSet => ({
  name: `kafka.${APEX}`,
  type: 'A',
  values: [],
  alias: { zoneId: 'Z1', dnsName: 'lb.example.', evaluate: true },
  ...of,
});

describe('the zone of the Route 53 fake', () => {
  const clock = new VirtualClock();
  let zone: HostedZone;
  beforeEach(() => {
    zone = new HostedZone('Z1', APEX, clock);
  });

  const make = (...changes: readonly (readonly [Action, WireSet])[]) => {
    const batch = changes.map(([action, each]): WireChange => ({ action, set: each }));
    const made = zone.change(batch, 0);
    return 'faults' in made ? made.faults : [];
  };
  const held = () => zone.sets().filter(({ name }) => name !== APEX);

  it('makes all of a batch or none of it', () => {
    make(['CREATE', set()]);
    const faults = make(
      ['DELETE', set()],
      ['CREATE', set({ values: ['192.0.2.2'] })],
      ['DELETE', set({ name: `no.${APEX}` })],
    );
    expect(faults).toEqual([`Tried to delete resource record set [name='no.${APEX}', type='A'] but it was not found`]);
    expect(held()).toEqual([set()]);
  });

  it.each<[string, Partial<WireSet>]>([
    ['TTL', { ttl: 6 }],
    ['value', { values: ['192.0.2.2'] }],
    ['number of values', { values: ['192.0.2.1', '192.0.2.2'] }],
    ['weight', { weight: 2 }],
    ['health check', { healthCheckId: 'other' }],
  ])('deletes only what has the same %s', (_, other) => {
    const there = weighted('a', { healthCheckId: 'check' });
    make(['CREATE', there]);
    expect(make(['DELETE', { ...there, ...other }])).toEqual([
      expect.stringContaining('but the values provided do not match the current values'),
    ]);
    expect(make(['DELETE', { ...there, setIdentifier: 'b' }])).toEqual([expect.stringContaining('was not found')]);
    expect(make(['DELETE', there])).toEqual([]);
  });

  it('deletes values in any order, and nothing twice', () => {
    make(['CREATE', set({ values: ['192.0.2.1', '192.0.2.2'] })]);
    const other = set({ values: ['192.0.2.2', '192.0.2.1'] });
    expect(make(['DELETE', other], ['DELETE', other])).toHaveLength(1);
    expect(make(['DELETE', other])).toEqual([]);
  });

  it.each<[string, readonly WireSet[], WireSet, RegExp]>([
    ['the same again', [set()], set({ values: ['192.0.2.9'] }), /already exists/],
    ['simple beside weighted', [weighted('a')], set(), /cannot be created as other RRSets exist/],
    ['weighted beside simple', [set()], weighted('a'), /as a non-weighted set exists/],
    [
      'latency beside weighted',
      [weighted('a')],
      set({ setIdentifier: 'b', region: 'eu-west-1' }),
      /as a non-latency set exists/,
    ],
    [
      'a second primary',
      [set({ setIdentifier: 'a', failover: 'PRIMARY' })],
      set({ setIdentifier: 'b', failover: 'PRIMARY' }),
      /as a primary exists/,
    ],
    ['a CNAME beside others', [set()], set({ type: 'CNAME', values: ['b.example'] }), /conflicts with other records/],
    [
      'others beside a CNAME',
      [set({ type: 'CNAME', values: ['b.example'] })],
      set(),
      /conflicting RRSet of type CNAME/,
    ],
    ['a CNAME at the apex', [], set({ name: APEX, type: 'CNAME', values: ['b.example'] }), /at apex/],
    ['a name of another zone', [], set({ name: 'kafka.other.example.' }), /not permitted in zone/],
    ['an alias with a TTL', [], alias({ ttl: 5 }), /must be omitted/],
    ['an alias with records', [], alias({ values: ['192.0.2.1'] }), /must be omitted/],
    [
      'a failover alias that looks at no health',
      [],
      alias({
        setIdentifier: 'a',
        failover: 'PRIMARY',
        alias: { zoneId: 'Z1', dnsName: 'lb.example.', evaluate: false },
      }),
      /must evaluate/,
    ],
    ['a weight without identifier', [], set({ weight: 1 }), /needs a SetIdentifier/],
    ['an identifier without policy', [], set({ setIdentifier: 'a' }), /no routing policy/],
    ['a weight of 256', [], weighted('a', { weight: 256 }), /from 0 to 255/],
    ['two records of a weight', [], weighted('a', { values: ['192.0.2.1', '192.0.2.2'] }), /one ResourceRecord only/],
    ['a multivalue alias', [], alias({ setIdentifier: 'a', multiValue: true }), /cannot be a multivalue/],
    ['a TXT without quotation marks', [], set({ type: 'TXT', values: ['epoch=1'] }), /quotation marks/],
    ['a TXT string of 256', [], set({ type: 'TXT', values: [`"${'x'.repeat(256)}"`] }), /CharacterStringTooLong/],
    ['an address that is none', [], set({ values: ['192.0.2.300'] }), /not a valid IPv4 address/],
    ['no TTL', [], { name: `kafka.${APEX}`, type: 'A', values: ['192.0.2.1'] }, /no TTL/],
    ['no values', [], set({ values: [] }), /neither ResourceRecords nor/],
  ])('refuses %s', (_, there, next, message) => {
    expect(make(...there.map((each) => ['CREATE', each] as const))).toEqual([]);
    expect(make(['CREATE', next])).toContainEqual(expect.stringMatching(message));
    expect(held()).toHaveLength(there.length);
  });

  it('judges each change on what those before it leave', () => {
    make(['CREATE', set()]);
    const cname = set({ type: 'CNAME', values: ['b.example'] });
    expect(make(['CREATE', cname], ['DELETE', set()])).toHaveLength(1);
    expect(make(['DELETE', set()], ['CREATE', cname])).toEqual([]);
    expect(make(['DELETE', cname], ['CREATE', alias()])).toEqual([]);
  });

  it('counts records and characters of a batch, those of an UPSERT twice', () => {
    const many = (count: number) =>
      set({ values: Array.from({ length: count }, (_, n) => `10.0.${n >> 8}.${n & 255}`) });
    expect(make(['CREATE', many(1_001)])).toEqual([expect.stringContaining('limit of 1000')]);
    expect(make(['UPSERT', many(501)])).toEqual([expect.stringContaining('limit of 1000')]);
    expect(make(['UPSERT', many(500)])).toEqual([]);
    const long = (n: number) => set({ name: `t${n}.${APEX}`, type: 'TXT', values: [`"${'x'.repeat(250)}"`] });
    const batch = Array.from({ length: 130 }, (_, n) => ['CREATE', long(n)] as const);
    expect(make(...batch)).toEqual([expect.stringContaining('Character limit of 32000')]);
  });

  it('keeps its own NS and SOA', () => {
    for (const own of zone.sets()) expect(make(['DELETE', own])).toHaveLength(1);
  });

  it('is PENDING until the name servers have it, in the order of the changes', async () => {
    const slow = zone.change([{ action: 'CREATE', set: set() }], 10_000);
    const quick = zone.change([{ action: 'CREATE', set: set({ type: 'AAAA', values: ['2001:db8::1'] }) }], 0);
    const [first, second] = [slow, quick].map((made) => ('change' in made ? made.change : ''));
    expect([zone.status(first!), zone.status(second!)]).toEqual(['PENDING', 'PENDING']);
    expect(zone.propagated().filter(({ name }) => name !== APEX)).toEqual([]);
    expect(held()).toHaveLength(2);
    await clock.advance(10_000);
    expect([zone.status(first!), zone.status(second!)]).toEqual(['INSYNC', 'INSYNC']);
    expect(zone.propagated().filter(({ name }) => name !== APEX)).toHaveLength(2);
    expect(zone.status('C0NOBODY')).toBeUndefined();
  });

  it('lists by reversed labels, with their final dot', () => {
    const names = ['b', 'a.b', '_signalbox.b', 'b-c', 'a'].map((label) => `${label}.${APEX}`);
    make(...names.map((name) => ['CREATE', set({ name })] as const));
    expect(held().map(({ name }) => name.replace(`.${APEX}`, ''))).toEqual(['a', 'b-c', 'b', '_signalbox.b', 'a.b']);
  });
});

describe('its XML', () => {
  it('is read back as it is printed', () => {
    const text = 'a "b" & <c>';
    expect(
      parseXml(
        printXml('Root', [
          ['Child', text],
          ['None', undefined],
          ['Empty', []],
        ]),
      ),
    ).toMatchObject({
      name: 'Root',
      children: [{ name: 'Child', text }, { name: 'Empty' }],
    });
    expect(parseXml('<a b="c">&#65;&#x42;<d/></a>')).toMatchObject({ text: 'AB', children: [{ name: 'd' }] });
  });

  it.each(['', 'text', '<a>', '<a></b>', '<a/><b/>', '<a>1 < 2</a>'])('refuses %j', (document) => {
    expect(() => parseXml(document)).toThrow(/well-formed|closes|opens no/);
  });
});

describe('a TXT value', () => {
  it.each([
    ['"one"', ['one']],
    ['"one" "two"', ['one', 'two']],
    [String.raw`"a \"b\" \\ \101"`, [String.raw`a "b" \ A`]],
    ['one', undefined],
    ['"one', undefined],
    ['"one"two', undefined],
  ])('%s', (value, strings) => {
    expect(stringsIn(value)).toEqual(strings);
  });
});
