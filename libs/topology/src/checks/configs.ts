import { listed, repeated, type Check } from './finding.js';

const configsBelongToOneGroup: Check = function* ({ groups }) {
  const ids = groups.flatMap(({ configs }, at) =>
    configs.map(({ id }, index) => ({ at: ['groups', at, 'configs', index, 'id'], value: id })),
  );
  for (const { at, value } of repeated(ids)) {
    yield { at, found: `${value}, which stands here twice`, expected: 'every config once, in one group' };
  }
};

const everySiteHasItsFileAndData: Check = function* ({ groups }) {
  for (const [at, { sites, configs }] of groups.entries()) {
    for (const [index, { id, target, data }] of configs.entries()) {
      const path = ['groups', at, 'configs', index];
      for (const site of sites.filter((each) => !(each in target.files))) {
        const expected = `the file that clients at ${site} follow, too`;
        yield { at: [...path, 'target', 'files'], found: listed(Object.keys(target.files)), expected };
      }
      for (const site of sites.filter((each) => !(each in data))) {
        const expected = `what ${id} says when ${site} is active, too`;
        yield { at: [...path, 'data'], found: listed(Object.keys(data)), expected };
      }
    }
  }
};

/** A file has one epoch: two configs in one file would fence each other off. */
const everyFileHasOneConfig: Check = function* ({ groups }) {
  const files = groups.flatMap(({ configs }, at) =>
    configs.flatMap(({ target }, index) =>
      Object.entries(target.files).map(([site, file]) => ({
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
  everySiteHasItsFileAndData,
  everyFileHasOneConfig,
];
