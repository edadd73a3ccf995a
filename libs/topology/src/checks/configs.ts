import { sitesOfConfig, type Config } from '../config.js';
import { listed, repeated, type Check } from './finding.js';

const configsBelongToOneGroup: Check = function* ({ groups }) {
  const ids = groups.flatMap(({ configs }, at) =>
    configs.map(({ id }, index) => ({ at: ['groups', at, 'configs', index, 'id'], value: id })),
  );
  for (const { at, value } of repeated(ids)) {
    yield { at, found: `${value}, which stands here twice`, expected: 'every config once, in one group' };
  }
};

const everySiteHasItsPlaceAndData: Check = function* ({ groups }) {
  for (const [at, { sites, configs }] of groups.entries()) {
    for (const [index, config] of configs.entries()) {
      const { id, target, data } = config;
      const path = ['groups', at, 'configs', index];
      const here = sitesOfConfig(config);
      for (const site of sites.filter((each) => !here.includes(each))) {
        yield {
          at: [...path, 'target', placeOf(target)],
          found: listed(here),
          expected: `${PLACES[target.kind](site)}, too`,
        };
      }
      for (const site of sites.filter((each) => !(each in data))) {
        const expected = `what ${id} says when ${site} is active, too`;
        yield { at: [...path, 'data'], found: listed(Object.keys(data)), expected };
      }
    }
  }
};

const placeOf = ({ kind }: Config['target']): 'files' | 'sites' => (kind === 'directory' ? 'files' : 'sites');

const PLACES: Readonly<Record<Config['target']['kind'], (site: string) => string>> = {
  directory: (site) => `the file that clients at ${site} follow`,
  kubernetes: (site) => `the targets that clients at ${site} read`,
};

/** A file has one epoch: two configs in one file would fence each other off. */
const everyFileHasOneConfig: Check = function* ({ groups }) {
  const files = groups.flatMap(({ configs }, at) =>
    configs.flatMap(({ target }, index) =>
      Object.entries(target.kind === 'directory' ? target.files : {}).map(([site, file]) => ({
        at: ['groups', at, 'configs', index, 'target', 'files', site],
        value: `${file} at ${site}`,
      })),
    ),
  );
  for (const { at, value } of repeated(files)) {
    yield { at, found: `${value}, which another config has`, expected: 'a file of its own for every config' };
  }
};

export const configChecks: readonly Check[] = [
  configsBelongToOneGroup,
  everySiteHasItsPlaceAndData,
  everyFileHasOneConfig,
];
