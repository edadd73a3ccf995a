import { checkpointHash, checkpointProblem, type Keyring } from '#libs/contracts';
import type { Checkpoint } from '#libs/domain';
import type { Problem } from './problem.js';

/** Checkpoints that count, with every signature that was found for them, and what is wrong with any. */
export interface Weighed {
  readonly checkpoints: readonly Checkpoint[];
  readonly problems: readonly Problem[];
  readonly remarks: readonly Problem[];
}

/** Without a keyring signatures are taken at their word. */
export function weighCheckpoints(found: readonly Checkpoint[], keyring?: Keyring): Weighed {
  const problems: Problem[] = [];
  const byName = new Map<string, Checkpoint>();
  for (const each of found) {
    const reason = keyring && checkpointProblem(each, keyring);
    const name = nameOf(each);
    const before = byName.get(name);
    if (reason !== undefined) problems.push(problem('checkpoint-invalid', each, `${name}: ${reason}`));
    else if (!before) byName.set(name, each);
    else if (checkpointHash(before) === checkpointHash(each)) byName.set(name, merged(before, each));
    else problems.push(problem('checkpoint-forked', each, `site ${each.site} signed two different ones as ${name}`));
  }
  const checkpoints = [...byName.values()].toSorted((one, other) => one.revision - other.revision);
  const alone = checkpoints.filter((each) => each.witnesses.length === 0 && hasOtherSites(each, keyring));
  const told = alone.map((each) => aloneProblem(each, checkpoints));
  return {
    checkpoints,
    problems: [...problems, ...told.filter(({ kind }) => kind === 'checkpoint-alone')],
    remarks: told.filter(({ kind }) => kind !== 'checkpoint-alone'),
  };
}

/** `checkpoint 12 of site b`. */
export const nameOf = ({ site, sequence }: Checkpoint): string => `checkpoint ${sequence} of site ${site}`;

/** `sites b and w`: who signed it. */
export function signersOf({ site, witnesses }: Checkpoint): string {
  const sites = [site, ...witnesses.map((each) => each.site)].toSorted();
  return sites.length === 1 ? `site ${site}` : `sites ${sites.slice(0, -1).join(', ')} and ${sites.at(-1)}`;
}

const problem = (kind: Problem['kind'], { sequence }: Checkpoint, message: string): Problem => ({
  kind,
  sequence,
  message,
});

const merged = (one: Checkpoint, other: Checkpoint): Checkpoint => ({
  ...one,
  witnesses: [...new Map([...one.witnesses, ...other.witnesses].map((each) => [each.site, each])).values()],
});

const hasOtherSites = ({ site }: Checkpoint, keyring: Keyring | undefined): boolean =>
  !keyring || [...keyring.values()].some((key) => key.site !== site);

/** Whoever had it before their eyes and did not sign it found something wrong; nobody may have seen the latest one yet. */
function aloneProblem(alone: Checkpoint, all: readonly Checkpoint[]): Problem {
  const { site, sequence } = alone;
  const refused = all.filter((each) => each.site !== site && (each.seen[site]?.sequence ?? 0) >= sequence);
  const sites = [...new Set(refused.map((each) => each.site))].toSorted();
  const said = `${nameOf(alone)} is signed by site ${site} only`;
  return sites.length > 0
    ? problem('checkpoint-alone', alone, `${said}, though site ${sites.join(' and site ')} had seen it`)
    : problem('checkpoint-unseen', alone, `${said}: no other site has seen it yet`);
}
