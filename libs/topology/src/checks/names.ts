import type { Path } from '../problem.js';
import { pathText } from '../problem.js';
import type { Topology } from '../topology.js';
import { repeated, type Check, type Named } from './finding.js';

/** SHA-256 of nothing: the hash of an unset variable. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Things that must differ from each other, and what to write. */
const UNIQUE: readonly [what: string, (topology: Topology) => readonly Named[]][] = [
  ['another id', ({ sites }) => sites.map(({ id }, at) => named(['sites', at, 'id'], id))],
  ['another id', ({ clusters }) => clusters.map(({ id }, at) => named(['clusters', at, 'id'], id))],
  ['another id', ({ flows }) => flows.map(({ id }, at) => named(['flows', at, 'id'], id))],
  ['another id', ({ groups }) => groups.map(({ id }, at) => named(['groups', at, 'id'], id))],
  [
    'another id: what a channel was told of is remembered by it',
    ({ channels }) => channels.map(({ id }, at) => named(['channels', at, 'id'], id)),
  ],
  ['an address of its own', ({ sites }) => sites.map(({ api }, at) => named(['sites', at, 'api'], api))],
  [
    'a Redis of its own: queues are never shared',
    ({ sites }) =>
      sites.flatMap(({ redis }, at) => (redis === undefined ? [] : [named(['sites', at, 'redis'], redis)])),
  ],
  [
    'a key of its own: a key speaks for one site',
    (topology) => keysOf(topology).map(({ at, keyId }) => named([...at, 'keyId'], keyId)),
  ],
  [
    'a key of its own: a key speaks for one site',
    (topology) => keysOf(topology).map(({ at, publicKey }) => named([...at, 'publicKey'], publicKey)),
  ],
  [
    'brokers of one cluster only',
    ({ clusters }) =>
      clusters.flatMap(({ bootstrap }, at) =>
        [...new Set(bootstrap)].map((broker) => named(['clusters', at, 'bootstrap'], broker)),
      ),
  ],
  [
    'a key of its own: a key speaks for one person',
    ({ approval }) => approval.keys.map(({ keyId }, at) => named(['approval', 'keys', at, 'keyId'], keyId)),
  ],
  [
    'a key of its own: a key speaks for one person',
    ({ approval }) => approval.keys.map(({ publicKey }, at) => named(['approval', 'keys', at, 'publicKey'], publicKey)),
  ],
  ['another name', ({ api }) => api.tokens.map(({ name }, at) => named(['api', 'tokens', at, 'name'], name))],
  [
    'another token: the audit must tell people apart',
    ({ api }) => api.tokens.map(({ sha256 }, at) => named(['api', 'tokens', at, 'sha256'], sha256)),
  ],
];

/** Every key that signs for a site, or may. */
const keysOf = ({ sites }: Topology) =>
  sites.flatMap(({ signing }, site) => [
    { ...signing, at: ['sites', site, 'signing'] },
    ...signing.alsoAccepted.map((key, index) => ({ ...key, at: ['sites', site, 'signing', 'alsoAccepted', index] })),
  ]);

const named = (at: Path, value: string): Named => ({ at, value });

const unique: Check = function* (topology) {
  for (const [expected, values] of UNIQUE) {
    for (const { at, value, first } of repeated(values(topology))) {
      yield { at, found: `${value}, which is also at ${pathText(first.at)}`, expected };
    }
  }
};

const tokensAreTokens: Check = function* ({ api }) {
  for (const [index, { sha256 }] of api.tokens.entries()) {
    if (sha256 !== EMPTY_SHA256) continue;
    const at = ['api', 'tokens', index, 'sha256'];
    yield { at, found: 'the hash of an empty text', expected: 'the hash of a token: printf %s "$TOKEN" | sha256sum' };
  }
};

const anchorsDiffer: Check = function* ({ sites }) {
  for (const [index, { anchors }] of sites.entries()) {
    if (new Set(anchors).size >= 2) continue;
    const expected = 'at least two different ones: an observer that reaches fewer abstains';
    yield { at: ['sites', index, 'anchors'], found: `only ${anchors[0]}`, expected };
  }
};

export const nameChecks: readonly Check[] = [unique, tokensAreTokens, anchorsDiffer];
