import { nameOfTarget, settingOf } from '../kubernetes.js';
import { listed, repeated, type Check } from './finding.js';
import { sitesIn, targetsIn } from './placed.js';

/** One object carries one epoch: that of one group, stamped by one config. */
const everyObjectHasOneOwner: Check = function* (topology) {
  const targets = targetsIn(topology).map((placed) => ({
    ...placed,
    value: `${nameOfTarget(placed.part)} at ${placed.site}`,
    owner: `${placed.config.id} of ${placed.group}`,
  }));
  for (const { at, value, first } of repeated(targets)) {
    const owner = targets.find((each) => each.at === first.at)?.owner;
    const expected = 'an object of its own, or a further key where that one stands: an object has one epoch';
    yield { at: [...at, 'name'], found: `${value}, which ${owner} claims already`, expected };
  }
};

const valuesAreOfSettings: Check = function* (topology) {
  for (const { at, config, part } of targetsIn(topology)) {
    for (const [key, rendering] of Object.entries(part.keys)) {
      const setting = settingOf(rendering);
      if (setting === undefined) continue;
      const lacking = Object.entries(config.data).filter(([, data]) => !(setting in data));
      if (lacking.length === 0) continue;
      yield {
        at: [...at, 'keys', key, 'setting'],
        found: `${setting}, which ${config.id} does not say when ${listed(lacking.map(([site]) => site))} is active`,
        expected: 'one of the settings in data, and the same ones for every site',
      };
    }
  }
};

/** What is in no key would be switched for nobody, and could never be read back. */
const everySettingHasAKey: Check = function* (topology) {
  for (const { at, config, part } of sitesIn(topology)) {
    const renderings = part.targets.flatMap(({ keys }) => Object.values(keys));
    const shown = new Set(renderings.flatMap((each) => settingOf(each) ?? []));
    if (renderings.some((each) => settingOf(each) === undefined)) continue;
    const settings = new Set(Object.values(config.data).flatMap((data) => Object.keys(data)));
    const hidden = [...settings].filter((setting) => !shown.has(setting));
    if (hidden.length === 0) continue;
    const expected = `a key for ${listed(hidden)}, too, or no such setting in data`;
    yield { at: [...at, 'targets'], found: `keys for ${listed(shown)}`, expected };
  }
};

const restartsNameWorkloads: Check = function* (topology) {
  for (const { at, part } of targetsIn(topology)) {
    if (part.restart === 'watch-file' || part.workloads.length > 0) continue;
    const expected = 'what is to be restarted, or restart: watch-file where clients see a change by themselves';
    yield { at: [...at, 'workloads'], found: 'nothing', expected };
  }
};

export const kubernetesChecks: readonly Check[] = [
  everyObjectHasOneOwner,
  valuesAreOfSettings,
  everySettingHasAKey,
  restartsNameWorkloads,
];
